"""Thresholds with a promise: from which score on the answers are right often enough, with a confidence bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from cs_nlp.decide.policy import Thresholds


def lower_bound(right: int, total: int, confidence: float = 0.95) -> float:
    """Exact one-sided lower bound of a share (Clopper and Pearson 1934).

    >>> round(lower_bound(190, 200), 3)
    0.917
    """
    if total == 0 or right == 0:
        return 0.0
    return float(beta.ppf(1.0 - confidence, right, total - right + 1))


def choose_direct(
    scores: NDArray[np.float64], right: NDArray[np.bool_], *, precision: float = 0.9, confidence: float = 0.95
) -> float:
    """The lowest threshold at and above which the lower bound of the precision reaches the promise.

    Args:
        scores: Score of each out-of-fold prediction, 0–1.
        right: Whether it was right.
        precision: What is promised.
        confidence: How sure the promise is.

    Returns:
        The threshold; 1.0 when the data cannot support the promise at any.
    """
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    totals = np.arange(1, len(order) + 1)
    last = np.append(np.diff(scores[order]) != 0, True)  # a threshold takes all rows of equal score
    bounds = beta.ppf(1.0 - confidence, np.maximum(hits, 1), totals - hits + 1)
    good = np.flatnonzero((bounds >= precision) & last & (hits > 0))
    return float(scores[order[good[-1]]]) if len(good) else 1.0


def choose(scores: NDArray[np.float64], right: NDArray[np.bool_], *, precision: float = 0.9) -> Thresholds:
    """`direct` for the promised precision, `clarify` where a shown choice still has one chance in three."""
    direct = choose_direct(scores, right, precision=precision)
    order = np.argsort(scores, kind="stable")
    window = max(len(order) // 20, 1)
    clarify = 0.0
    for start in range(0, len(order) - window, window):
        part = order[start : start + window]
        if right[part].mean() >= 1 / 3:
            break
        clarify = float(scores[part[-1]])
    return Thresholds(direct, round(min(clarify, direct), 4))
