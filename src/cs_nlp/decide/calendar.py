"""The business calendar: when somebody works, and what time it is after so much working time."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MIDNIGHT = time()
_HOURS = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")
_MOST_DAYS = 800


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of a day, as time since midnight.

    >>> str(Hours.parse("08:00-24:00").end)
    '1 day, 0:00:00'
    """

    start: timedelta = timedelta()
    end: timedelta = _DAY

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Reads `HH:MM-HH:MM`.

        Raises:
            ValueError: If it is something else, or ends before it starts.
        """
        match = _HOURS.fullmatch(text)
        if match is None:
            raise ValueError(f"hours like 08:00-22:00 are needed, found {text!r}")
        start = timedelta(hours=int(match[1]), minutes=int(match[2]))
        end = timedelta(hours=int(match[3]), minutes=int(match[4]))
        if not start < end <= _DAY:
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
        there, hours = at.astimezone(self.zone), hours or self.hours
        since = timedelta(hours=there.hour, minutes=there.minute)
        return hours.start <= since < hours.end and self.works(there.date())

    def opens(self, at: datetime, hours: Hours | None = None) -> datetime:
        """The time itself when it is working time, otherwise when that begins next.

        Raises:
            ValueError: If there is no working day within two years.
        """
        return self._stretch(at, hours or self.hours)[0]

    def after(self, start: datetime, work: timedelta) -> datetime:
        """The time when so much working time has passed since `start`."""
        return self.after_each(start, [work])[0]

    def after_each(self, start: datetime, works: Sequence[timedelta]) -> list[datetime]:
        """The times when so much working time has passed since `start`, one for each amount."""
        done = timedelta()
        begin, end = self._stretch(start, self.hours)
        found: dict[timedelta, datetime] = {}
        for work in sorted(works):
            while work - done > end - begin:
                done += end - begin
                begin, end = self._stretch(end, self.hours)
            found[work] = begin + (work - done)
        return [found[work] for work in works]

    def _stretch(self, at: datetime, hours: Hours) -> tuple[datetime, datetime]:
        """The working time that runs at a time, from then on, or the next one: from when to when."""
        there = at.astimezone(self.zone)
        day = there.date()
        for _ in range(_MOST_DAYS):
            if self.works(day):
                midnight = datetime.combine(day, _MIDNIGHT, self.zone)
                end = midnight + hours.end
                if there < end:
                    return max(there, midnight + hours.start), end
            day += _DAY
        raise ValueError(f"no working day within {_MOST_DAYS} days of {at:%Y-%m-%d}")
