"""The report of a test: everything that was found as one JSON, and as one page to read in a browser."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cs_nlp.evaluate.behaviour import BehaviourResult
from cs_nlp.evaluate.gate import Outcome
from cs_nlp.evaluate.metrics import Judged, is_accepted
from cs_nlp.files import write_atomic
from cs_nlp.text import mask


@dataclass(frozen=True)
class Report:
    """What a test found.

    Attributes:
        title: What was tested, in a line.
        facts: Name and value of what stands under the title: model, data, date.
        summary: The figures, see `cs_nlp.evaluate.figures.measure`.
        baseline: The figures of the baseline, or None.
        curve: Points of the coverage-precision curve.
        baseline_curve: The same of the baseline.
        confusions: The right and the said intent with their count, the most frequent first.
        right: How many messages of each intent have it as the predicted one.
        mistakes: See `cs_nlp.evaluate.mistakes.mistakes`.
        outcomes: Outcomes of the gate.
        behaviour: Results of the behavioural tests.
        changes: Messages mended and broken against the baseline.
        leaks: Test and training texts that are the same, with their likeness.
        names: Chinese name of each intent.
        direct: The threshold at which the bot answers.
        plain: Whether there is only a classifier, nothing that answers.
        outside: The label of what is out of scope, or None.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    summary: Mapping[str, Any]
    curve: Sequence[Mapping[str, float]]
    confusions: Sequence[tuple[str, str, int]]
    right: Mapping[str, int]
    mistakes: Sequence[Mapping[str, Any]]
    names: Mapping[str, str]
    direct: float
    plain: bool
    outside: str | None
    baseline: Mapping[str, Any] | None = None
    baseline_curve: Sequence[Mapping[str, float]] = ()
    outcomes: Sequence[Outcome] = ()
    behaviour: Sequence[BehaviourResult] = ()
    changes: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    leaks: Sequence[tuple[str, str, float]] = ()

    def to_json(self) -> dict[str, Any]:
        """The figures as they are, and everything else under `report`."""
        details = {
            "title": self.title,
            "facts": dict(self.facts),
            "baseline": dict(self.baseline) if self.baseline is not None else None,
            "gate": [
                {"metric": o.name, "value": o.value, "needed": o.needed, "passed": o.passed, "source": o.check.source}
                for o in self.outcomes
            ],
            "coverage_curve": list(self.curve),
            "confusions": [list(item) for item in self.confusions],
            "behaviour": [_behaviour(result) for result in self.behaviour],
            "changes": {name: list(rows) for name, rows in self.changes.items()},
            "leaks": [list(leak) for leak in self.leaks],
            "mistakes": list(self.mistakes),
        }
        return {**self.summary, "report": details}

    def write(self, folder: Path) -> None:
        """Writes `report.json` and `index.html`; the folder is made if needed."""
        from cs_nlp.evaluate.page import page

        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n"
        write_atomic(folder / "report.json", text.encode("utf-8", "replace"))
        write_atomic(folder / "index.html", page(self).encode("utf-8", "replace"))


def confusions(rows: Sequence[Judged], outside: str | None = None) -> list[tuple[str, str, int]]:
    """The right and the predicted intent of wrong predictions, with their count, the most frequent first.

    A message that is out of scope is confused only when it is accepted.

    >>> confusions([Judged("invoice", None, "coupon", 0.5, answered=True)])
    [('invoice', 'coupon', 1)]
    """
    wrong = [row for row in rows if not row.right and (row.gold != outside or is_accepted(row, outside))]
    counts = Counter((row.gold, row.predicted) for row in wrong)
    found = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(gold, said, count) for (gold, said), count in found]


def changed_rows(rows: Sequence[Judged], before: Sequence[Judged], chosen: Sequence[int]) -> list[dict[str, Any]]:
    """Messages of a comparison, masked: what was said before and what is said now."""
    return [
        {
            "text": mask(rows[index].text),
            "gold": rows[index].gold,
            "before": before[index].predicted,
            "now": rows[index].predicted,
            "score_before": round(before[index].score, 4),
            "score_now": round(rows[index].score, 4),
            "answered_before": before[index].answered,
            "answered_now": rows[index].answered,
        }
        for index in chosen
    ]


def _behaviour(result: BehaviourResult) -> dict[str, Any]:
    return {
        "id": result.test.id,
        "kind": result.test.kind,
        "name": result.test.name,
        "cases": result.cases,
        "rate": round(result.rate, 4),
        "least": result.test.least,
        "passed": result.passed,
        "failures": [
            {"text": f.text, "origin": f.origin, "wanted": f.wanted, "found": f.found} for f in result.failures
        ],
    }
