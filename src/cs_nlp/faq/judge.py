"""How probably a candidate is right: logistic regressions over a dozen generic signals of two questions.

`PAIR` tells whether two questions ask the same, `ENTRY` whether a candidate of a search stands in the right entry; only
the best candidates of a search are judged. `python benchmarks/faq_fit.py` fits and prints both.
"""

from __future__ import annotations

from math import exp, log1p, sqrt
from operator import mul

from rapidfuzz.fuzz import ratio

from cs_nlp.faq.facts import Facts
from cs_nlp.faq.score import Query

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


def same(query: Query, its: Facts) -> float:
    """How probably two questions ask the same."""
    return 1.0 / (1.0 + exp(-sum(map(mul, PAIR, (*signals(query, its), *kinds(query, its))))))


def right(query: Query, its: Facts, likeness: float, behind: float) -> float:
    """How probably a candidate of a search stands in the right entry.

    Args:
        query: The question.
        its: The candidate.
        likeness: The candidate's score by `cs_nlp.faq.score`.
        behind: By how much it is behind that of the best candidate.

    Returns:
        The probability.
    """
    return weighed(evidence(query, its, likeness), behind)


def evidence(query: Query, its: Facts, likeness: float) -> float:
    """The evidence for a candidate of a search, whatever the others are; arguments as of `right`."""
    odd = (query.asked ^ its.asks).bit_count()
    found: float = sum(map(mul, ENTRY, (*signals(query, its), odd, likeness)))
    return found


def weighed(evidence: float, behind: float) -> float:
    """How probably a candidate with some evidence is right, given how far it is behind the best."""
    return 1.0 / (1.0 + exp(-evidence - ENTRY[-1] * behind))


def signals(query: Query, its: Facts) -> tuple[float, ...]:
    """What speaks for and against two questions being the same: one number for each of `SIGNALS`."""
    (characters, squares, mass), (pairs, pair_squares, pairs_mass) = query.parts
    text, folded = its.folded, query.folded
    alone = [weight for key, weight in zip(characters, squares, strict=True) if key not in text]
    lone = sum(alone)
    shared = max(mass - lone, 0.0)
    shared_pairs = sum([weight for key, weight in zip(pairs, pair_squares, strict=True) if key in text])
    cosine = shared / (sqrt(mass * its.mass) or 1.0)
    cosine_pairs = shared_pairs / (sqrt(pairs_mass * its.pairs_mass) or 1.0)
    its_lone = max(its.mass - shared, 0.0)
    rare, its_rare = max(alone) if alone else 0.0, its.heaviest_without(folded)
    if lone > its_lone:
        lone, its_lone = its_lone, lone
    if rare > its_rare:
        rare, its_rare = its_rare, rare
    return (
        *(1.0, cosine, cosine * cosine, cosine_pairs, cosine_pairs * cosine_pairs, log1p(shared), log1p(shared_pairs)),
        *(lone, its_lone, rare, its_rare, ratio(folded, text) / 100.0),
    )


def kinds(query: Query, its: Facts) -> list[int]:
    """For each kind of question whether only one of the two is of that kind."""
    odd = query.asked ^ its.asks
    return [odd >> kind & 1 for kind in range(KINDS)]
