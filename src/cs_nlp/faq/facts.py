"""What is compared of a question of the knowledge base, read once: of one text, or of all rows of a block together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cs_nlp.faq.fold import keys
from cs_nlp.faq.grams import Grams
from cs_nlp.faq.guards import Guards, Signature
from cs_nlp.faq.score import Weights


class Facts(NamedTuple):
    """What is compared of a question.

    Attributes:
        folded: Its folded form.
        characters: Its distinct characters, the heaviest first.
        weights: Squared weight of each of them.
        mass: Their sum.
        pairs_mass: Sum of the squared weights of its distinct pairs.
        asks: What kinds of thing it asks for.
        signature: What the guards see.
    """

    folded: str
    characters: str
    weights: tuple[float, ...]
    mass: float
    pairs_mass: float
    asks: int
    signature: Signature

    def heaviest_without(self, text: str) -> float:
        """The weight of the heaviest of its characters that a text does not hold; 0 when it holds all."""
        place = len(self.characters) - len(self.characters.lstrip(text))
        return self.weights[place] if place < len(self.weights) else 0.0


Match = tuple[float, int, int, Facts | float | None, float]
"""Likeness; position of an entry in its segment; number of its question; what is compared of that question, or the
`evidence` found by comparing it, or None while it is not read; what the guards leave."""


def read_facts(folded: str, normal: str, weights: Weights, guards: Guards) -> Facts:
    """Reads a question, given its two forms."""
    characters, pairs = keys(folded)
    _, squares, mass = weights.read(characters)
    falling = sorted(zip(characters, squares, strict=True), key=_weight, reverse=True)
    return Facts(
        folded,
        "".join([key for key, _ in falling]),
        tuple([weight for _, weight in falling]),
        mass,
        sum(weights.of(pairs)),
        guards.asked(normal),
        guards.read(normal),
    )


def read_all(
    folded: Sequence[str], normal: Sequence[str], characters: Grams, pairs: Grams, weights: Weights, guards: Guards
) -> list[Facts]:
    """Reads many questions, given their postings; as `read_facts` of each, but all at once."""
    by_key = weights.of(characters.texts())
    squares, key = np.array(by_key), characters.spread()
    order = np.lexsort((-squares[key], characters.rows)) if len(key) else key
    falling = key[order]
    texts = characters.keys[falling].astype("<u4").tobytes().decode("utf-32-le", errors="surrogatepass")
    each = [*map(by_key.__getitem__, falling.tolist())]  # the floats of `by_key` themselves: no memory for copies
    counts = np.bincount(characters.rows, minlength=len(folded))
    ends = counts.cumsum()
    masses = characters.sums(squares).tolist()
    pairs_masses = pairs.sums(np.array(weights.of(pairs.texts()))).tolist()
    kept: dict[Signature, Signature] = {}  # most are the same: one object for all of them
    signatures = [kept.setdefault(found, found) for found in map(guards.read, normal)]
    return [
        Facts(text, texts[start:end], tuple(each[start:end]), mass, pairs_mass, guards.asked(other), signature)
        for text, other, start, end, mass, pairs_mass, signature in zip(
            folded, normal, (ends - counts).tolist(), ends.tolist(), masses, pairs_masses, signatures, strict=True
        )
    ]


def _weight(item: tuple[str, float]) -> float:
    return item[1]
