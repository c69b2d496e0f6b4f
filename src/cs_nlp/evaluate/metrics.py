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
        text: The message.
        source: Where it comes from: what its row says, or the file.
        action: What the bot did: answer, clarify, handoff.
        reason: Why, the code of the policy's step.
        others: Further right intents of a multi-label message.
        place: `file:row` it was read from.
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
    text: str = ""
    source: str = ""
    action: str = ""
    reason: str = ""
    others: tuple[str, ...] = ()
    place: str = ""

    @property
    def right(self) -> bool:
        """Whether the predicted intent is one of the right ones."""
        return self.predicted in (self.gold, self.second, *self.others)


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
    return max(0.0, (middle - spread) / (1 + z * z / total)), min(1.0, (middle + spread) / (1 + z * z / total))


def is_correct(row: Judged, outside: str | None) -> bool:
    """Whether the outcome is right: the right intent and not rejected, or out of scope and rejected.

    Without an `outside` label only the intent counts.

    >>> is_correct(Judged("invoice", None, "invoice", 0.4, answered=False), "unclear")
    False
    """
    if outside is None:
        return row.right
    return is_accepted(row, outside) and row.right if row.gold != outside else not is_accepted(row, outside)


def is_accepted(row: Judged, outside: str | None) -> bool:
    """Whether the message was answered with an intent that is in scope."""
    return row.answered and row.predicted != outside


def shares(rows: Sequence[Judged], outside: str | None = None) -> dict[str, tuple[int, int]]:
    """The figures that are shares, as (right, of how many)."""
    inside = [row for row in rows if row.gold != outside]
    beyond = [row for row in rows if row.gold == outside]
    accepted = [row for row in rows if is_accepted(row, outside)]
    rejected = [row for row in rows if not is_accepted(row, outside)] if beyond else []
    return {
        "accuracy": (sum(is_correct(row, outside) for row in rows), len(rows)),
        "in_scope_accuracy": (sum(is_correct(row, outside) for row in inside), len(inside)),
        "intent_any": (sum(row.right for row in inside), len(inside)),
        "oos_recall": (sum(not is_accepted(row, outside) for row in beyond), len(beyond)),
        "oos_precision": (sum(row.gold == outside for row in rejected), len(rejected)),
        "coverage": (len(accepted), len(rows)),
        "precision": (sum(row.right and row.gold != outside for row in accepted), len(accepted)),
        **_severity_shares(rows),
        **_emotion_shares(rows),
    }


def summarize(rows: Sequence[Judged], *, outside: str | None = None) -> dict[str, Any]:
    """All figures of a test.

    Args:
        rows: Predictions with their labels.
        outside: The label of what is out of scope (`unclear` for the shipped model), or None.

    Returns:
        `accuracy` (a rejected in-scope message is wrong when there is an `outside` label), `macro_f1`,
        `in_scope_accuracy`, `oos_recall`, `oos_precision`, `oscr`, `coverage`, `precision` with its bounds,
        `per_label` (its `intent_precision` and `intent_recall` do not look at rejection), and where labelled `severity` and `emotion` figures. Shares are 0–1; None without any case.
    """
    found = shares(rows, outside)
    low, high = wilson(*found["precision"])
    inside = [row for row in rows if row.gold != outside]
    beyond = [row for row in rows if row.gold == outside]
    summary: dict[str, Any] = {"messages": len(rows), "accuracy": None, "macro_f1": _macro_f1(rows, outside)}
    for name, (right, total) in found.items():
        if name == "coverage":
            summary["oscr"] = _oscr(inside, beyond)
        if name == "precision":
            summary |= {name: _share(right, total), "precision_low": round(low, 4), "precision_high": round(high, 4)}
            summary["per_label"] = _per_label(rows, outside)
        else:
            summary[name] = _share(right, total)
        if name == "severity_accuracy":
            pairs = [(str(row.gold_severity), str(row.severity)) for row in rows if _has_severity(row)]
            summary["severity_macro_f1"] = _plain_macro_f1(pairs)
    return summary


def _bare(name: str, right: int, total: int, *, known: bool) -> dict[str, float | None]:
    """A share that does not look at rejection, with its lower bound; None where it means nothing."""
    share = _share(right, total) if known else None
    return {name: share, f"{name}_low": round(wilson(right, total)[0], 4) if share is not None else None}


def _share(part: int, total: int) -> float | None:
    return round(part / total, 4) if total else None


def truth_and_call(row: Judged, outside: str | None) -> tuple[str, str]:
    """What was true and what was said of a message: another right label that was said counts as the truth."""
    said = outside if outside is not None and not row.answered else row.predicted
    return (said if said in (row.second, *row.others) else row.gold), said


def _per_label(rows: Sequence[Judged], outside: str | None) -> dict[str, dict[str, Any]]:
    gold, said, both = _counts(rows, outside)
    named, called, right = _counts(rows, None)
    table = {}
    for label in sorted(gold):
        f1 = 2 * both[label] / (gold[label] + said[label])
        table[label] = {
            "precision": _share(both[label], said[label]),
            "recall": _share(both[label], gold[label]),
            "f1": round(f1, 4),
            "support": gold[label],
            "predicted": said[label],
            "precision_low": round(wilson(both[label], said[label])[0], 4),
            "recall_low": round(wilson(both[label], gold[label])[0], 4),
            **_bare("intent_precision", right[label], called[label], known=label != outside),
            **_bare("intent_recall", right[label], named[label], known=label != outside),
        }
    return table


def _counts(rows: Sequence[Judged], outside: str | None) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How often each label was true, was said, and was both; without an `outside` label nothing counts as rejected."""
    pairs = [truth_and_call(row, outside) for row in rows]
    both = Counter(truth for truth, call in pairs if truth == call)
    return Counter(truth for truth, _ in pairs), Counter(call for _, call in pairs), both


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


def _has_severity(row: Judged) -> bool:
    return row.gold_severity is not None and row.severity is not None


def _severity_shares(rows: Sequence[Judged]) -> dict[str, tuple[int, int]]:
    known = [row for row in rows if _has_severity(row)]
    if not known:
        return {}
    urgent = [row for row in known if row.gold_severity == "S"]
    called = [row for row in known if row.severity == "S"]
    return {
        "severity_accuracy": (sum(row.gold_severity == row.severity for row in known), len(known)),
        "s_recall": (sum(row.severity == "S" for row in urgent), len(urgent)),
        "s_precision": (sum(row.gold_severity == "S" for row in called), len(called)),
    }


def _emotion_shares(rows: Sequence[Judged]) -> dict[str, tuple[int, int]]:
    known = [row for row in rows if row.gold_emotion is not None and row.emotion is not None]
    return {"emotion_accuracy": (sum(row.gold_emotion == row.emotion for row in known), len(known))} if known else {}


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
