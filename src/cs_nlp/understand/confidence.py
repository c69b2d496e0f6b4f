"""How sure the model may be: from its scores to the probability that its best intent is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

_LOWEST, _HIGHEST = 1e-4, 1.0 - 1e-4
_SHORT, _LONG = 3, 30
SIGNALS = ("top", "margin", "unclear", "known", "rule", "conflict", "short", "long")


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic model over a few signals of one prediction, fitted on out-of-fold predictions.

    It learns what a plain softmax does not know: that few known characters, a close second, a high probability of
    `unclear` or a very short message make a high score less trustworthy.

    Attributes:
        bias: Constant term.
        weights: Weight of each of `SIGNALS`.

    >>> sure = Confidence(0.0, (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    >>> round(sure.probability(signals(0.9, 0.05, 0.01, 1.0, 0, 0, 9)), 2)
    0.9
    """

    bias: float
    weights: tuple[float, ...]

    def probability(self, values: Sequence[float]) -> float:
        """Probability that the best intent is right, 0–1."""
        total = self.bias
        for weight, value in zip(self.weights, values, strict=True):
            total += weight * value  # one by one, as the compiled scorer adds; `sum` corrects itself in newer Pythons
        return 1.0 / (1.0 + exp(-max(-40.0, min(40.0, total))))

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"bias": self.bias, "weights": dict(zip(SIGNALS, self.weights, strict=True))}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Confidence:
        """Restores what `to_json` gave."""
        return cls(float(values["bias"]), tuple(float(values["weights"][name]) for name in SIGNALS))


def signals(
    top: float, second: float, unclear: float, known: float, agree: float, conflict: float, length: int
) -> tuple[float, ...]:
    """The signals of one prediction, in the order of `SIGNALS`.

    Args:
        top: Probability of the best intent.
        second: Probability of the next.
        unclear: Probability that the message cannot be understood alone.
        known: Share of the message that the model knows, 0–1.
        agree: Score of the best rule that says the same, 0 without one.
        conflict: Score of the best rule that says something else, 0 without one.
        length: Characters of the message.
    """
    best = _logit(top)
    return (
        best,
        best - _logit(second),
        _logit(unclear),
        known,
        agree,
        conflict,
        1.0 if length <= _SHORT else 0.0,
        1.0 if length > _LONG else 0.0,
    )


def _logit(probability: float) -> float:
    bounded = _LOWEST if probability < _LOWEST else _HIGHEST if probability > _HIGHEST else probability
    return log(bounded / (1.0 - bounded))
