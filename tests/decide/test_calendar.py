from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from cs_nlp.decide.calendar import Calendar, Hours
from tests.decide.worlds import SHANGHAI

SHOP = Calendar(
    SHANGHAI,
    Hours.parse("09:00-18:00"),
    frozenset({1, 2, 3, 4, 5}),
    frozenset({date(2026, 10, 1), date(2026, 10, 2)}),
    frozenset({date(2026, 10, 10)}),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-18T10:00", 2, "2026-11-18T12:00"),
        ("2026-11-18T17:00", 2, "2026-11-19T10:00"),
        ("2026-11-18T18:00", 1, "2026-11-19T10:00"),
        ("2026-11-18T03:00", 1, "2026-11-18T10:00"),
        ("2026-11-20T17:30", 1, "2026-11-23T09:30"),
        ("2026-11-21T12:00", 1, "2026-11-23T10:00"),
        ("2026-09-30T17:00", 2, "2026-10-05T10:00"),
        ("2026-10-09T17:00", 2, "2026-10-10T10:00"),
        ("2026-11-18T09:00", 9, "2026-11-18T18:00"),
        ("2026-11-18T09:00", 18, "2026-11-19T18:00"),
    ],
)
def test_only_working_time_counts(start: str, hours: int, end: str) -> None:
    assert SHOP.after(at(start), timedelta(hours=hours)) == at(end)


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-18T09:00", True),
        ("2026-11-18T17:59", True),
        ("2026-11-18T18:00", False),
        ("2026-11-21T12:00", False),
        ("2026-10-01T12:00", False),
        ("2026-10-10T12:00", True),
    ],
)
def test_opening_hours_weekends_holidays_and_extra_days(when: str, is_open: bool) -> None:
    assert SHOP.is_open(at(when)) is is_open


def test_another_zone_is_translated() -> None:
    utc = datetime.fromisoformat("2026-11-18T01:30+00:00")
    assert SHOP.is_open(utc)
    assert SHOP.opens(datetime.fromisoformat("2026-11-18T00:30+00:00")) == at("2026-11-18T09:00")


@pytest.mark.parametrize("text", ["9-18", "18:00-09:00", "08:00-25:00", "", "08:00-08:00"])
def test_odd_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Hours.parse(text)


def test_a_calendar_without_working_days_ends_in_an_error() -> None:
    with pytest.raises(ValueError, match="no working day"):
        Calendar(SHANGHAI, weekdays=()).opens(at("2026-11-18T12:00"))
