"""One threshold with a promise, found by a fixed sequence of exact tests, and honest when the data are too few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.train.thresholds import lower_bound

_STEPS = 60
_MOST_NEEDED = 1_000_000


@dataclass(frozen=True, slots=True)
class Promise:
    """A threshold and what the data say about it.

    Attributes:
        intent: The intent it is for; an empty string for all that have none of their own.
        threshold: Answer at or above it; None when the data support none.
        eligible: Messages that would be answered at threshold 0.
        answered: Messages that reach the threshold.
        right: Of these, how many are right.
        bound: Exact lower bound of their precision.
        needed: Without a threshold: about how many eligible messages would be needed, or None when more of the same
            would not help.
    """

    intent: str
    threshold: float | None
    eligible: int
    answered: int
    right: int
    bound: float
    needed: int | None = None

    @property
    def precision(self) -> float | None:
        """Share of the answered that is right."""
        return self.right / self.answered if self.answered else None


def promise(
    intent: str, scores: NDArray[np.float64], right: NDArray[np.bool_], precision: float, confidence: float
) -> Promise:
    """The lowest threshold that a fixed sequence of exact tests reaches.

    >>> promise("", np.full(28, 0.9), np.ones(28, dtype=bool), 0.9, 0.95).needed
    29
    """
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(right[order])
    ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True)) if len(ranked) else np.zeros(0, dtype=np.intp)
    start = flawless(precision, confidence, wrong=1)
    if len(scores) < start:
        start = flawless(precision, confidence)
    found: int | None = None
    for size in sorted({round(size) for size in np.linspace(start, max(len(scores), start), _STEPS).tolist()}):
        place = ends[ends + 1 >= size][:1]  # a threshold takes all rows of equal score
        if not len(place):
            break
        end = int(place[0])
        if lower_bound(int(hits[end]), end + 1, confidence) < precision:
            break
        found = end
    if found is None:
        return Promise(intent, None, len(scores), 0, 0, 0.0, _needed(len(scores), hits, precision, confidence))
    total, count = found + 1, int(hits[found])
    return Promise(intent, float(ranked[found]), len(scores), total, count, lower_bound(count, total, confidence))


def flawless(precision: float, confidence: float, *, wrong: int = 0) -> int:
    """How many answers are needed to show a precision when so many of them are wrong.

    >>> flawless(0.9, 0.95), flawless(0.9, 0.95, wrong=1)
    (29, 46)
    """
    total = wrong + 1
    while lower_bound(total - wrong, total, confidence) < precision and total < _MOST_NEEDED:
        total += 1
    return total


def _needed(count: int, hits: NDArray[Any], precision: float, confidence: float) -> int | None:
    """Eligible messages that would probably do, if more of them were like these."""
    least = flawless(precision, confidence)
    if count < least:
        return least
    parts = np.maximum(1, (np.array([0.1, 0.2, 0.3, 0.5]) * count).astype(int))
    best: int | None = None
    for part in parts.tolist():
        share = float(hits[part - 1]) / part
        if share <= precision:
            continue
        size = least
        while size < _MOST_NEEDED and lower_bound(int(share * size), size, confidence) < precision:
            size = int(size * 1.1) + 1
        total = int(size * count / part)
        best = total if best is None else min(best, total)
    return best
