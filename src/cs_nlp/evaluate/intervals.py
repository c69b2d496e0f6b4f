"""How sure a figure is: Wilson intervals of shares, bootstrap intervals of the rest. The same rows give the same bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.evaluate.metrics import Judged, shares, truth_and_call, wilson

DRAWS = 1000
_SEED = 20_240_601


def intervals(rows: Sequence[Judged], outside: str | None = None) -> dict[str, dict[str, Any]]:
    """95 % intervals of the figures of `cs_nlp.evaluate.metrics.summarize` that can be had, by name.

    >>> rows = [Judged("invoice", None, "invoice", 0.9, answered=True) for _ in range(9)]
    >>> rows.append(Judged("invoice", None, "coupon", 0.6, answered=True))
    >>> intervals(rows)["accuracy"]
    {'low': 0.5958, 'high': 0.9821, 'cases': 10, 'method': 'wilson'}
    """
    found: dict[str, dict[str, Any]] = {}
    for name, (right, total) in shares(rows, outside).items():
        if total:
            low, high = wilson(right, total)
            found[name] = {"low": round(low, 4), "high": round(high, 4), "cases": total, "method": "wilson"}
    drawn: dict[str, tuple[int, Callable[[NDArray[np.intp]], float]]] = {}
    if rows:
        drawn["macro_f1"] = len(rows), _macro_f1_of([truth_and_call(row, outside) for row in rows])
    levels = [(row.gold_severity, row.severity) for row in rows if row.gold_severity and row.severity]
    if levels:
        drawn["severity_macro_f1"] = len(levels), _macro_f1_of(levels)
    if 0 < sum(row.gold == outside for row in rows) < len(rows):
        drawn["oscr"] = len(rows), _oscr_of(rows, outside)
    for name, (cases, figure) in drawn.items():
        low, high = bootstrap(cases, figure)
        found[name] = {"low": round(low, 4), "high": round(high, 4), "cases": cases, "method": "bootstrap"}
    return found


def bootstrap(
    cases: int, figure: Callable[[NDArray[np.intp]], float], *, draws: int = DRAWS, seed: int = _SEED
) -> tuple[float, float]:
    """95 % percentile interval of a figure over resampled cases.

    Args:
        cases: How many cases there are.
        figure: The figure of a resample, given the positions of its cases.
        draws: How many resamples.
        seed: Seed of the resampling.

    >>> low, high = bootstrap(100, lambda chosen: float((chosen < 80).mean()))
    >>> 0.70 < low < 0.75 and 0.85 < high < 0.90
    True
    """
    generator = np.random.default_rng(seed)
    values = [figure(generator.integers(0, cases, cases)) for _ in range(draws)]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _macro_f1_of(pairs: Sequence[tuple[str, str]]) -> Callable[[NDArray[np.intp]], float]:
    labels = sorted({label for pair in pairs for label in pair})
    codes = {label: code for code, label in enumerate(labels)}
    truth = np.array([codes[pair[0]] for pair in pairs])
    said = np.array([codes[pair[1]] for pair in pairs])

    def figure(chosen: NDArray[np.intp]) -> float:
        gold, call = truth[chosen], said[chosen]
        counts, calls = np.bincount(gold, minlength=len(labels)), np.bincount(call, minlength=len(labels))
        both = np.bincount(gold[gold == call], minlength=len(labels))
        there = counts > 0
        return float((2 * both[there] / (counts[there] + calls[there])).mean())

    return figure


def _oscr_of(rows: Sequence[Judged], outside: str | None) -> Callable[[NDArray[np.intp]], float]:
    scores = np.array([row.score for row in rows])
    beyond = np.array([row.gold == outside for row in rows])
    right = np.array([row.right for row in rows]) & ~beyond

    def figure(chosen: NDArray[np.intp]) -> float:
        outer = np.sort(scores[chosen[beyond[chosen]]])
        inner = scores[chosen[right[chosen]]]
        pairs = len(outer) * int((~beyond[chosen]).sum())
        if not pairs:
            return 0.0
        below = np.searchsorted(outer, inner, side="left") + np.searchsorted(outer, inner, side="right")
        return float(below.sum() / 2 / pairs)

    return figure
