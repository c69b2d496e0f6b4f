"""The gate: what the figures of a test must keep, for a build that fails when they do not.

```yaml
version: 1
checks:
  - {metric: accuracy, min: 0.85}                        # a floor, or max: a ceiling
  - {metric: precision, bound: lower, min: 0.87}         # on the lower (or upper) 95 % bound
  - {metric: f1, intent: refund_status, min: 0.8}        # of one intent
  - {metric: recall, intent: "*", min_support: 20, min: 0.5}     # of every intent with so many messages
  - {metric: intent_any, slice: length=1-4, min: 0.6}    # of a part; slice: length=* for every part
  - {metric: intent_any, max_drop: 0.01}                 # against --baseline
  - {metric: f1, intent: "*", min_support: 20, max_drop: 0.1}
  - {metric: severity_costs.per_message, max_rise: 0.02} # the same for figures that are better when they are low
  - {metric: leaks.share, max: 0}                        # needs --train
  - {metric: label_noise.excess, max: 0.03}
  - {metric: training_labels.suspected, max: 0.05}       # needs --train and --check-labels
  - {metric: behaviour.inv, min: 0.9}                    # needs --behaviour
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_nlp.evaluate.metrics import flat
from cs_nlp.resources import Faults, Node, read_yaml

_LIMITS = ("min", "max", "max_drop", "max_rise")
_BOUNDS = {"lower": ("_low", "low"), "upper": ("_high", "high")}
_COUNTS = {"per_label": "support", "slices": "messages"}
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a gate.

    Attributes:
        metric: Name of a figure, see `cs_nlp.evaluate.figures`; `*` in it stands for any intent or part.
        low: It must be at least this, or None.
        high: It must be at most this, or None.
        source: `file:line`.
        drop: It may be so much below the baseline's, or None.
        rise: It may be so much above the baseline's, or None.
        least: With `*`: intents or parts with fewer messages are passed over.
    """

    metric: str
    low: float | None
    high: float | None
    source: str
    drop: float | None = None
    least: int = 0
    rise: float | None = None

    @property
    def compares(self) -> bool:
        """Whether it needs a baseline."""
        return self.drop is not None or self.rise is not None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check with what was measured; None when the test has no such figure, which fails.

    Attributes:
        check: The check.
        value: The figure.
        metric: Its full name, with the intent or part that stood for a `*`; the check's when empty.
        before: The baseline's figure, where the check asks for it.
    """

    check: Check
    value: float | None
    metric: str = ""
    before: float | None = None

    @property
    def name(self) -> str:
        """Name of the figure."""
        return self.metric or self.check.metric

    @property
    def passed(self) -> bool:
        """Whether the figure keeps the limits."""
        check, value = self.check, self.value
        if value is None or (check.compares and self.before is None):
            return False
        before = self.before or 0.0
        return (
            (check.low is None or value >= check.low)
            and (check.high is None or value <= check.high)
            and (check.drop is None or value >= before - check.drop - _ROUNDING)
            and (check.rise is None or value <= before + check.rise + _ROUNDING)
        )

    @property
    def needed(self) -> str:
        """The limits in words."""
        check = self.check
        parts = [f"≥ {check.low:g}" if check.low is not None else ""]
        parts += [f"≤ {check.high:g}" if check.high is not None else ""]
        before = "no baseline" if self.before is None else f"baseline {self.before:.4f}"
        parts += [f"at most {check.drop:g} below {before}"] if check.drop is not None else []
        parts += [f"at most {check.rise:g} above {before}"] if check.rise is not None else []
        return " and ".join(filter(None, parts))

    def __str__(self) -> str:
        value = "not measured" if self.value is None else f"{self.value:.4f}"
        return f"{'ok  ' if self.passed else 'FAIL'} {self.name} {value} (needed {self.needed}, {self.check.source})"


def read_gate(file: Path) -> tuple[Check, ...]:
    """Reads a gate file.

    Raises:
        DataFileError: If the file has faults; all are listed.
    """
    faults = Faults()
    top = read_yaml(file, faults)
    if not set(top):
        faults.check()  # a file that cannot be read has one fault, not three
    top.only("version", "checks")
    checks = tuple(_check(node) for node in top.nodes("checks"))
    if not checks:
        top.fail("checks", "at least one check is needed; an empty gate would always pass")
    faults.check()
    return checks


def _check(node: Node) -> Check:
    node.only("metric", "intent", "slice", "bound", "min_support", *_LIMITS)
    given = set(node)
    if not given.intersection(_LIMITS):
        node.fail("", f"one of {', '.join(_LIMITS)} is needed")
    low, high, drop, rise = (node.number(name, high=1e9) if name in given else None for name in _LIMITS)
    return Check(
        metric=_metric(node, given),
        low=low,
        high=high,
        source=f"{node.file}:{node.line}",
        drop=drop,
        least=int(node.number("min_support", 0, high=1e9)),
        rise=rise,
    )


def _metric(node: Node, given: set[str]) -> str:
    metric = node.text("metric")
    bound = node.text("bound", among=tuple(_BOUNDS)) if "bound" in given else ""
    if "intent" in given and "slice" in given:
        node.fail("slice", "either intent or slice, not both")
    if "intent" in given:
        return f"per_label.{node.text('intent')}.{metric}{_suffix(bound)}"
    if "slice" in given:
        dimension, _, part = node.text("slice").partition("=")
        if not part:
            node.fail("slice", "DIMENSION=PART is needed, e.g. length=1-4 or length=*")
        return f"slices.{dimension}.{part}.{metric}{_suffix(bound)}"
    return f"intervals.{metric}.{_BOUNDS[bound][1]}" if bound in _BOUNDS else metric


def _suffix(bound: str) -> str:
    return _BOUNDS[bound][0] if bound in _BOUNDS else ""


def apply_gate(
    checks: tuple[Check, ...], summary: Mapping[str, Any], baseline: Mapping[str, Any] | None = None
) -> list[Outcome]:
    """Holds every check against a summary.

    Args:
        checks: The gate.
        summary: The figures, see `cs_nlp.evaluate.figures.measure`.
        baseline: The same figures of the model that may not be fallen behind.

    Returns:
        The outcome of each check; of one with `*` an outcome for every intent or part.

    >>> [outcome.passed for outcome in apply_gate((Check("accuracy", 0.9, None, "gate.yaml:3"),), {"accuracy": 0.93})]
    [True]
    """
    figures, before = flat(summary), flat(baseline or {})
    outcomes = []
    for check in checks:
        for name in _names(check, figures, before):
            outcomes.append(Outcome(check, figures.get(name), name, before.get(name)))
    return outcomes


def _names(check: Check, figures: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """The figures a check is about; with `*` only those with enough messages, and with a baseline if it asks for one."""
    if "*" not in check.metric:
        return [check.metric]
    pattern = re.compile(".+".join(map(re.escape, check.metric.split("*"))))
    found = [name for name in figures if pattern.fullmatch(name)]
    if check.compares:
        found = [name for name in found if name in before]
    count = _COUNTS.get(check.metric.split(".")[0])
    if count is not None:
        found = [name for name in found if figures.get(f"{name.rpartition('.')[0]}.{count}", 0) >= check.least]
    return found or [check.metric]
