"""How bad a message is: rules raise the level, the linear head may raise it further; nothing lowers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cs_nlp.types import Emotion, Severity
from cs_nlp.understand.linear import Floats
from cs_nlp.understand.rules import RuleHit

REACH = {Severity.S: 0.5, Severity.A: 0.5, Severity.B: 0.5}
"""Probability of a level or worse from which the head asks for that level."""


def severity(labels: Sequence[str], probabilities: Floats, hits: Sequence[RuleHit]) -> Severity:
    """The worst level that a rule or the head asks for.

    The head asks for a level when the probability of that level or a worse one reaches `REACH`; the levels are tried
    from the worst down.

    Args:
        labels: Levels the head knows, in the order of `probabilities`.
        probabilities: Probability of each.
        hits: Rules that fired.
    """
    ruled = max(
        (Severity(hit.rule.label) for hit in hits if hit.rule.kind == "severity"), key=_rank, default=Severity.N
    )
    learned = _learned(dict(zip(labels, probabilities.tolist(), strict=True)))
    return max(ruled, learned, key=_rank)


def _rank(level: Severity) -> int:
    return level.rank


def _learned(chances: Mapping[str, float]) -> Severity:
    total = 0.0
    for level, reach in REACH.items():
        total += chances.get(level.value, 0.0)
        if total >= reach:
            return level
    return Severity.N


def emotion(labels: Sequence[str], probabilities: Floats, hits: Sequence[RuleHit]) -> Emotion:
    """How the customer feels: the strongest emotion of the rules, or what the head says if that is stronger.

    Args:
        labels: Emotions the head knows, in the order of `probabilities`.
        probabilities: Probability of each.
        hits: Rules that fired.
    """
    found = [labels[int(np.argmax(probabilities))]] if len(labels) else []
    found += [hit.rule.label for hit in hits if hit.rule.kind == "emotion"]
    order = [item.value for item in Emotion]
    return Emotion(max(found, key=order.index, default="calm"))
