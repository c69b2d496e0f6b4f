"""The gate: floors and ceilings on the figures of a test, for a build that must fail when they are missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_nlp.evaluate.metrics import flat
from cs_nlp.resources import Faults, read_yaml


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a gate.

    Attributes:
        metric: Name of a figure, see `cs_nlp.evaluate.metrics`.
        low: It must be at least this, or None.
        high: It must be at most this, or None.
        source: `file:line`.
    """

    metric: str
    low: float | None
    high: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check with what was measured; None when the test has no such figure, which fails."""

    check: Check
    value: float | None

    @property
    def passed(self) -> bool:
        """Whether the figure keeps the bounds."""
        if self.value is None:
            return False
        low, high = self.check.low, self.check.high
        return (low is None or self.value >= low) and (high is None or self.value <= high)

    def __str__(self) -> str:
        bounds = [f"≥ {self.check.low:g}" if self.check.low is not None else ""]
        bounds += [f"≤ {self.check.high:g}" if self.check.high is not None else ""]
        value = "not measured" if self.value is None else f"{self.value:.4f}"
        verdict = "ok  " if self.passed else "FAIL"
        return (
            f"{verdict} {self.check.metric} {value} (needed {' and '.join(filter(None, bounds))}, {self.check.source})"
        )


def read_gate(file: Path) -> tuple[Check, ...]:
    """Reads a gate file.

    Raises:
        DataFileError: If the file has faults; all are listed.
    """
    faults = Faults()
    top = read_yaml(file, faults)
    top.only("version", "checks")
    checks = []
    for node in top.nodes("checks"):
        node.only("metric", "min", "max")
        given = set(node)
        if "min" not in given and "max" not in given:
            node.fail("", "min or max is needed")
        low = node.number("min", high=1e9) if "min" in given else None
        high = node.number("max", high=1e9) if "max" in given else None
        checks.append(Check(node.text("metric"), low, high, f"{node.file}:{node.line}"))
    if not checks:
        top.fail("checks", "at least one check is needed; an empty gate would always pass")
    faults.check()
    return tuple(checks)


def apply_gate(checks: tuple[Check, ...], summary: Mapping[str, Any]) -> list[Outcome]:
    """Holds every check against a summary.

    >>> [outcome.passed for outcome in apply_gate((Check("accuracy", 0.9, None, "gate.yaml:3"),), {"accuracy": 0.93})]
    [True]
    """
    figures = flat(summary)
    return [Outcome(check, figures.get(check.metric)) for check in checks]
