"""Hidden needs: the questions of an FAQ entry, asked once each in a conversation, and the answers in the ticket."""

from __future__ import annotations

from cs_nlp.decide.session import Session
from cs_nlp.decide.ticket_json import ticket_json
from cs_nlp.text import read
from cs_nlp.types import Action, Reply
from tests.decide.worlds import NOON, decider, meaning

DECIDER = decider()
DAYS, WASHED = "请问收到几天了？", "请问是怎么洗的？"


def say(session: Session, text: str, intent: str, severity: str = "N", notes: tuple[str, ...] = ()) -> Reply:
    message = read(text)
    reply = DECIDER.decide(message, meaning(intent, severity=severity), NOON, session, notes)
    session.hear(text, message.entities, intent, business=not DECIDER.rules.taxonomy.is_talk(intent))
    session.remember(reply)
    return reply


def gave(session: Session, text: str) -> Reply:
    return say(session, text, "provide_info", notes=("gave_info",))


def test_each_question_is_asked_once_and_the_answers_are_in_the_ticket() -> None:
    session = Session()
    first = say(session, "毛衣掉色了", "quality_issue", "A")
    assert first.action is Action.ANSWER and first.text.endswith(DAYS)
    second = gave(session, "三天了")
    assert second.reasons == ("asks_further", "gave_info", "more_to_ask")
    assert second.text.endswith(WASHED) and DAYS not in second.text
    assert session.failures == 0
    last = gave(session, "机洗的，13800001234")
    assert last.ticket is not None and last.reasons[0] == "info_complete"
    assert last.ticket.answers == ((DAYS, "三天了"), (WASHED, "机洗的，138****1234"))
    assert not any(step.startswith("先问") for step in last.ticket.next_steps)
    assert ticket_json(last.ticket)["answers"][0] == {"question": DAYS, "answer": "三天了"}


def test_what_was_given_is_not_asked_for() -> None:
    session = Session()
    assert say(session, "毛衣收到三天就掉色了", "quality_issue", "A").text.endswith(WASHED)
    session = Session()
    assert say(session, "订单20481234567到哪了", "delivery_status").question is None


def test_another_value_is_no_answer_to_the_question() -> None:
    session = Session()
    say(session, "毛衣收到三天就掉色了", "quality_issue", "A")
    gave(session, "20481234567")
    assert session.answers == []


def test_instead_of_the_same_answer_comes_the_next_question() -> None:
    session = Session()
    say(session, "毛衣掉色了", "quality_issue")
    reply = say(session, "毛衣掉色了", "quality_issue")
    assert reply.reasons == ("asks_further", "same_answer", "more_to_ask") and reply.text.endswith(WASHED)


def test_a_restored_session_asks_on() -> None:
    session = Session()
    say(session, "毛衣掉色了", "quality_issue", "A")
    restored = Session.from_json(session.to_json())
    assert gave(restored, "三天了") == gave(session, "三天了")
    assert restored == session
