"""How alike two questions are: the one formula of the FAQ search, and the weights of its characters.

A variant's likeness is the weighted cosine of characters, that of character pairs, and rapidfuzz's `ratio`. An entry's
profile (the sum of its variants) then moves the score, the less the better the variant fits by itself. This finds the
candidates; `cs_nlp.faq.judge` says how probably the best of them are right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cs_nlp.faq.fold import keys
from cs_nlp.faq.forms import Tools
from cs_nlp.faq.guards import Signature

CHARACTERS, PAIRS, RATIO = 0.70, 0.15, 0.15
SAME = 0.99  # score of a variant that is the question but for greetings, particles and synonyms
PROFILE = 0.5  # share of the profile in the score of a poor fit; measured, as the three above, by benchmarks/faq.py
RIVAL = 0.02  # how far behind the best likeness another candidate may be and still be judged against it
WEAK = 0.5  # what a weak character counts
_FLAT = 0.01  # share of the questions under which rarity counts no more: rare characters are often typos


class Part(NamedTuple):
    """The characters of a question, or its pairs.

    Attributes:
        squares: Squared weight by character or pair.
        mass: Their sum.
    """

    squares: dict[str, float]
    mass: float


@dataclass(frozen=True, slots=True)
class Weights:
    """Squared weight of each character and pair: the rarer among the questions, the heavier.

    Attributes:
        squares: Squared weight by character or pair.
        unseen: Squared weight of what no question holds.
    """

    squares: dict[str, float]
    unseen: float = math.log1p(1 / _FLAT)

    def read(self, keys: Iterable[str]) -> Part:
        """Keys with their weights."""
        look, unseen = self.squares.get, self.unseen
        found = {key: look(key, unseen) for key in keys}
        return Part(found, sum(found.values()))


class Query:
    """A question, read once for all parts of an index; what only some searches need is read when first asked for.

    Args:
        normal: The question in its normal form.
        tools: What reads it.
        weights: Weights of characters and pairs.
    """

    __slots__ = ("_asked", "_parts", "_signature", "folded", "normal", "tools", "weights")

    def __init__(self, normal: str, tools: Tools, weights: Weights) -> None:
        self.normal = normal.lower()
        self.folded = tools.folder.fold(self.normal)
        self.tools = tools
        self.weights = weights
        self._signature: Signature | None = None
        self._asked = -1
        self._parts: tuple[Part, Part] | None = None

    @property
    def parts(self) -> tuple[Part, Part]:
        """Its characters and its pairs."""
        if self._parts is None:
            characters, pairs = keys(self.folded)
            read = self.weights.read
            self._parts = read(characters), read(pairs)
        return self._parts

    @property
    def signature(self) -> Signature:
        """What the guards see."""
        if self._signature is None:
            self._signature = self.tools.guards.read(self.normal)
        return self._signature

    @property
    def asked(self) -> int:
        """What kinds of thing it asks for."""
        if self._asked < 0:
            self._asked = self.tools.guards.asked(self.normal)
        return self._asked


def rarity(counts: NDArray[np.int64], questions: int) -> NDArray[np.float64]:
    """Squared weights from the number of questions that hold each key."""
    return np.log1p(questions / (counts + _FLAT * questions))


def blend(likeness: float, profile: float) -> float:
    """The score of a variant: its likeness, moved towards its entry's profile unless it fits by itself.

    >>> blend(1.0, 0.3), round(blend(0.5, 0.7), 2)
    (1.0, 0.6)
    """
    share = PROFILE if likeness <= 0.75 else PROFILE * 4.0 * (1.0 - likeness)
    return likeness + share * (profile - likeness)


def profile_of(query: Query, folded: Sequence[str]) -> float:
    """The cosine of characters between a query and the sum of an entry's folded questions, without an index."""
    total: dict[str, float] = {}  # by character how often it occurs, in questions of length 1
    mass: dict[str, float] = {}
    for text in folded:
        part = query.weights.read(keys(text)[0])
        if part.mass:
            mass |= part.squares
            for key in part.squares:
                total[key] = total.get(key, 0.0) + 1.0 / math.sqrt(part.mass)
    mine = query.parts[0]
    whole = math.sqrt(mine.mass * sum([weight * total[key] ** 2 for key, weight in mass.items()]))
    return sum([weight * total[key] for key, weight in mine.squares.items() if key in total]) / whole if whole else 0.0
