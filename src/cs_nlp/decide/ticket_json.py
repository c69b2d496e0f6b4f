"""A ticket as JSON values, as `ticket.schema.json` publishes it. Everything in a ticket is masked already."""

from __future__ import annotations

import json
from typing import Any

from cs_nlp.resources import packaged
from cs_nlp.types import Evidence, Ticket

VERSION = 1


def ticket_json(ticket: Ticket) -> dict[str, Any]:
    """The ticket as JSON values; fields are only ever added, and `version` rises when one changes its meaning."""
    return {
        "version": VERSION,
        "desk": ticket.desk,
        "desk_name": ticket.desk_name,
        "tier": ticket.tier,
        "severity": ticket.severity.value,
        "priority": ticket.priority,
        "intent": ticket.intent,
        "emotion": ticket.emotion.value,
        "summary": ticket.summary,
        "text": ticket.text,
        "asked": list(ticket.asked),
        "tried": list(ticket.tried),
        "entities": [{"type": kind, "value": value} for kind, value in ticket.entities],
        "missing": list(ticket.missing),
        "suggested_reply": ticket.suggested_reply,
        "next_steps": list(ticket.next_steps),
        "transcript": [{"role": turn.role, "text": turn.text, "intent": turn.intent} for turn in ticket.transcript],
        "reasons": list(ticket.reasons),
        "route": list(ticket.route),
        "evidence": [evidence_json(item) for item in ticket.evidence],
        "created": ticket.created.isoformat(),
        "first_response_due": ticket.first_response_due.isoformat(),
        "resolution_due": ticket.resolution_due.isoformat(),
        "escalation": [{"at": item.at.isoformat(), "to": item.to, "code": item.code} for item in ticket.escalation],
        "proposals": [
            {"rule": item.rule, "action": item.action, "text": item.text, "data": dict(item.data)}
            for item in ticket.proposals
        ],
        "customer_tier": ticket.customer_tier,
        "answers": [{"question": asked, "answer": told} for asked, told in ticket.answers],
        "soothing": ticket.soothing,
    }


def evidence_json(item: Evidence) -> dict[str, Any]:
    """A piece of evidence as JSON values; its span as `[start, end)`."""
    return {
        "kind": item.kind,
        "id": item.id,
        "score": item.score,
        "span": [item.span.start, item.span.end] if item.span is not None else None,
        "source": item.source,
        "note": item.note,
    }


def ticket_schema() -> dict[str, Any]:
    """The JSON schema of a ticket.

    >>> ticket_schema()["title"]
    'cs_nlp ticket'
    """
    schema: dict[str, Any] = json.loads(packaged("ticket.schema.json").read_text(encoding="utf-8"))
    return schema
