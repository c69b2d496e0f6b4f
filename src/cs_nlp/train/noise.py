"""Wrong labels: how many each file has, and how surely the label of a message is right.

Each label is taken for the true one or, with the chance of its file, for one that was drawn regardless of the text. Which
of the two it is, held-out models tell: Bayes' rule gives the chance that the given label is the true one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from cs_nlp.train.heads import softmax

Floats = NDArray[np.float64]
LESS_HELD = 4.0
"""Where labels are noisy the strength is chosen small, so that no wrong label is believed; without them, so much more."""
_NOISY = 0.15
"""Share of wrong labels below which all count fully: where few are wrong, most doubted ones are hard but right."""
_LEAST = 0.02
_MOST_RELIABLE = 4.0
_ROUNDS = 8


@dataclass(frozen=True)
class Noise:
    """What was found out about the labels.

    Attributes:
        shares: Share of wrong labels in the file of each message.
        right: The chance that the label of each message is right.
    """

    shares: Floats
    right: Floats

    @property
    def found(self) -> bool:
        """Whether so many are wrong that it is worth while to doubt them."""
        return bool(self.shares.mean() >= _NOISY)

    def weights(self) -> Floats:
        """How much each message shall count: 1 where few labels are wrong.

        Files weigh by the odds that a label of theirs is right: what is left of a noisy file after all doubts is still
        worse than what is left of a better one.
        """
        if not self.found:
            return np.ones(len(self.right))
        odds = (1.0 - self.shares) / self.shares
        files = np.clip(odds / odds.min(), 1.0, _MOST_RELIABLE)
        return np.asarray(np.maximum(self.right, _LEAST) * files / files.mean())


def noise(scores: Floats, gold: NDArray[np.intp], sources: Sequence[str] | None = None) -> Noise:
    """Estimates the wrong labels (expectation maximisation).

    Args:
        scores: Held-out margins, shape (messages, labels).
        gold: The given labels.
        sources: The file of each message; all are of one when None.

    >>> gold = np.arange(300) % 3
    >>> said = np.where(np.arange(300) < 90, (gold + 1) % 3, gold)
    >>> found = noise(np.eye(3)[said] * 2 - 1, gold)
    >>> found.found, bool(found.right[0] < 0.5 * found.right[-1])
    (True, True)
    """
    labels, messages = scores.shape[1], np.arange(len(gold))
    _, file = np.unique(np.array(sources or [""] * len(gold), dtype=object).astype(str), return_inverse=True)
    share, drawn, factor = np.full(len(gold), 0.3), np.full(len(gold), 1.0 / labels), 6.0
    for _ in range(_ROUNDS):
        factor = _sharpness(scores, gold, share, drawn)
        given = softmax(scores * factor)[messages, gold]
        right = (1.0 - share) * given / ((1.0 - share) * given + share * drawn)
        wrong = np.bincount(gold, 1.0 - right, labels) + 2.0  # none is so rare that it is never drawn
        drawn = (wrong / wrong.sum())[gold]
        share = ((np.bincount(file, 1.0 - right) + 1.0) / (np.bincount(file) + 2.0))[file]
    return Noise(share, right)


def _sharpness(scores: Floats, gold: NDArray[np.intp], share: Floats, drawn: Floats) -> float:
    """The factor on margins that makes the given labels most likely when some are wrong."""

    def loss(power: float) -> float:
        given = softmax(scores * np.exp(power))[np.arange(len(gold)), gold]
        return float(-np.log((1.0 - share) * given + share * drawn + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(0.0, 4.0), method="bounded", options={"xatol": 0.02}).x))
