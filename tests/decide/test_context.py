from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.assistant import Assistant
from cs_nlp.decide.dialogue import Context
from cs_nlp.decide.session import Session
from cs_nlp.errors import DataFileError
from cs_nlp.text import read
from cs_nlp.types import OpenQuestion, Option, Turn

CONTEXT = Context.default()


def after(*turns: str, topic: str) -> Session:
    session = Session()
    for turn in turns:
        session.hear(turn, (), topic, business=True)
    return session


def notes(bot: Assistant, text: str, session: Session) -> tuple[str, tuple[str, ...]]:
    found = CONTEXT.understand(bot.analyzer, read(text), session, bot.thresholds.direct)
    return found.understanding.intents[0].id, found.notes


def test_without_a_topic_a_message_stands_for_itself(tiny_bot: Assistant) -> None:
    assert notes(tiny_bot, "那多久呢", Session())[1] == ()


@pytest.mark.parametrize("text", ["那多久呢", "两个都退", "改成明天"])
def test_an_elliptic_turn_is_read_from_the_conversation(tiny_bot: Assistant, text: str) -> None:
    intent, found = notes(tiny_bot, text, after("我要退货麻烦处理下", topic="return_apply"))
    assert found in ((), ("resolved_in_context",))
    assert intent in tiny_bot.bundle.labels and intent != "unclear"


def test_a_choice_becomes_the_intent(tiny_bot: Assistant) -> None:
    session = after("那个", topic="invoice")
    session.question = OpenQuestion("哪一种？", (Option("退货", "return_apply"), Option("发票", "invoice")))
    assert notes(tiny_bot, "第一个", session) == ("return_apply", ("chose_option",))
    assert notes(tiny_bot, "都不是", session)[1] == ("rejected_options",)


def test_what_was_asked_for_belongs_to_the_topic(tiny_bot: Assistant) -> None:
    session = after("快递到哪里了", topic="delivery_status")
    session.question = OpenQuestion("请发订单号", (), "order_id")
    assert notes(tiny_bot, "订单号20481234567", session)[1] == ("gave_info",)


def test_a_number_asked_for_in_passing_belongs_to_the_topic(tiny_bot: Assistant) -> None:
    session = after("快递到哪里了", topic="delivery_status")
    session.turns.append(Turn("bot", "请把订单号发来，我们帮您查。"))
    assert notes(tiny_bot, "20481234567", session)[1] == ("gave_info",)
    session.hear_agent("您发一下订单号")
    assert notes(tiny_bot, "20481234567", session)[1] != ("gave_info",)


def test_a_context_file_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    file = tmp_path / "context.yaml"
    file.write_text(
        "version: 1\ngate: {clear: 2}\nweights: {self: a}\nelliptic: ['(a+)+']\nordinals: {}\n", encoding="utf-8"
    )
    with pytest.raises(DataFileError) as error:
        Context.from_yaml(file)
    for part in ("gate.clear", "gate.longest", "weights.self", "weights.recent", "elliptic", "asking", "filler"):
        assert any(part in line for line in error.value.faults)
