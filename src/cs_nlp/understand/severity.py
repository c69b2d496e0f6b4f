"""How bad a message is and how the customer feels: rules raise, the linear head may raise further, nothing lowers."""

from __future__ import annotations

from collections.abc import Sequence

from cs_nlp.types import Emotion, Severity
from cs_nlp.understand.rules import RuleHit

REACH = {Severity.S: 0.5, Severity.A: 0.35, Severity.B: 0.4}
"""Probability of a level or worse from which the head asks for that level: below one half for `A` and `B`, because a
complaint taken for a question costs more than a question taken for a complaint."""

_LEVELS = {level.value: level for level in Severity}
_REACH = tuple((level.value, level, reach) for level, reach in REACH.items())
_EMOTIONS = {item.value: item for item in Emotion}
_STRENGTH = {name: strength for strength, name in enumerate(_EMOTIONS)}


def severity(labels: Sequence[str], probabilities: Sequence[float], hits: Sequence[RuleHit]) -> Severity:
    """The worst level that a rule or the head asks for.

    The head asks for a level when the probability of that level or a worse one reaches `REACH`; the levels are tried
    from the worst down.

    Args:
        labels: Levels the head knows, in the order of `probabilities`.
        probabilities: Probability of each.
        hits: Rules that fired.
    """
    level = _learned(labels, probabilities)
    for hit in hits:
        if hit.rule.kind == "severity":
            ruled = _LEVELS[hit.rule.label]
            if ruled.rank > level.rank:
                level = ruled
    return level


def _learned(labels: Sequence[str], probabilities: Sequence[float]) -> Severity:
    total = 0.0
    for name, level, reach in _REACH:
        if name in labels:
            total += probabilities[labels.index(name)]
        if total >= reach:
            return level
    return Severity.N


def emotion(labels: Sequence[str], probabilities: Sequence[float], hits: Sequence[RuleHit]) -> Emotion:
    """The strongest emotion that a rule or the head asks for.

    Args:
        labels: Emotions the head knows, in the order of `probabilities`.
        probabilities: Probability of each.
        hits: Rules that fired.
    """
    found = labels[probabilities.index(max(probabilities))] if labels else "calm"
    for hit in hits:
        if hit.rule.kind == "emotion" and _STRENGTH[hit.rule.label] > _STRENGTH[found]:
            found = hit.rule.label
    return _EMOTIONS[found]
