"""A model beside a baseline on the same messages: what was mended, what was broken, and whether that is chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np

from cs_nlp.evaluate.intervals import bootstrap
from cs_nlp.evaluate.metrics import Judged, is_accepted, is_correct


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same messages.

    Attributes:
        mended: Positions of the messages whose outcome was wrong before and is right now.
        broken: Positions of those that were right before and are wrong now.
        summary: The figures: `mended`, `broken`, `net`, `p_value` (exact McNemar), `difference` of the share that is
            right with its bounds, the same for the bare intent under `intent`, and `new_wrong_answers`.
    """

    mended: tuple[int, ...]
    broken: tuple[int, ...]
    summary: dict[str, Any]


def compare(rows: Sequence[Judged], baseline: Sequence[Judged], outside: str | None = None) -> Comparison:
    """Compares message by message.

    Args:
        rows: Predictions of the model.
        baseline: Predictions of the baseline, for the same messages in the same order.
        outside: The label of what is out of scope.

    Raises:
        ValueError: If the two are not about the same messages.
    """
    if [(row.text, row.gold) for row in rows] != [(row.text, row.gold) for row in baseline]:
        raise ValueError("the two runs are not about the same messages in the same order")
    now = [is_correct(row, outside) for row in rows]
    then = [is_correct(row, outside) for row in baseline]
    mended = tuple(index for index, (new, old) in enumerate(zip(now, then, strict=True)) if new and not old)
    broken = tuple(index for index, (new, old) in enumerate(zip(now, then, strict=True)) if old and not new)
    summary = _paired(now, then) | {
        "intent": _paired([row.right for row in rows], [row.right for row in baseline]),
        "new_wrong_answers": sum(
            _wrong_answer(new, outside) and not _wrong_answer(old, outside)
            for new, old in zip(rows, baseline, strict=True)
        ),
        "gone_wrong_answers": sum(
            _wrong_answer(old, outside) and not _wrong_answer(new, outside)
            for new, old in zip(rows, baseline, strict=True)
        ),
    }
    return Comparison(mended, broken, summary)


def mcnemar(mended: int, broken: int) -> float:
    """Exact two-sided p-value that changes in both directions are equally likely (McNemar 1947).

    >>> mcnemar(10, 0), mcnemar(5, 5)
    (0.001953125, 1.0)
    """
    total = mended + broken
    tail = sum(comb(total, count) for count in range(min(mended, broken) + 1))
    return float(min(1.0, 2 * tail / 2**total))


def _paired(now: Sequence[bool], then: Sequence[bool]) -> dict[str, Any]:
    change = np.array(now, dtype=np.int64) - np.array(then, dtype=np.int64)
    mended, broken = int((change > 0).sum()), int((change < 0).sum())
    low, high = bootstrap(len(change), lambda chosen: float(change[chosen].mean())) if len(change) else (0.0, 0.0)
    return {
        "mended": mended,
        "broken": broken,
        "net": mended - broken,
        "p_value": float(f"{mcnemar(mended, broken):.3g}"),
        "difference": round(float(change.mean()), 4) if len(change) else None,
        "difference_low": round(low, 4),
        "difference_high": round(high, 4),
    }


def _wrong_answer(row: Judged, outside: str | None) -> bool:
    return is_accepted(row, outside) and not (row.right and row.gold != outside)
