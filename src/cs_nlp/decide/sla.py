"""The SLA clock: due times by severity and customer, whether they will be missed, and who is told when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from importlib.resources.abc import Traversable
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from cs_nlp.decide.calendar import Calendar, Hours
from cs_nlp.resources import Faults, Node, packaged, read_yaml
from cs_nlp.types import Escalation, Severity
from cs_nlp.understand.taxonomy import ServiceLevel

_AT = attrgetter("at")
_LEVELS = tuple(Severity.__members__)


@dataclass(frozen=True, slots=True)
class Promise:
    """Deadlines of one ticket.

    Attributes:
        response: When a human must have answered.
        resolution: When it must be solved.
        escalation: Who is told when, in order of time.
    """

    response: datetime
    resolution: datetime
    escalation: tuple[Escalation, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Whether a deadline will be met.

    Attributes:
        answered: When an agent will be free, by the queue.
        due: The deadline.
        breach: Whether that is too late.
        spare: Time left then; negative after the deadline.
    """

    answered: datetime
    due: datetime
    breach: bool
    spare: timedelta


@dataclass(frozen=True, slots=True)
class CustomerTier:
    """What a tier of customers gets: deadlines times `factor`, and so many places further up the queue."""

    factor: float = 1.0
    priority: int = 0


_EVERYBODY = CustomerTier()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the escalation, see `calendar.yaml`."""

    severities: tuple[str, ...]
    of: str
    share: float
    to: str
    code: str


@dataclass(frozen=True)
class Sla:
    """Calendar, clocks, tiers and escalation.

    >>> sla = Sla.default()
    >>> night = datetime(2026, 11, 20, 3, 0, tzinfo=sla.calendar.zone)
    >>> level = ServiceLevel("建议", "", timedelta(hours=24), timedelta(hours=72))
    >>> sla.promise(Severity.B, level, night).response.isoformat()
    '2026-11-21T16:00:00+08:00'
    """

    calendar: Calendar
    clocks: Mapping[str, str]
    tiers: Mapping[str, CustomerTier]
    steps: tuple[Step, ...]

    @classmethod
    def default(cls) -> Sla:
        """The packaged calendar."""
        return _default()

    @classmethod
    def from_yaml(cls, file: Traversable | Path) -> Sla:
        """Reads a calendar file.

        Raises:
            DataFileError: If the file has faults; all are listed.
        """
        faults = Faults()
        sla = _parse(read_yaml(file, faults))
        faults.check()
        return sla

    def tier(self, name: str) -> CustomerTier:
        """What a tier of customers gets; an unknown one gets what everybody gets."""
        return self.tiers.get(name, _EVERYBODY)

    def promise(
        self, severity: Severity, level: ServiceLevel, now: datetime, tier: str = "", opens: datetime | None = None
    ) -> Promise:
        """Deadlines and escalation of a ticket.

        Args:
            severity: How bad it is.
            level: What that severity promises.
            now: When the ticket is made, with a zone.
            tier: Tier of the customer.
            opens: When the desk that has it works next; None when it works now. Clocks that never stop ignore it.
        """
        start = opens if opens is not None and self.clocks.get(severity) == "business" else now
        response, resolution, *times = self._after(severity, start, self._spans(severity, level, tier))
        steps = self._steps_of[severity]
        escalation = [Escalation(at, step.to, step.code) for at, step in zip(times, steps, strict=True)]
        return Promise(response, resolution, tuple(sorted(escalation, key=_AT)))

    def forecast(self, due: datetime, now: datetime, waiting: int, minutes_each: float, agents: int) -> Forecast:
        """Whether a deadline will be met, when a queue is worked off in order.

        Args:
            due: The deadline.
            now: The present time.
            waiting: Tickets before this one.
            minutes_each: Working time one ticket takes, in minutes.
            agents: Agents at work.
        """
        work = timedelta(minutes=minutes_each * waiting / max(agents, 1))
        answered = self.calendar.after(now, work)
        return Forecast(answered, due, answered > due, due - answered)

    @cached_property
    def _steps_of(self) -> Mapping[Severity, tuple[Step, ...]]:
        return {level: tuple(step for step in self.steps if level in step.severities) for level in Severity}

    def _spans(self, severity: Severity, level: ServiceLevel, tier: str) -> Sequence[timedelta]:
        """How long response and resolution may take and each step waits; kept, because it is the same for all tickets."""
        key = severity, tier if tier in self.tiers else ""
        kept = self._kept.get(key)
        if kept is None or kept[0] is not level:
            factor = self.tiers[tier].factor if tier in self.tiers else 1
            spans = {"response": level.first_response * factor, "resolution": level.resolution * factor}
            told = [spans[step.of] * step.share for step in self._steps_of[severity]]
            kept = self._kept[key] = level, (*spans.values(), *told)
        return kept[1]

    @cached_property
    def _kept(self) -> dict[tuple[Severity, str], tuple[ServiceLevel, Sequence[timedelta]]]:
        return {}

    def _after(self, severity: Severity, start: datetime, spans: Sequence[timedelta]) -> list[datetime]:
        if self.clocks.get(severity) == "business":
            return self.calendar.after_each(start, spans)
        begin, zone = start.astimezone(UTC), self.calendar.zone  # in UTC, so that a change of clocks adds no hour
        found = {span: (begin + span).astimezone(zone) for span in set(spans)}
        return [found[span] for span in spans]


@lru_cache(maxsize=1)
def _default() -> Sla:
    return Sla.from_yaml(packaged("calendar.yaml"))


def _parse(top: Node) -> Sla:
    top.only("version", "timezone", "hours", "weekdays", "holidays", "workdays", "clocks", "tiers", "escalation")
    weekdays = frozenset(int(day) for day in top.texts("weekdays", among=tuple("1234567")))
    calendar = Calendar(
        zone=_zone(top),
        hours=hours_of(top, "hours"),
        weekdays=weekdays,
        holidays=frozenset(_days(top, "holidays")),
        workdays=frozenset(_days(top, "workdays")),
    )
    if not weekdays:
        top.fail("weekdays", "at least one working day is needed")
    clocks = top.child("clocks")
    clocks.only(*_LEVELS)
    tiers = {}
    for name, node in top.children("tiers"):
        node.only("factor", "priority")
        tiers[name] = CustomerTier(
            node.number("factor", 1.0, low=0.01, high=10), int(node.number("priority", 0, high=3))
        )
    return Sla(
        calendar,
        {level: clocks.text(level, "always", among=("always", "business")) for level in _LEVELS},
        tiers,
        tuple(_step(node) for node in top.nodes("escalation")),
    )


def hours_of(node: Node, key: str) -> Hours:
    """Opening hours of a field; without the field, around the clock."""
    if key not in node:
        return Hours()
    try:
        return Hours.parse(node.text(key))
    except ValueError as error:
        node.fail(key, str(error))
        return Hours()


def _zone(top: Node) -> ZoneInfo:
    name = top.text("timezone")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        top.fail("timezone", f"{name!r} is not a known time zone; an IANA name like Asia/Shanghai is needed")
        return ZoneInfo("UTC")


def _days(top: Node, key: str) -> Iterator[date]:
    for text in top.texts(key):
        first, _, last = text.partition("..")
        try:
            start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            top.fail(key, f"days like 2026-10-01 or 2026-10-01..2026-10-07 are needed, found {text!r}")
            continue
        yield from (start + timedelta(days=offset) for offset in range((end - start).days + 1))


def _step(node: Node) -> Step:
    node.only("severities", "of", "share", "to", "code")
    return Step(
        node.texts("severities", among=_LEVELS),
        node.text("of", among=("response", "resolution")),
        node.number("share", low=0.0, high=10.0),
        node.text("to"),
        node.text("code"),
    )
