"""How bad a message is and how the customer feels: rules raise, the linear head may raise further, nothing lowers."""

from __future__ import annotations

from collections.abc import Sequence

from cs_nlp.types import Emotion, Severity
from cs_nlp.understand.rules import RuleHit

REACH = {Severity.S: 0.5, Severity.A: 0.35, Severity.B: 0.4}
"""Probability of a level or worse from which the head asks for that level: below one half for `A` and `B`, because a
complaint taken for a question costs more than a question taken for a complaint."""

LEVELS = tuple(Severity)
"""The levels, the worst first."""

_BY_NAME = {level.value: level for level in LEVELS}
_EMOTIONS = {item.value: item for item in Emotion}
_STRENGTH = {name: strength for strength, name in enumerate(_EMOTIONS)}


def learned_level(labels: Sequence[str], probabilities: Sequence[float]) -> int:
    """The level that the head asks for, as its place in `LEVELS`; that of `N` without a head.

    The head asks for a level when the probability of that level or a worse one reaches `REACH`; the levels are tried
    from the worst down.

    Args:
        labels: Levels the head knows, in the order of `probabilities`.
        probabilities: Probability of each.
    """
    total = 0.0
    for place, (level, reach) in enumerate(REACH.items()):
        if level.value in labels:
            total += probabilities[labels.index(level.value)]
        if total >= reach:
            return place
    return len(REACH)


def severity(learned: Severity, hits: Sequence[RuleHit]) -> Severity:
    """The worst level that a rule or the head asks for.

    Args:
        learned: What the head asks for.
        hits: Rules that fired.
    """
    level = learned
    for hit in hits:
        if hit.rule.kind == "severity":
            ruled = _BY_NAME[hit.rule.label]
            if ruled.rank > level.rank:
                level = ruled
    return level


def emotion(learned: str, hits: Sequence[RuleHit]) -> Emotion:
    """The strongest emotion that a rule or the head asks for.

    Args:
        learned: What the head asks for.
        hits: Rules that fired.
    """
    found = learned
    for hit in hits:
        if hit.rule.kind == "emotion" and _STRENGTH[hit.rule.label] > _STRENGTH[found]:
            found = hit.rule.label
    return _EMOTIONS[found]
