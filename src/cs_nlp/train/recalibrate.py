"""Confidence and thresholds of a bundle fitted again on a shop's chats, which its judging models have not seen.

The confidence moves away from the base's only as far as the chats push it, as the weights do. The base's thresholds rest
on other messages: they stay as long as the chats do not speak against them, sink where the chats prove that a lower one
keeps the promise, and rise to what the chats prove where the base's does not keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from cs_nlp.bundle import Bundle
from cs_nlp.decide.policy import Thresholds
from cs_nlp.text import Segmenter
from cs_nlp.train.dataset import Example
from cs_nlp.train.thresholds import choose
from cs_nlp.understand.analyzer import Analyzer
from cs_nlp.understand.confidence import Confidence
from cs_nlp.understand.linear import Scored
from cs_nlp.understand.reader import Reading
from cs_nlp.understand.taxonomy import Taxonomy

Floats = NDArray[np.float64]
ENOUGH = 200
"""Chats below which confidence and thresholds stay as they are."""
_HELD = 100.0
"""How hard the confidence is held, in units of a logistic regression; the chats of a shop are few."""


@dataclass(frozen=True)
class HeldOut:
    """Chats with the scores of models that have not seen them.

    Attributes:
        readings: The chats.
        examples: Their labels.
        folds: The fold of each; equal texts and conversations share one.
        scored: What a model trained without the fold says.
    """

    readings: Sequence[Reading]
    examples: Sequence[Example]
    folds: Sequence[int]
    scored: Sequence[Scored]


def recalibrated(
    bundle: Bundle,
    held_out: HeldOut,
    *,
    precision: float = 0.9,
    progress: Callable[[str], None] = lambda line: None,
) -> Bundle:
    """The bundle with a confidence and thresholds of the chats.

    Args:
        bundle: A bundle whose model knows the labels of the chats; its confidence is the point to start from.
        held_out: The chats.
        precision: What is promised.
        progress: Called with a line of text.
    """
    values, right = _signals(bundle, held_out)
    folds = np.array(held_out.folds)
    chances = np.zeros(len(right))
    for fold in sorted(set(held_out.folds)):
        part = moved(bundle.confidence, values[folds != fold], right[folds != fold])
        chances[folds == fold] = [part.probability(row) for row in values[folds == fold].tolist()]
    thresholds = _thresholds(bundle.thresholds, chances, right, precision)
    progress(f"thresholds: direct {thresholds.direct:.4f}, clarify {thresholds.clarify:.4f}")
    answered = chances >= thresholds.direct
    figures = {
        "messages": len(right),
        "right": round(float(right.mean()), 4),
        "answered": round(float(answered.mean()), 4),
        "answered_right": round(float(right[answered].mean()), 4) if answered.any() else None,
    }
    info = {**{key: value for key, value in bundle.info.items() if key != "tuned"}, "adapted_out_of_fold": figures}
    return replace(bundle, confidence=moved(bundle.confidence, values, right), thresholds=thresholds, info=info)


def _thresholds(old: Thresholds, chances: Floats, right: NDArray[np.bool_], precision: float) -> Thresholds:
    """The base's, or those that the chats prove."""
    found = choose(chances, right, precision=precision)
    answered = chances >= old.direct
    keeps = not answered.any() or right[answered].mean() >= precision
    return old if keeps and old.direct <= found.direct else found


def _signals(bundle: Bundle, held_out: HeldOut) -> tuple[Floats, NDArray[np.bool_]]:
    """The signals of each chat, and whether its best label is right."""
    analyzer = Analyzer(
        bundle.model,
        bundle.confidence,
        bundle.lexicon,
        bundle.rules,
        Segmenter(),
        Taxonomy.default(),
        bundle.unclear,
    )
    values, hits = [], []
    for reading, example, scored in zip(held_out.readings, held_out.examples, held_out.scored, strict=True):
        (judged,) = analyzer.judge_scored((reading,), (scored,))
        values.append(analyzer.signals(reading, judged))
        hits.append(example.intent != bundle.unclear and analyzer.best(judged) in example.labels)
    return np.array(values), np.array(hits)


def moved(base: Confidence, values: Floats, right: NDArray[np.bool_], held: float = _HELD) -> Confidence:
    """A logistic regression that starts from a confidence and is held back by the size of the change.

    Args:
        base: Where it starts.
        values: Signals of each message, shape (messages, signals).
        right: Whether its best label is right.
        held: How hard the change is held.

    >>> base = Confidence(0.0, (1.0,) + (0.0,) * 7)
    >>> moved(base, np.zeros((40, 8)), np.arange(40) < 30).bias > 0.0
    True
    """
    start = np.array([base.bias, *base.weights])
    table = np.column_stack([np.ones(len(values)), values])
    sign = np.where(right, 1.0, -1.0)

    def loss(point: Floats) -> tuple[float, Floats]:
        odds = sign * (table @ point)
        change = point - start
        gradient = -(table.T @ (sign / (1.0 + np.exp(np.minimum(odds, 500.0))))) + held * change
        return float(np.logaddexp(0.0, -odds).sum() + held / 2 * change @ change), gradient

    point = minimize(loss, start, jac=True, method="L-BFGS-B").x.round(5).tolist()
    return Confidence(point[0], tuple(point[1:]))
