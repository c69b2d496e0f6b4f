from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.assistant import Assistant
from cs_nlp.decide.session import MOST_CHARACTERS, MOST_TURNS, Session
from cs_nlp.text import mask, read
from cs_nlp.types import Action, OpenQuestion, Option, Severity
from tests.samples import tiny_examples

TALK = st.lists(
    st.one_of(
        st.sampled_from([example.text for example in tiny_examples()]),
        st.sampled_from(["第二个", "那呢", "是的", "20481234567", "13800001234", "都不是", ""]),
        st.text(max_size=20),
    ),
    min_size=1,
    max_size=6,
)


def full() -> Session:
    session = Session(customer={"tier": "vip", "phone": "13800001234"}, facts={"status": "paid"})
    session.hear(
        "订单20481234567还没到，打13800001234",
        read("订单20481234567还没到，打13800001234").entities,
        "delivery_status",
        business=True,
    )
    session.question = OpenQuestion("哪一种？", (Option("退货", "return_apply", "f1"),), "order_id")
    session.say("请稍等。")
    session.problems["delivery_status"] = 1
    session.severity = Severity.A
    return session


def test_json_gives_the_same_session_back() -> None:
    session = full()
    assert Session.from_json(json.loads(json.dumps(session.to_json()))) == session


def test_a_masked_session_holds_nothing_personal() -> None:
    text = json.dumps(full().to_json(masked=True), ensure_ascii=False)
    assert "20481234567" not in text and "13800001234" not in text
    assert Session.from_json(json.loads(text)).topic == "delivery_status"


def test_a_session_is_bounded() -> None:
    session = Session()
    for number in range(500):
        session.hear("长" * 5000, read(f"{number}元").entities, f"intent_{number}", business=True)
        session.say(f"第{number}句")
    assert len(session.turns) == MOST_TURNS and len(session.turns[0].text) == MOST_CHARACTERS
    assert len(json.dumps(session.to_json())) < 120_000


def test_the_latest_value_counts() -> None:
    session = Session()
    session.hear("", read("订单20481234567").entities)
    session.hear("", read("不对，订单30592345678").entities)
    assert session.value("order_id") == "30592345678" and session.value("phone") == ""


@pytest.mark.parametrize(
    "values", [{}, {"version": 2}, [], None, {"version": 1}, {"version": 1, "owner": "bot", "turns": 3}]
)
def test_what_is_no_session_is_refused(values: object) -> None:
    with pytest.raises(ValueError, match="session"):
        Session.from_json(values)  # type: ignore[arg-type]


@given(TALK, TALK)
def test_a_session_restored_from_json_continues_identically(
    tiny_bot: Assistant, before: list[str], after: list[str]
) -> None:
    session = Session()
    for text in before:
        tiny_bot.reply(text, session)
    twin = Session.from_json(json.loads(json.dumps(session.to_json())))
    assert [tiny_bot.reply(text, session) for text in after] == [tiny_bot.reply(text, twin) for text in after]
    assert session == twin


URGENT = (
    "，再不管我就打12315投诉你们",
    "，我要去法院起诉你们",
    "，充电宝冒烟烫到手了",
    "，孩子吃了住院了",
    "，我的银行卡被盗刷了",
)


@given(
    TALK,
    st.one_of(st.sampled_from(["怎么开发票", "快递到哪了", "好的", "第二个", ""]), st.text(max_size=20)),
    st.sampled_from(URGENT),
)
def test_an_urgent_phrase_never_lowers_and_never_leaves_it_to_the_bot(
    bot: Assistant, before: list[str], text: str, urgent: str
) -> None:
    session = Session()
    for earlier in before:
        bot.reply(earlier, session)
        session.give_back()
    twin = Session.from_json(session.to_json())
    plain, raised = bot.reply(text, twin), bot.reply(text + urgent, session)
    assert raised.severity is Severity.S and raised.severity.rank >= plain.severity.rank
    assert raised.action is Action.HANDOFF and raised.ticket is not None
    assert raised.ticket.severity is Severity.S and raised.ticket.tier == "senior"


@given(TALK)
def test_the_transcript_is_masked_in_every_turn(tiny_bot: Assistant, texts: list[str]) -> None:
    session = Session()
    for text in texts:
        tiny_bot.reply(text, session)
    assert all(mask(turn.text) == turn.text for turn in session.transcript())


@given(TALK, TALK)
def test_after_a_handoff_there_is_silence_until_it_is_given_back(
    tiny_bot: Assistant, before: list[str], after: list[str]
) -> None:
    session = Session()
    for text in before:
        tiny_bot.reply(text, session)
    tiny_bot.reply("充电宝冒烟烫到手了", session)
    owner = session.owner
    assert owner != "bot"
    for text in after:
        reply = tiny_bot.reply(text, session)
        assert (reply.text, reply.ticket, reply.reasons) == ("", None, ("owned_by_desk",))
        assert session.owner == owner and session.turns[-1].role == "customer"
    session.give_back()
    assert tiny_bot.reply("怎么开发票", session).text


def test_a_value_told_once_is_masked_wherever_it_stands() -> None:
    session = Session()
    session.hear_agent("王芳您好，请问有什么可以帮您？")
    session.hear("收件人王芳，快递没到", read("收件人王芳，快递没到").entities)
    whole = json.dumps(session.to_json(masked=True), ensure_ascii=False)
    assert "王芳" not in whole and session.transcript()[0].text.startswith("[姓名]您好")
