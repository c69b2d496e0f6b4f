"""What the conversation and earlier contacts add to the severity: it can rise, never fall."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cs_nlp.decide.session import Session
from cs_nlp.types import Severity, Understanding

THIRD_TIME, OVERDUE = "third_time", "promise_overdue"
_RAISED = {Severity.N: Severity.A, Severity.B: Severity.A, Severity.A: Severity.S, Severity.S: Severity.S}
_CONTACTS = 2
_TROUBLE = (Severity.A, Severity.S)


class History(NamedTuple):
    """What is added to a message; a named tuple, because one is made for every message of a conversation.

    Attributes:
        severity: The level with all that happened before.
        notes: Why it was raised: `third_time`, `promise_overdue`.
        returns: How often this matter came back after an answer, this time included.
    """

    severity: Severity
    notes: tuple[str, ...] = ()
    returns: int = 0


def history(session: Session, understanding: Understanding, now: datetime, *, business: bool) -> History:
    """Raises the severity when the same trouble comes back for the third time, or a promise is over-due.

    Args:
        session: The conversation before this message. Its `customer` facts may hold `contacts`, the number of earlier
            contacts about the same matter, and `promise_due`, an ISO time until which something was promised.
        understanding: What the message means.
        now: The present time.
        business: Whether the message is about business rather than small talk.
    """
    level = understanding.severity
    if not business:
        return History(level)
    intent = understanding.intents[0].id
    trouble = level in _TROUBLE or "repeated" in understanding.flags
    returns = session.problems.get(intent, 0) + (1 if trouble and intent in session.answered else 0)
    notes = []
    if trouble and returns + _number(session.known("contacts")) >= _CONTACTS:
        notes.append(THIRD_TIME)
    if (due := session.known("promise_due")) and _passed(due, now):
        notes.append(OVERDUE)
    return History(_RAISED[level] if notes else level, tuple(notes), returns)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _passed(text: str, now: datetime) -> bool:
    try:
        due = datetime.fromisoformat(text)
    except ValueError:
        return False
    return (due if due.tzinfo else due.replace(tzinfo=now.tzinfo)) < now
