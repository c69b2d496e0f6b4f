from __future__ import annotations

from dataclasses import replace

import pytest

from cs_nlp.assistant import Assistant
from cs_nlp.decide.dialogue import BOT, Session
from cs_nlp.types import Action, Emotion, Reply, Severity

PLAIN = Reply(Action.ANSWER, "好的。", (), Severity.N, Emotion.CALM, "faq", None, ("confident",), ())
UNSURE = replace(PLAIN, action=Action.CLARIFY, faq=None, reasons=("ambiguous",))


def test_a_conversation_starts_with_the_bot() -> None:
    assert (Session().owner, Session().failures) == (BOT, 0)


@pytest.mark.parametrize(
    ("replies", "failures"), [([UNSURE], 1), ([UNSURE, UNSURE], 2), ([UNSURE, PLAIN], 0), ([UNSURE, PLAIN, UNSURE], 1)]
)
def test_questions_in_a_row_are_counted(replies: list[Reply], failures: int) -> None:
    session = Session()
    for reply in replies:
        session.remember(reply)
    assert (session.owner, session.failures) == (BOT, failures)


def test_a_handoff_gives_the_conversation_to_the_desk(tiny_bot: Assistant) -> None:
    session = Session()
    reply = tiny_bot.reply("充电宝冒烟烫到手了", session)
    assert reply.ticket is not None and session.owner == reply.ticket.desk != BOT


def test_the_desk_can_give_it_back(tiny_bot: Assistant) -> None:
    session = Session(owner="finance", failures=2)
    session.give_back()
    assert session == Session()
    assert tiny_bot.reply("怎么开发票", session).action is Action.ANSWER
