"""The business calendar: when somebody works, and what time it is after so much working time."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_HOURS = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")
_MOST_DAYS = 800


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of a day, as minutes from midnight.

    >>> Hours.parse("08:00-24:00")
    Hours(start=480, end=1440)
    """

    start: int = 0
    end: int = 1440

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Reads `HH:MM-HH:MM`.

        Raises:
            ValueError: If it is something else, or ends before it starts.
        """
        match = _HOURS.fullmatch(text)
        if match is None:
            raise ValueError(f"hours like 08:00-22:00 are needed, found {text!r}")
        start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if not start < end <= 1440:
            raise ValueError(f"{text!r} must end after it starts, at 24:00 at the latest")
        return cls(start, end)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days and hours in one time zone.

    Attributes:
        zone: The time zone.
        hours: Opening hours of a working day.
        weekdays: Working days, 1 (Monday) to 7.
        holidays: Days on which nobody works.
        workdays: Days that are worked although the week or a holiday says otherwise.

    >>> shop = Calendar(ZoneInfo("Asia/Shanghai"), Hours.parse("09:00-18:00"), {1, 2, 3, 4, 5})
    >>> friday = datetime(2026, 11, 20, 17, 0, tzinfo=shop.zone)
    >>> shop.after(friday, timedelta(hours=2)).isoformat()
    '2026-11-23T10:00:00+08:00'
    """

    zone: ZoneInfo
    hours: Hours = field(default_factory=Hours)
    weekdays: Collection[int] = frozenset(range(1, 8))
    holidays: Collection[date] = frozenset()
    workdays: Collection[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether a day is a working day."""
        return day in self.workdays or (day.isoweekday() in self.weekdays and day not in self.holidays)

    def is_open(self, at: datetime, hours: Hours | None = None) -> bool:
        """Whether it is working time.

        Args:
            at: A time with a zone.
            hours: Opening hours instead of the calendar's own.
        """
        there = at.astimezone(self.zone)
        start, end = self._window(there.date(), hours or self.hours)
        return self.works(there.date()) and start <= there < end

    def opens(self, at: datetime, hours: Hours | None = None) -> datetime:
        """The time itself when it is working time, otherwise when that begins next.

        Raises:
            ValueError: If there is no working day within two years.
        """
        there = at.astimezone(self.zone)
        for ahead in range(_MOST_DAYS):
            day = there.date() + ahead * _DAY
            start, end = self._window(day, hours or self.hours)
            if self.works(day) and there < end:
                return max(there, start)
        raise ValueError(f"no working day within {_MOST_DAYS} days of {at:%Y-%m-%d}")

    def after(self, start: datetime, work: timedelta) -> datetime:
        """The time when so much working time has passed since `start`."""
        at, left = self.opens(start), work
        while True:
            end = self._window(at.date(), self.hours)[1]
            if left <= end - at:
                return at + left
            left -= end - at
            at = self.opens(end)

    def _window(self, day: date, hours: Hours) -> tuple[datetime, datetime]:
        midnight = datetime.combine(day, time(), self.zone)
        return midnight + timedelta(minutes=hours.start), midnight + timedelta(minutes=hours.end)
