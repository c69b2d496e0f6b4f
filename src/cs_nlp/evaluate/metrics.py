"""What predictions are worth: accuracy, coverage and precision of automatic answers, severity, out-of-scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Judged:
    """One prediction beside its label.

    Attributes:
        gold: The right intent.
        second: Another right intent, or None.
        predicted: The predicted intent.
        score: Its score, 0–1.
        answered: Whether it was answered (or, for a plain classifier, accepted).
        gold_severity: The right severity, or None when it is not labelled.
        severity: The predicted one.
        gold_emotion: The right emotion, or None.
        emotion: The predicted one.
    """

    gold: str
    second: str | None
    predicted: str
    score: float
    answered: bool
    gold_severity: str | None = None
    severity: str | None = None
    gold_emotion: str | None = None
    emotion: str | None = None

    @property
    def right(self) -> bool:
        """Whether the predicted intent is the primary or the second one."""
        return self.predicted in (self.gold, self.second)


def wilson(right: int, total: int, z: float = _Z95) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927).

    >>> low, high = wilson(90, 100)
    >>> round(low, 3), round(high, 3)
    (0.826, 0.945)
    """
    if total == 0:
        return 0.0, 1.0
    share = right / total
    middle = share + z * z / (2 * total)
    spread = z * float(np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)))
    return (middle - spread) / (1 + z * z / total), (middle + spread) / (1 + z * z / total)


def summarize(rows: Sequence[Judged], *, outside: str | None = None) -> dict[str, Any]:
    """All figures of a test.

    Args:
        rows: Predictions with their labels.
        outside: The label of what is out of scope (`unclear` for the shipped model), or None.

    Returns:
        `accuracy` (a rejected in-scope message is wrong when there is an `outside` label), `macro_f1`,
        `in_scope_accuracy`, `oos_recall`, `oos_precision`, `oscr`, `coverage`, `precision` with its bounds,
        `per_label`, and where labelled `severity` and `emotion` figures. Shares are 0–1; None without any case.
    """
    inside = [row for row in rows if row.gold != outside]
    beyond = [row for row in rows if row.gold == outside]
    accepted = [row for row in rows if row.answered and row.predicted != outside]
    hits = sum(row.right and row.gold != outside for row in accepted)
    low, high = wilson(hits, len(accepted))
    rejected = [row for row in rows if not row.answered or row.predicted == outside]
    in_scope = [row.right and (outside is None or (row.answered and row.predicted != outside)) for row in inside]
    out_scope = [not row.answered or row.predicted == outside for row in beyond]
    found: dict[str, Any] = {
        "messages": len(rows),
        "accuracy": _share(sum(in_scope) + sum(out_scope), len(rows)),
        "macro_f1": _macro_f1(rows, outside),
        "in_scope_accuracy": _share(sum(in_scope), len(inside)),
        "intent_any": _share(sum(row.right for row in inside), len(inside)),
        "oos_recall": _share(sum(out_scope), len(beyond)),
        "oos_precision": _share(sum(row.gold == outside for row in rejected), len(rejected)) if beyond else None,
        "oscr": _oscr(inside, beyond),
        "coverage": _share(len(accepted), len(rows)),
        "precision": _share(hits, len(accepted)),
        "precision_low": round(low, 4),
        "precision_high": round(high, 4),
        "per_label": _per_label(rows, outside),
    }
    return found | _severity(rows) | _emotion(rows)


def _share(part: int, total: int) -> float | None:
    return round(part / total, 4) if total else None


def _effective(row: Judged, outside: str | None) -> str:
    """What counts as predicted: a rejected message was called out of scope."""
    return outside if outside is not None and not row.answered else row.predicted


def _counts(rows: Sequence[Judged], outside: str | None) -> tuple[Counter[str], Counter[str], Counter[str]]:
    gold: Counter[str] = Counter()
    said: Counter[str] = Counter()
    both: Counter[str] = Counter()
    for row in rows:
        predicted = _effective(row, outside)
        truth = row.gold if predicted != row.second or row.second is None else row.second
        gold[truth] += 1
        said[predicted] += 1
        both[truth] += truth == predicted
    return gold, said, both


def _per_label(rows: Sequence[Judged], outside: str | None) -> dict[str, dict[str, Any]]:
    gold, said, both = _counts(rows, outside)
    table = {}
    for label in sorted(gold):
        f1 = 2 * both[label] / (gold[label] + said[label])
        table[label] = {
            "precision": _share(both[label], said[label]),
            "recall": _share(both[label], gold[label]),
            "f1": round(f1, 4),
            "support": gold[label],
        }
    return table


def _macro_f1(rows: Sequence[Judged], outside: str | None) -> float | None:
    table = _per_label(rows, outside)
    return round(sum(float(row["f1"]) for row in table.values()) / len(table), 4) if table else None


def _oscr(inside: Sequence[Judged], beyond: Sequence[Judged]) -> float | None:
    """Chance that an in-scope message is right and scores above a random out-of-scope one (Dhamija et al. 2018)."""
    if not inside or not beyond:
        return None
    outer = np.sort([row.score for row in beyond])
    scores = np.array([row.score for row in inside if row.right])
    below = np.searchsorted(outer, scores, side="left")
    ties = np.searchsorted(outer, scores, side="right") - below
    return round(float((below + 0.5 * ties).sum() / (len(inside) * len(outer))), 4)


def _severity(rows: Sequence[Judged]) -> dict[str, Any]:
    known = [(row.gold_severity, row.severity) for row in rows if row.gold_severity is not None and row.severity]
    if not known:
        return {}
    urgent = [said for gold, said in known if gold == "S"]
    called = [gold for gold, said in known if said == "S"]
    return {
        "severity_accuracy": _share(sum(gold == said for gold, said in known), len(known)),
        "severity_macro_f1": _plain_macro_f1([(str(gold), str(said)) for gold, said in known]),
        "s_recall": _share(sum(said == "S" for said in urgent), len(urgent)),
        "s_precision": _share(sum(gold == "S" for gold in called), len(called)),
    }


def _emotion(rows: Sequence[Judged]) -> dict[str, Any]:
    known = [(row.gold_emotion, row.emotion) for row in rows if row.gold_emotion is not None and row.emotion]
    return {"emotion_accuracy": _share(sum(gold == said for gold, said in known), len(known))} if known else {}


def _plain_macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    scores = []
    for label in sorted({gold for gold, _ in pairs}):
        both = sum(gold == said == label for gold, said in pairs)
        scores.append(2 * both / (sum(gold == label for gold, _ in pairs) + sum(said == label for _, said in pairs)))
    return round(sum(scores) / len(scores), 4)


def flat(summary: Mapping[str, Any]) -> dict[str, float]:
    """The figures of a summary by name, `per_label.LABEL.f1` and the like included, without those that are None."""
    found: dict[str, float] = {}
    for name, value in summary.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{inner}": number for inner, number in flat(value).items()}
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found[name] = float(value)
    return found
