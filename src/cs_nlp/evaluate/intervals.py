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
    if rows:
        low, high = bootstrap(len(rows), _macro_f1_of([truth_and_call(row, outside) for row in rows]))
        found["macro_f1"] = {"low": round(low, 4), "high": round(high, 4), "cases": len(rows), "method": "bootstrap"}
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
