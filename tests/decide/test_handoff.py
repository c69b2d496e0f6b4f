from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cs_nlp.decide.clock import utc_now
from cs_nlp.decide.desks import Desk, Desks
from cs_nlp.decide.handoff import write_ticket
from cs_nlp.decide.turned import Rules, Turned
from cs_nlp.text import read
from cs_nlp.types import Emotion, Evidence, Label, Severity, Span, Ticket, Understanding
from cs_nlp.understand.taxonomy import Taxonomy

DESKS = Desks.default()
TAXONOMY = Taxonomy.default()
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def ticket(
    text: str, intent: str = "refund_status", severity: Severity = Severity.A, second: str | None = None
) -> Ticket:
    found = Understanding(
        (Label(intent, 0.9),),
        second,
        severity,
        Emotion.ANXIOUS,
        0.9,
        evidence=(Evidence("rule", "r", 0.9, Span(0, 1)),),
    )
    return write_ticket(Turned(read(text), found, (), None, NOON), ("not_sure",), Rules(), soothing="请稍等。")


@pytest.mark.parametrize(
    ("intent", "senior", "desk"),
    [
        ("refund_status", False, "finance"),
        ("refund_status", True, "complaints"),
        ("invoice", True, "complaints"),
        ("complaint", False, "complaints"),
        ("account_security", False, "security"),
        ("safety", True, "safety"),
        ("merchant_coop", False, "business"),
        ("no_such_intent", False, "frontline"),
        ("no_such_intent", True, "complaints"),
    ],
)
def test_every_matter_finds_its_desk(intent: str, senior: bool, desk: str) -> None:
    assert DESKS.route(intent, senior=senior).id == desk


def test_the_packaged_desks_take_every_intent_and_no_other() -> None:
    taken = {intent for desk in DESKS.desks.values() for intent in desk.intents}
    assert taken == set(TAXONOMY.labels)


def test_the_fallbacks_have_the_right_tier() -> None:
    assert DESKS.desks[DESKS.fallback].tier == "junior"
    assert DESKS.desks[DESKS.senior_fallback].tier == "senior"


def test_a_senior_desk_helps_out_when_no_junior_takes_a_matter() -> None:
    desks = Desks({"a": Desk("a", "甲", "junior", ()), "b": Desk("b", "乙", "senior", ("safety",))}, "a", "b")
    assert desks.route("safety", senior=False).id == "b"


@pytest.mark.parametrize("severity", [Severity.S, Severity.A, Severity.N])
def test_deadlines_follow_the_severity(severity: Severity) -> None:
    found = ticket("退款还没到", severity=severity)
    level = TAXONOMY.levels[severity]
    assert (found.created, found.first_response_due, found.resolution_due) == (
        NOON,
        NOON + level.first_response,
        NOON + level.resolution,
    )


@pytest.mark.parametrize(
    ("intent", "severity", "tier"),
    [("invoice", Severity.N, "junior"), ("invoice", Severity.S, "senior"), ("complaint", Severity.N, "senior")],
)
def test_urgent_and_senior_matters_go_to_senior_desks(intent: str, severity: Severity, tier: str) -> None:
    assert ticket("处理一下", intent, severity).tier == tier


def test_nothing_personal_stands_in_a_ticket() -> None:
    found = ticket("订单20481234567还没退，电话13800001234，收件人王芳，寄江苏省苏州市和平路77号")
    whole = f"{found.text} {found.summary} {found.entities}"
    for secret in ("20481234567", "13800001234", "王芳", "和平路77号"):
        assert secret not in whole
    assert {kind for kind, _ in found.entities} == {"order_id", "phone", "name", "address"}


def test_a_ticket_says_what_why_and_how_bad() -> None:
    found = ticket("退款十天了还没到账，发票也没有", second="invoice")
    assert (
        found.summary
        == "客户来询「退款进度、发票」，一般（A）级，情绪焦急。原话“退款十天了还没到账，发票也没有”，已提供时长。"
    )
    assert (found.desk, found.desk_name, found.intent, found.reasons) == (
        "finance",
        "财务组",
        "refund_status",
        ("not_sure",),
    )
    assert [item.id for item in found.evidence] == ["r"]
    assert found.soothing == "请稍等。"


def test_a_long_message_is_shortened_in_the_summary_only() -> None:
    found = ticket("退款" * 200)
    assert "…”" in found.summary and len(found.summary) < 120
    assert found.text == "退款" * 200


def test_a_label_of_another_taxonomy_gets_a_ticket_too() -> None:
    assert ticket("我的卡不见了", "card_arrival").desk == "frontline"


def test_the_clock_knows_its_zone() -> None:
    assert utc_now().utcoffset() == timedelta(0)
