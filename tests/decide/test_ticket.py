"""Tickets as others receive them: the published schema, the vendors' fields, and nothing personal anywhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.decide.export import chatwoot, webhook, zendesk, zendesk_metadata
from cs_nlp.decide.session import Session
from cs_nlp.decide.ticket_json import ticket_json, ticket_schema
from cs_nlp.text import mask, read
from cs_nlp.types import Ticket
from cs_nlp.understand.taxonomy import Taxonomy
from tests.decide.schema import faults
from tests.decide.worlds import NOON, decider, meaning

DECIDER = decider()
SCHEMA = ticket_schema()
SECRETS = {
    "订单20481234567": "20481234567",
    "打13800001234": "13800001234",
    "收件人王芳": "王芳",
    "寄江苏省苏州市和平路77号": "和平路77号",
    "邮箱ab@cd.com": "ab@cd.com",
}
PIECES = st.lists(st.sampled_from([*SECRETS, "还没到", "，", "。", "退款", "😡", "a" * 50, "\n"]), max_size=6).map(
    "".join
)


def handed(
    *texts: str,
    intent: str = "delivery_status",
    severity: str = "S",
    customer: dict[str, str] | None = None,
    agent: str = "",
) -> Ticket:
    session = Session(customer=customer or {})
    if agent:
        session.hear_agent(agent)
    for text in texts[:-1]:
        message = read(text)
        reply = DECIDER.decide(message, meaning("quality_issue", severity="A"), NOON, session)
        session.hear(text, message.entities, "quality_issue", business=True)
        session.remember(reply)
    ticket = DECIDER.decide(read(texts[-1]), meaning(intent, severity=severity), NOON, session).ticket
    assert ticket is not None
    return ticket


def emitted(ticket: Ticket) -> list[Any]:
    return [
        ticket_json(ticket),
        zendesk(ticket, {ticket.desk: 7}),
        zendesk_metadata(ticket),
        webhook(ticket),
        [(call.path, call.body) for call in chatwoot(ticket, {ticket.desk: 3})],
    ]


@pytest.mark.parametrize("intent", list(Taxonomy.default().intents))
def test_every_ticket_fits_the_published_schema(intent: str) -> None:
    assert faults(json.loads(json.dumps(ticket_json(handed("衣服掉色", "我要起诉", intent=intent)))), SCHEMA) == []


def test_the_schema_names_every_field_of_a_ticket() -> None:
    assert set(SCHEMA["properties"]) == {*Ticket.__dataclass_fields__, "version"}


def test_the_validator_finds_faults() -> None:
    row = ticket_json(handed("我要起诉"))
    row |= {"severity": "X", "priority": 9, "created": "gestern", "extra": 1, "reasons": []}
    del row["desk"]
    assert len(faults(row, SCHEMA)) == 6


@given(PIECES, PIECES, PIECES)
def test_nothing_personal_leaves(first: str, agent: str, second: str) -> None:
    ticket = handed(first, second, agent=agent, customer={"tier": "vip", "phone": "13800001234", "id": "u1"})
    text = json.dumps(emitted(ticket), ensure_ascii=False)
    assert [secret for secret in SECRETS.values() if secret in text] == []
    assert all(mask(turn.text) == turn.text for turn in ticket.transcript)


@given(st.lists(PIECES, max_size=4), PIECES)
def test_a_masked_session_holds_nothing_personal(texts: list[str], agent: str) -> None:
    session = Session(customer={"phone": "13800001234"}, facts={"address": "江苏省苏州市和平路77号"})
    session.hear_agent(agent)
    for text in texts:
        message = read(text)
        reply = DECIDER.decide(message, meaning("quality_issue", severity="A"), NOON, session, ("gave_info",))
        session.hear(text, message.entities, "quality_issue", business=True)
        session.remember(reply)
        session.give_back()
    stored = json.dumps(session.to_json(masked=True), ensure_ascii=False)
    assert [secret for secret in SECRETS.values() if secret in stored] == []


@given(st.permutations(["收件人王芳的快递没到", "王芳您好", "王芳说她没收到，起诉你们"]))
def test_a_name_told_once_leaves_nowhere(turns: list[str]) -> None:
    ticket = handed(turns[0], turns[2], agent=turns[1])
    if any(kind == "name" for kind, _ in ticket.entities):
        assert "王芳" not in json.dumps(emitted(ticket), ensure_ascii=False)


def test_a_summary_is_two_sentences() -> None:
    for text in ("什么时候到？？快点！！", "。。。", "还没到。第三次了；急", "退" * 300):
        assert handed("衣服掉色", text).summary.count("。") == 2


def test_a_ticket_tells_what_happened_and_what_to_do() -> None:
    ticket = handed("衣服掉色了", "订单20481234567我要起诉你们", intent="complaint")
    assert ticket.asked == ("质量问题", "投诉/不满") and ticket.tried == ("答复过「质量问题」",)
    assert ("order_id", "[订单号]") in ticket.entities
    assert [turn.role for turn in ticket.transcript] == ["customer", "bot", "customer"]
    assert ticket.suggested_reply and ticket.priority == 1 and ticket.escalation


def test_what_is_missing_is_named_and_asked_for() -> None:
    ticket = handed("杯子碎了划到手", intent="damaged")
    assert ticket.missing == ("order_id", "image")
    assert any("订单号" in step for step in ticket.next_steps)


# https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/
_ZENDESK = {"subject": str, "comment": dict, "priority": str, "type": str, "tags": list, "group_id": int}


def test_zendesk_gets_its_documented_fields() -> None:
    body = zendesk(handed("我要起诉"), {"complaints": 42})["ticket"]
    assert {name: type(value) for name, value in body.items()} == _ZENDESK
    assert body["priority"] in ("urgent", "high", "normal", "low") and body["type"] in (
        "problem",
        "incident",
        "question",
        "task",
    )
    assert body["comment"].keys() == {"body", "public"} and body["comment"]["public"] is False
    assert all(" " not in tag for tag in body["tags"]) and body["group_id"] == 42


def test_zendesk_metadata_is_flat_and_small() -> None:
    found = zendesk_metadata(handed(*["衣服掉色" * 50] * 5, "起诉" * 100))
    assert (
        all(isinstance(value, str) for value in found.values())
        and len(json.dumps(found, ensure_ascii=False).encode()) <= 4096
    )


# https://developers.chatwoot.com/api-reference/conversations
def test_chatwoot_gets_its_documented_calls_and_is_opened_last() -> None:
    calls = {call.path.rsplit("/", 1)[1]: call.body for call in chatwoot(handed("我要起诉"), {"complaints": 3})}
    assert list(calls) == ["messages", "labels", "toggle_priority", "custom_attributes", "assignments", "toggle_status"]
    assert calls["messages"]["private"] is True and calls["messages"]["message_type"] == "outgoing"
    assert calls["toggle_priority"] == {"priority": "urgent"} and calls["assignments"] == {"team_id": 3}
    assert calls["toggle_status"] == {"status": "open"}
