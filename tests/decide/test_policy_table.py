"""The policy as a table that a service lead reads and changes: `tests/data/policy_table.csv`.

Each row gives what was understood and what is known, and what has to happen. Columns: `no`, `note`, `before` (earlier
turns, `message @intent severity emotion`, separated by `|`), `message`, `intent`, `score`, `severity`, `emotion`, `facts`
(separated by `;`), `now` (Shanghai), and expected `action`, `desk`, `level`, `response_due`, `resolution_due`, `reasons`,
`route`, `proposals`. Desk and times are empty when nobody takes over.
"""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest

from cs_nlp.decide.decider import Decider
from cs_nlp.decide.session import Session
from cs_nlp.text import read
from cs_nlp.types import Reply
from tests.decide.worlds import SHANGHAI, decider, meaning

TABLE = Path(__file__).parent.parent / "data" / "policy_table.csv"
EXPECTED = ("action", "desk", "level", "response_due", "resolution_due", "reasons", "route", "proposals")
Row = dict[str, str]
DECIDER = decider()


def rows() -> list[Row]:
    with TABLE.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def outcome(row: Row, judge: Decider = DECIDER) -> Row:
    """What happens in a row, in the words of the table."""
    facts = [fact.strip() for fact in row["facts"].split(";") if fact.strip()]
    pairs = dict(fact.split("=", 1) for fact in facts if "=" in fact)
    now = datetime.fromisoformat(row["now"]).replace(tzinfo=SHANGHAI)
    load = {key[5:]: float(value) for key, value in pairs.items() if key.startswith("load.")}
    order = {key[6:]: value for key, value in pairs.items() if key.startswith("order.")}
    customer = {key: value for key, value in pairs.items() if not key.startswith(("load.", "order."))}
    session = Session(customer=customer, facts=order) if row["before"] or pairs else None
    for turn in filter(None, row["before"].split("|")):
        text, _, understood = turn.partition("@")
        intent, severity, emotion = understood.split()
        _say(judge, text.strip(), now, session, (intent, 0.95, severity, emotion), (), load)
    flags = tuple(fact for fact in facts if "=" not in fact)
    found = (row["intent"], float(row["score"]), row["severity"], row["emotion"])
    return _told(_say(judge, row["message"], now, session, found, flags, load))


def _say(
    judge: Decider,
    text: str,
    now: datetime,
    session: Session | None,
    found: tuple[str, float, str, str],
    flags: tuple[str, ...],
    load: dict[str, float],
) -> Reply:
    intent, score, severity, emotion = found
    understanding = meaning(
        intent, score, severity, emotion, clear=0.1 if "unclear" in flags else 1.0, repeated="repeated" in flags
    )
    notes = tuple(flag for flag in flags if flag not in ("unclear", "repeated"))
    message = read(text)
    reply = judge.decide(message, understanding, now, session, notes, load)
    if session is not None:
        business = not judge.rules.taxonomy.is_talk(intent) and intent != "unclear"
        session.hear(text, message.entities, intent, business=business)
        session.remember(reply)
    return reply


def _told(reply: Reply) -> Row:
    ticket = reply.ticket
    return {
        "action": reply.action.value,
        "desk": ticket.desk if ticket else "",
        "level": ticket.severity.value if ticket else reply.severity.value,
        "response_due": f"{ticket.first_response_due:%m-%d %H:%M}" if ticket else "",
        "resolution_due": f"{ticket.resolution_due:%m-%d %H:%M}" if ticket else "",
        "reasons": " ".join(reply.reasons),
        "route": " ".join(ticket.route) if ticket else "",
        "proposals": " ".join(item.action for item in reply.proposals),
    }


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["no"])
def test_the_policy_does_what_the_table_says(row: Row) -> None:
    assert outcome(row) == {name: row[name] for name in EXPECTED}, row["note"]


def test_the_table_is_large_and_every_number_is_its_own() -> None:
    numbers = [row["no"] for row in rows()]
    assert len(numbers) >= 150 and len(set(numbers)) == len(numbers)


def test_every_step_of_the_policy_is_in_the_table() -> None:
    seen = {code for row in rows() for code in row["reasons"].split()}
    assert {step.reason for step in DECIDER.rules.policy.steps} - {"no_answer_on_file"} <= seen
