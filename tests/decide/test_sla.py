from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cs_nlp.decide.sla import Sla
from cs_nlp.errors import DataFileError
from cs_nlp.types import Severity
from cs_nlp.understand.taxonomy import Taxonomy
from tests.decide.worlds import NOON, SHANGHAI

SLA = Sla.default()
LEVELS = Taxonomy.default().levels


def test_urgent_cases_run_through_the_night() -> None:
    night = datetime(2026, 11, 18, 3, 0, tzinfo=SHANGHAI)
    promise = SLA.promise(Severity.S, LEVELS[Severity.S], night)
    assert (promise.response - night, promise.resolution - night) == (timedelta(hours=1), timedelta(hours=4))


def test_suggestions_wait_for_the_morning() -> None:
    night = datetime(2026, 11, 18, 3, 0, tzinfo=SHANGHAI)
    assert SLA.promise(Severity.N, LEVELS[Severity.N], night).response.hour == 8


def test_a_better_tier_has_a_faster_clock() -> None:
    promise = SLA.promise(Severity.A, LEVELS[Severity.A], NOON, "vip")
    assert promise.response - NOON == timedelta(hours=2)


@pytest.mark.parametrize("severity", list(Severity))
def test_escalation_rises_in_order_and_ends_at_the_resolution(severity: Severity) -> None:
    promise = SLA.promise(severity, LEVELS[severity], NOON)
    times = [step.at for step in promise.escalation]
    assert times == sorted(times) and times[-1] == promise.resolution
    assert promise.response in times


@pytest.mark.parametrize(
    ("waiting", "agents", "breach"), [(0, 1, False), (10, 1, False), (30, 1, True), (30, 3, False)]
)
def test_a_breach_is_seen_coming(waiting: int, agents: int, breach: bool) -> None:
    due = NOON + timedelta(hours=4)
    found = SLA.forecast(due, NOON, waiting, 10.0, agents)
    assert found.breach is breach and found.spare == due - found.answered


def test_a_file_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    file = tmp_path / "calendar.yaml"
    file.write_text(
        "version: 1\ntimezone: Mars/Olympus\nhours: nine\nweekdays: [8]\nholidays: [soon]\nclocks: {S: sometimes}\ntiers: {vip: {factor: 99}}\n",
        encoding="utf-8",
    )
    with pytest.raises(DataFileError) as error:
        Sla.from_yaml(file)
    for part in ("timezone", "hours", "weekdays", "holidays", "clocks.S", "tiers.vip.factor"):
        assert any(part in line for line in error.value.faults)
