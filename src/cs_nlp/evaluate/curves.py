"""Scores held against outcomes: how many messages can be answered at which precision, and whether scores are honest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.evaluate.metrics import Judged, wilson

MOST_POINTS = 120
BINS = 10
_LEVELS = (0.85, 0.9, 0.95)


def coverage_curve(rows: Sequence[Judged], outside: str | None = None) -> list[dict[str, float]]:
    """Coverage and precision when everything at or above a score is answered, from the surest message on.

    Args:
        rows: Predictions with their labels.
        outside: The label of what is out of scope; answering one of those is wrong.

    Returns:
        At most 120 points `threshold`, `coverage`, `precision`, `low`, `high` (95 %).

    >>> rows = [Judged("invoice", None, "invoice", 0.9, True), Judged("invoice", None, "coupon", 0.5, True)]
    >>> [(point["coverage"], point["precision"]) for point in coverage_curve(rows)]
    [(0.5, 1.0), (1.0, 0.5)]
    """
    scores, right = _scored(rows, outside)
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True)) if len(order) else order
    if len(ends) > MOST_POINTS:
        ends = ends[np.unique(np.linspace(0, len(ends) - 1, MOST_POINTS).astype(int))]
    points = []
    for end in ends.tolist():
        low, high = wilson(int(hits[end]), end + 1)
        points.append(
            {
                "threshold": round(float(scores[order[end]]), 4),
                "coverage": round((end + 1) / len(rows), 4),
                "precision": round(float(hits[end]) / (end + 1), 4),
                "low": round(low, 4),
                "high": round(high, 4),
            }
        )
    return points


def coverage_at(curve: Sequence[dict[str, float]]) -> dict[str, float]:
    """The largest coverage whose precision is 85, 90, 95 %, as `p85` …, and whose lower bound is, as `p85_sure` …."""
    found = {}
    for level in _LEVELS:
        for name, field in ((f"p{level:.0%}"[:-1], "precision"), (f"p{level:.0%}"[:-1] + "_sure", "low")):
            found[name] = max((point["coverage"] for point in curve if point[field] >= level), default=0.0)
    return found


def calibration(rows: Sequence[Judged], outside: str | None = None) -> dict[str, Any]:
    """Whether a score of 0.8 is right eight times in ten.

    Returns:
        `ece` (ten bins of equal width), `ece_equal` (ten bins of equal size), `brier`, and `bins` with `low`, `high`,
        `messages`, `score` (mean), `right` (share) and its 95 % bounds.
    """
    scores, right = _scored(rows, outside)
    if not len(scores):
        return {"ece": None, "ece_equal": None, "brier": None, "bins": []}
    places = np.minimum((scores * BINS).astype(int), BINS - 1)
    ranks = np.argsort(np.argsort(scores, kind="stable"), kind="stable") * BINS // len(scores)
    return {
        "ece": _error(scores, right, places),
        "ece_equal": _error(scores, right, ranks),
        "brier": round(float(((scores - right) ** 2).mean()), 4),
        "bins": [_bin(scores, right, places, index) for index in range(BINS) if (places == index).any()],
    }


def label_noise(rows: Sequence[Judged], outside: str | None = None, *, sure: float = 0.8) -> dict[str, Any]:
    """How many labels are contradicted beyond what the scores admit, among messages the model is sure of.

    A model that is right as often as it says contradicts a share of 1 − score of the labels. What is above that is
    noise of the labels, or a model that is too sure of itself; both want a look.

    Returns:
        `sure` (messages), `contradicted`, `expected` and `excess` as shares, and `excess_low`, its 95 % lower bound.
    """
    scores, right = _scored(rows, outside)
    chosen = scores >= sure
    count = int(chosen.sum())
    if not count:
        return {"sure": 0, "contradicted": None, "expected": None, "excess": None, "excess_low": None}
    wrong = int((~right[chosen]).sum())
    expected = float((1 - scores[chosen]).mean())
    return {
        "sure": count,
        "contradicted": round(wrong / count, 4),
        "expected": round(expected, 4),
        "excess": round(max(wrong / count - expected, 0.0), 4),
        "excess_low": round(max(wilson(wrong, count)[0] - expected, 0.0), 4),
    }


def _scored(rows: Sequence[Judged], outside: str | None) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores of all that is not called out of scope, and whether it is right."""
    kept = [row for row in rows if row.predicted != outside or outside is None]
    right = [row.right and (outside is None or row.gold != outside) for row in kept]
    return np.array([row.score for row in kept], dtype=np.float64), np.array(right, dtype=np.bool_)


def _error(scores: NDArray[np.float64], right: NDArray[np.bool_], places: NDArray[np.intp]) -> float:
    gaps = [
        abs(float(scores[places == index].mean()) - float(right[places == index].mean())) * int((places == index).sum())
        for index in np.unique(places).tolist()
    ]
    return round(sum(gaps) / len(scores), 4)


def _bin(
    scores: NDArray[np.float64], right: NDArray[np.bool_], places: NDArray[np.intp], index: int
) -> dict[str, float]:
    inside = places == index
    hits, total = int(right[inside].sum()), int(inside.sum())
    low, high = wilson(hits, total)
    return {
        "low": index / BINS,
        "high": (index + 1) / BINS,
        "messages": total,
        "score": round(float(scores[inside].mean()), 4),
        "right": round(hits / total, 4),
        "right_low": round(low, 4),
        "right_high": round(high, 4),
    }
