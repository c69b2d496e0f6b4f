"""How alike two questions are: the one formula of the FAQ search, and the weights of its characters.

A variant's likeness is the weighted cosine of characters, that of character pairs, and rapidfuzz's `ratio`. An entry's
profile (the sum of its variants) then moves the score, the less the better the variant fits by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cs_nlp.faq.fold import Folder, keys
from cs_nlp.faq.guards import Guards, Signature

CHARACTERS, PAIRS, RATIO = 0.70, 0.15, 0.15
SAME = 0.99  # score of a variant that is the question but for greetings, particles and synonyms
PROFILE = 0.5  # share of the profile in the score of a poor fit; measured, as the three above, by benchmarks/faq.py
_FLAT = 0.01  # share of the questions under which rarity counts no more: rare characters are often typos


class Vector(NamedTuple):
    """Keys with their weights, and the length of the whole."""

    keys: list[int]
    values: list[float]
    length: float


class Query(NamedTuple):
    """A question, read once for all parts of an index."""

    normal: str
    folded: str
    characters: Vector
    pairs: Vector
    signature: Signature


@dataclass(frozen=True, slots=True)
class Weights:
    """Weight of each character and pair: the rarer among the questions, the heavier.

    Attributes:
        characters: Weight by character key.
        pairs: Weight by pair key.
        unseen: Weight of what no question holds.
    """

    characters: dict[int, float]
    pairs: dict[int, float]
    unseen: float = math.sqrt(math.log1p(1 / _FLAT))


def rarity(counts: NDArray[np.int64], questions: int) -> NDArray[np.float64]:
    """Weights from the number of questions that hold each key."""
    return np.sqrt(np.log1p(questions / (counts + _FLAT * questions)))


def read_query(normal: str, folder: Folder, guards: Guards, weights: Weights) -> Query:
    """Reads a question in its normal form."""
    normal = normal.lower()
    folded = folder.fold(normal)
    characters, pairs = keys(folded)
    return Query(
        normal,
        folded,
        _vector(characters, weights.characters, weights.unseen),
        _vector(pairs, weights.pairs, weights.unseen),
        guards.read(normal),
    )


def blend(likeness: float, profile: float) -> float:
    """The score of a variant: its likeness, moved towards its entry's profile unless it fits by itself.

    >>> blend(1.0, 0.3), round(blend(0.5, 0.7), 2)
    (1.0, 0.6)
    """
    share = PROFILE * min(1.0, 4.0 * (1.0 - likeness))
    return likeness + share * (profile - likeness)


def cosines(query: Query, folded: str, weights: Weights) -> tuple[float, float]:
    """The cosines of characters and of pairs between a query and one folded question, without an index."""
    characters, pairs = keys(folded)
    return (
        _cosine(query.characters, characters, weights.characters, weights.unseen),
        _cosine(query.pairs, pairs, weights.pairs, weights.unseen),
    )


def profile_of(query: Query, folded: Sequence[str], weights: Weights) -> float:
    """The cosine of characters between a query and the sum of an entry's folded questions, without an index."""
    total: dict[int, float] = {}
    for text in folded:
        held, values, length = _vector(keys(text)[0], weights.characters, weights.unseen)
        for key, value in zip(held, values, strict=True):
            total[key] = total.get(key, 0.0) + value / length
    wanted, values, length = query.characters
    whole = math.hypot(*total.values()) * length
    dot = sum(value * total.get(key, 0.0) for key, value in zip(wanted, values, strict=True))
    return dot / whole if whole else 0.0


def _vector(found: list[int], weights: dict[int, float], unseen: float) -> Vector:
    look = weights.get
    values = [look(key, unseen) for key in found]
    return Vector(found, values, math.hypot(*values) or 1.0)


def _cosine(query: Vector, found: list[int], weights: dict[int, float], unseen: float) -> float:
    look = weights.get
    values = {key: look(key, unseen) for key in found}
    length = math.hypot(*values.values()) * query.length or 1.0
    wanted = zip(query.keys, query.values, strict=True)
    return sum([value * values[key] for key, value in wanted if key in values]) / length
