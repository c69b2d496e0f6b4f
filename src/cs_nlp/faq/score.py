"""How alike two questions are: the one formula of the FAQ search, and the weights of its characters.

A variant's likeness is the weighted cosine of characters, that of character pairs, and rapidfuzz's `ratio`. An entry's
profile (the sum of its variants) then moves the score, the less the better the variant fits by itself. This finds the
candidates; `cs_nlp.faq.judge` says how probably the best of them are right.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cs_nlp.faq.entries import plain
from cs_nlp.faq.fold import keys
from cs_nlp.faq.forms import Tools
from cs_nlp.faq.guards import Signature

try:
    from cs_nlp.faq._matcher import keys_of
except ImportError:  # not compiled
    keys_of = None  # type: ignore[assignment]

CHARACTERS, PAIRS, RATIO = 0.70, 0.15, 0.15
SAME = 0.99  # score of a variant that is the question but for greetings, particles and synonyms
PROFILE = 0.5  # share of the profile in the score of a poor fit; measured, as the three above, by benchmarks/faq.py
SHARE = PROFILE / (1.0 - PROFILE)
RIVAL = 0.02  # how far behind the best likeness another candidate may be and still be judged against it
WEAK = 0.5  # what a weak character counts
_ONCE = 0.5  # how often what was never seen is taken to have been seen
_FLAT = 0.01  # share of the questions under which rarity counts no more: rare characters are often typos


Part = tuple[Collection[str], list[float], float]
"""The distinct characters of a question, or its distinct pairs; the squared weight of each; the sum of these."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Squared weight of each character and pair: the rarer among the questions, the heavier.

    Attributes:
        squares: Squared weight by character or pair.
        unseen: Squared weight of what no question holds.
        table: `squares` as the compiled search looks them up; None when they are not all there is.
    """

    squares: dict[str, float]
    unseen: float = math.log1p(1 / _FLAT)
    table: object = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if keys_of is not None and type(self) is Weights:
            object.__setattr__(self, "table", keys_of(self.squares))

    def of(self, keys: Collection[str]) -> list[float]:
        """The squared weights of keys, all characters or all pairs."""
        look, unseen = self.squares.get, self.unseen
        return [look(key, unseen) for key in keys]

    def read(self, keys: Collection[str]) -> Part:
        """Keys with their weights."""
        squares = self.of(keys)
        return keys, squares, sum(squares)

    def one(self, key: str) -> float:
        """The squared weight of a key."""
        return self.squares.get(key, self.unseen)


class Query:
    """A question, read once for all parts of an index; what only some searches need is read when first asked for.

    Args:
        normal: The question in its normal form.
        tools: What reads it.
        weights: Weights of characters and pairs.

    Attributes:
        folded: Its folded form.
        signature: What the guards see.
        asked: What kinds of thing it asks for.
    """

    __slots__ = ("_keys", "_parts", "asked", "folded", "normal", "signature", "tools", "weights")

    def __init__(self, normal: str, tools: Tools, weights: Weights) -> None:
        self.normal = normal.lower()
        self.folded = tools.folder.fold(self.normal)
        self.signature = tools.guards.read(self.normal)
        self.asked = tools.guards.asked(self.normal)
        self.tools = tools
        self.weights = weights
        self._keys: tuple[Collection[str], Collection[str]] | None = None
        self._parts: tuple[Part, Part] | None = None

    @property
    def keys(self) -> tuple[Collection[str], Collection[str]]:
        """Its distinct characters and its distinct pairs."""
        if self._keys is None:
            self._keys = keys(self.folded)
        return self._keys

    @property
    def parts(self) -> tuple[Part, Part]:
        """Its characters and its pairs."""
        if self._parts is None:
            characters, pairs = self.keys
            self._parts = self.weights.read(characters), self.weights.read(pairs)
        return self._parts

    def read(self, slots: list[int], pair_slots: list[int], near: list[float]) -> tuple[Part, Part]:
        """Its characters and its pairs.

        Args:
            slots: The place of each character in `near`.
            pair_slots: That of each pair.
            near: Squared weights that lie nearer at hand than those of the whole index; 0 where one is not known.
        """
        if self._parts is None:
            characters, pairs = self.keys
            self._parts = self._part(characters, slots, near), self._part(pairs, pair_slots, near)
        return self._parts

    def _part(self, keys: Collection[str], slots: list[int], near: list[float]) -> Part:
        squares = [near[slot] for slot in slots]
        if 0.0 in squares:
            one = self.weights.one
            squares = [square or one(key) for key, square in zip(keys, squares, strict=True)]
        return keys, squares, sum(squares)

    def guarded(self, other: Signature) -> float:
        """What the guards leave of the score of a question with a signature."""
        return self.tools.guards.factor(self.signature, other)

    def same(self, normal: str) -> float:
        """The likeness of a variant of its folded form, given the normal form of that."""
        return 1.0 if plain(normal) == plain(self.normal) else SAME


def rarity(counts: NDArray[np.int64], questions: int) -> NDArray[np.float64]:
    """Squared weights from the number of questions that hold each key."""
    return np.log1p(questions / (counts + _FLAT * questions))


def unseen(questions: int) -> float:
    """Squared weight of what none of some questions holds: few of them tell little about how rare it is.

    >>> unseen(1) < unseen(100) < unseen(10_000) < Weights({}).unseen
    True
    """
    return math.log1p(questions / (_ONCE + _FLAT * questions))


def complete(squares: dict[str, float], weak: str, questions: int) -> float:
    """Adds the weak characters that no question holds, and gives the squared weight of all else that none holds."""
    rare = unseen(questions)
    for character in weak:
        squares.setdefault(character, WEAK * rare)
    return rare


def blend(likeness: float, profile: float) -> float:
    """The score of a variant: its likeness, moved towards its entry's profile unless it fits by itself.

    >>> blend(1.0, 0.3), round(blend(0.5, 0.7), 2)
    (1.0, 0.6)
    """
    share = PROFILE if likeness <= 0.75 else PROFILE * 4.0 * (1.0 - likeness)
    return likeness + share * (profile - likeness)


def needed(score: float) -> float:
    """The least sum of a likeness but for the ratio and a profile with which a variant can reach a score.

    With the highest ratio the likeness gains `RATIO`. For a given sum `blend` is highest at the end of the poor fits, or
    where nothing of the sum is the profile's.

    >>> round(needed(0.3), 2), round(needed(0.95), 2)
    (0.45, 0.83)
    """
    poor = 2.0 * score
    alone = (1.0 + math.sqrt(1.0 + 8.0 * max(score, 0.0))) / 4.0
    return min(poor, alone) - RATIO


def profile_of(query: Query, folded: Sequence[str]) -> float:
    """The cosine of characters between a query and the sum of an entry's folded questions, without an index."""
    every = dict.fromkeys("".join(folded))
    weights = dict(zip(every, query.weights.of(every), strict=True))
    total = dict.fromkeys(every, 0.0)  # by character how often it occurs, in questions of length 1
    for text in folded:
        its = dict.fromkeys(text)
        share = sum([weights[key] for key in its]) ** -0.5 if its else 0.0
        for key in its:
            total[key] += share
    characters, squares, my_mass = query.parts[0]
    whole = math.sqrt(my_mass * sum([weight * total[key] ** 2 for key, weight in weights.items()]))
    shared = [weight * total[key] for key, weight in zip(characters, squares, strict=True) if key in total]
    return sum(shared) / whole if whole else 0.0
