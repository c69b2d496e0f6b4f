"""The voices of a conversation put together: the message alone, the last turns with it, what the talk was about."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import repeat
from math import exp, log
from operator import sub

__all__ = ["combine", "spelled_out"]

_MOST = 3
_LEAST = 1e-4
_NEVER = -1e9


def spelled_out(
    alone: array[float],
    recent: array[float],
    weight: float,
    other: float,
    bonus: list[tuple[int, float]],
    never: int,
) -> list[tuple[int, float]]:
    """The places of the three best labels by all voices together, best first, with their probabilities.

    Args:
        alone: Probability of each label by the message alone.
        recent: The same by the last turns and the message together.
        weight: How much the first counts, in log-odds.
        other: How much the second counts.
        bonus: Places of labels with what is added to their log-odds.
        never: Place of a label that cannot be meant, or -1.

    >>> alone, recent = array("d", [0.6, 0.4]), array("d", [0.5, 0.5])
    >>> [place for place, _ in spelled_out(alone, recent, 1.0, 1.0, [(1, 2.0)], -1)]
    [1, 0]
    """
    scores = [weight * one + other * two for one, two in zip(_logs(alone), _logs(recent), strict=True)]
    for place, value in bonus:
        scores[place] += value
    if never >= 0:
        scores[never] = _NEVER
    powers = list(map(exp, map(sub, scores, repeat(max(scores)))))
    total, found = 0.0, []
    for power in powers:  # one by one, as the compiled form adds; `sum` corrects itself in newer Pythons
        total += power
    for _ in powers[:_MOST]:
        power = max(powers)
        place = powers.index(power)
        found.append((place, power / total))
        powers[place] = -1.0  # of equal ones the first comes first
    return found


def _logs(chances: Sequence[float]) -> Iterator[float]:
    return map(log, map(max, chances, repeat(_LEAST)))


try:
    from cs_nlp.decide._voices import combine
except ImportError:  # not compiled
    combine = spelled_out
