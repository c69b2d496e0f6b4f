"""How probably a candidate is right: logistic regressions over a dozen generic signals of two questions.

`PAIR` tells whether two questions ask the same, `ENTRY` whether a candidate of a search stands in the right entry; only
the best candidates of a search are judged. `python benchmarks/faq_fit.py` fits and prints both.
"""

from __future__ import annotations

from math import exp, log1p, sqrt
from operator import mul
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from cs_nlp.faq.fold import keys
from cs_nlp.faq.forms import Tools
from cs_nlp.faq.guards import Signature
from cs_nlp.faq.score import Part, Query, Weights

SIGNALS = (
    *("base", "characters", "characters²", "pairs", "pairs²", "shared", "shared pairs", "lone least", "lone most"),
    *("rare least", "rare most", "ratio"),
)
"""Names of what `signals` gives, in its order."""

KINDS = 11
"""How many kinds of questions `resources/faq_guards.yaml` tells apart."""

PAIR = (
    *(-3.658, -0.099, -5.458, -17.066, 9.218, 2.136, 3.227, -0.170, -0.104, -0.225, -0.415, 1.636),
    *(-0.382, -1.765, 0.119, 1.019, 0.254, -0.596, -1.274, 0.681, 0.364, 0.124, -0.134),
)
"""Weights of the signals, then of each kind of question that only one of the two is."""

ENTRY = (
    *(-2.625, -11.995, 5.175, -1.384, 0.357, 1.703, 0.002, -0.046, 0.011, 0.058, -0.217, 1.062),
    *(-0.225, 9.372, -6.527),
)
"""Weights of the signals, then of the number of such kinds, the likeness, and how far it is behind the best."""


class Facts(NamedTuple):
    """What is compared of a question: its folded form, characters, pairs, kinds of question, and what guards see."""

    folded: str
    characters: Part
    pairs: Part
    asks: int
    signature: Signature


def read_facts(folded: str, normal: str, weights: Weights, tools: Tools) -> Facts:
    """Reads a question, given its two forms."""
    characters, pairs = keys(folded)
    guards = tools.guards
    return Facts(folded, weights.read(characters), weights.read(pairs), guards.asked(normal), guards.read(normal))


def query_facts(query: Query) -> Facts:
    """What is compared of a query."""
    return Facts(query.folded, *query.parts, query.tools.guards.asked(query.normal), query.signature)


def same(mine: Facts, its: Facts) -> float:
    """How probably two questions ask the same."""
    return _chance(PAIR, (*signals(mine, its), *kinds(mine, its)))


def right(mine: Facts, its: Facts, likeness: float, behind: float) -> float:
    """How probably a candidate of a search stands in the right entry.

    Args:
        mine: The question.
        its: The candidate.
        likeness: The candidate's score by `cs_nlp.faq.score`.
        behind: By how much it is behind that of the best candidate.

    Returns:
        The probability.
    """
    return _chance(ENTRY, (*signals(mine, its), (mine.asks ^ its.asks).bit_count(), likeness, behind))


def signals(mine: Facts, its: Facts) -> tuple[float, ...]:
    """What speaks for and against two questions being the same: one number for each of `SIGNALS`."""
    (one, mass), (other, its_mass) = mine.characters, its.characters
    (pairs, pairs_mass), (its_pairs, its_pairs_mass) = mine.pairs, its.pairs
    alone = [weight for key, weight in one.items() if key not in other]
    its_alone = [weight for key, weight in other.items() if key not in one]
    shared_pairs = sum([weight for key, weight in pairs.items() if key in its_pairs])
    lone, its_lone = sum(alone), sum(its_alone)
    rare, its_rare = max(alone, default=0.0), max(its_alone, default=0.0)
    shared = max(mass - lone, 0.0)
    cosine = shared / (sqrt(mass * its_mass) or 1.0)
    cosine_pairs = shared_pairs / (sqrt(pairs_mass * its_pairs_mass) or 1.0)
    if lone > its_lone:
        lone, its_lone = its_lone, lone
    if rare > its_rare:
        rare, its_rare = its_rare, rare
    return (
        *(1.0, cosine, cosine * cosine, cosine_pairs, cosine_pairs * cosine_pairs, log1p(shared), log1p(shared_pairs)),
        *(lone, its_lone, rare, its_rare, ratio(mine.folded, its.folded) / 100.0),
    )


def kinds(mine: Facts, its: Facts) -> list[int]:
    """For each kind of question whether only one of the two is of that kind."""
    odd = mine.asks ^ its.asks
    return [odd >> kind & 1 for kind in range(KINDS)]


def _chance(weights: tuple[float, ...], found: tuple[float, ...]) -> float:
    return 1.0 / (1.0 + exp(-sum(map(mul, weights, found))))
