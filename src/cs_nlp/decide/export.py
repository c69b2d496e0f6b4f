"""A ticket in the words of help-desk systems: Zendesk, Chatwoot, and a webhook of one's own.

Only bodies are made here; the caller brings address, account and key, and sends them. Nothing in them goes beyond what
the ticket holds, and that is masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cs_nlp.decide.ticket_json import ticket_json
from cs_nlp.types import Severity, Ticket

_ZENDESK_PRIORITY = {1: "urgent", 2: "high", 3: "normal", 4: "low"}
_CHATWOOT_PRIORITY = {1: "urgent", 2: "high", 3: "medium", 4: "low"}
_MOST_METADATA = 4096
_MOST_SUBJECT = 150
_ROLES = {"customer": "客户", "bot": "机器人", "agent": "客服"}


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a vendor's interface.

    Attributes:
        method: `POST`, `PUT` …
        path: Path with `{account_id}` and `{conversation_id}` still to be filled.
        body: The JSON body.
    """

    method: str
    path: str
    body: dict[str, Any]


def zendesk(ticket: Ticket, groups: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The body of Zendesk's `POST /api/v2/tickets.json`.

    Args:
        ticket: The ticket.
        groups: Zendesk group id of each desk; a desk that is not named is left to Zendesk's own rules.
    """
    body: dict[str, Any] = {
        "subject": f"[{ticket.severity.value}] {ticket.summary}"[:_MOST_SUBJECT],
        "comment": {"body": note(ticket), "public": False},
        "priority": _ZENDESK_PRIORITY[ticket.priority],
        "type": "problem" if ticket.severity in (Severity.S, Severity.A) else "question",
        "tags": tags(ticket),
    }
    if groups and ticket.desk in groups:
        body["group_id"] = groups[ticket.desk]
    return {"ticket": body}


def zendesk_metadata(ticket: Ticket) -> dict[str, str]:
    """Flat metadata of at most 4 KB for Zendesk's `passControl`; the last fields give way first."""
    fields = {
        "desk": ticket.desk,
        "severity": ticket.severity.value,
        "intent": ticket.intent,
        "emotion": ticket.emotion.value,
        "first_response_due": ticket.first_response_due.isoformat(),
        "resolution_due": ticket.resolution_due.isoformat(),
        "reasons": ",".join(ticket.reasons),
        "summary": ticket.summary,
        "entities": ";".join(f"{kind}={value}" for kind, value in ticket.entities),
        "suggested_reply": ticket.suggested_reply,
    }
    kept: dict[str, str] = {}
    size = 2
    for name, value in fields.items():
        size += len(name.encode()) + len(value.encode()) + 8
        if size <= _MOST_METADATA:
            kept[name] = value
    return kept


def chatwoot(ticket: Ticket, teams: Mapping[str, int] | None = None) -> tuple[Request, ...]:
    """The calls that give a Chatwoot conversation from the bot (`pending`) to a human (`open`), in order.

    Args:
        ticket: The ticket.
        teams: Chatwoot team id of each desk; without one the conversation is not assigned.
    """
    base = "/api/v1/accounts/{account_id}/conversations/{conversation_id}"
    calls = [
        Request("POST", f"{base}/messages", {"content": note(ticket), "message_type": "outgoing", "private": True}),
        Request("POST", f"{base}/labels", {"labels": tags(ticket)}),
        Request("POST", f"{base}/toggle_priority", {"priority": _CHATWOOT_PRIORITY[ticket.priority]}),
        Request("POST", f"{base}/custom_attributes", {"custom_attributes": _attributes(ticket)}),
    ]
    if teams and ticket.desk in teams:
        calls.append(Request("POST", f"{base}/assignments", {"team_id": teams[ticket.desk]}))
    return (*calls, Request("POST", f"{base}/toggle_status", {"status": "open"}))


def webhook(ticket: Ticket) -> dict[str, Any]:
    """The body for a webhook of one's own: the whole ticket, see `ticket.schema.json`."""
    return {"event": "handoff", "ticket": ticket_json(ticket)}


def tags(ticket: Ticket) -> list[str]:
    """Labels without blanks, as both systems want them."""
    found = ("cs_nlp", f"severity_{ticket.severity.value.lower()}", ticket.intent, f"desk_{ticket.desk}")
    return [*found, ticket.emotion.value, *(f"reason_{code}" for code in ticket.reasons)]


def note(ticket: Ticket) -> str:
    """The ticket as a note that an agent reads."""
    lines = [
        ticket.summary,
        f"级别 {ticket.severity.value}，优先级 {ticket.priority}，{ticket.desk_name}（{'、'.join(ticket.route)}）",
        f"首次响应 {ticket.first_response_due:%m-%d %H:%M}，解决 {ticket.resolution_due:%m-%d %H:%M}",
    ]
    if ticket.entities:
        lines.append("信息：" + "，".join(f"{kind}={value}" for kind, value in ticket.entities))
    lines += [f"问：{asked} 答：{told}" for asked, told in ticket.answers]
    if ticket.suggested_reply:
        lines.append(f"建议回复：{ticket.suggested_reply}")
    lines += [f"- {step}" for step in ticket.next_steps]
    if ticket.transcript:
        lines += ["对话：", *(f"{_ROLES[turn.role]}：{turn.text}" for turn in ticket.transcript)]
    return "\n".join(lines)


def _attributes(ticket: Ticket) -> dict[str, str]:
    return {
        "severity": ticket.severity.value,
        "intent": ticket.intent,
        "emotion": ticket.emotion.value,
        "first_response_due": ticket.first_response_due.isoformat(),
        "resolution_due": ticket.resolution_due.isoformat(),
    }
