"""From candidates with their likeness to hits with their probability."""

from __future__ import annotations

from cs_nlp.faq.facts import Facts
from cs_nlp.faq.judge import evidence, weighed
from cs_nlp.faq.score import RIVAL, Query
from cs_nlp.faq.segment import Segment
from cs_nlp.types import FaqHit

_BEHIND = 0.99  # what is clearly behind has at most this share of the score before it

Candidate = tuple[float, str, Segment, int, int, Facts | float | None, float]
"""Likeness, negated; id of the entry; segment; then as a `Match`. No two are of one entry, so they have an order."""


def rank(query: Query, found: list[Candidate], k: int) -> list[FaqHit]:
    """The best hits, by falling score, then by entry id.

    The candidates close to the best are judged against each other; the others stay behind them, in their order.

    Args:
        query: The question.
        found: The candidates, each entry once; sorted here.
        k: How many hits at most.

    Returns:
        The hits.
    """
    found.sort()
    hits: list[tuple[float, str, Candidate]] = []
    best = found[0][0] if found else 0.0
    lowest = 1.0
    for candidate in found:
        close = candidate[0] <= best + RIVAL
        if not close and len(hits) >= k:
            break
        score = _judged(query, candidate, best)
        if not close:
            score = min(score, lowest * _BEHIND)
        if score < lowest:
            lowest = score
        hits.append((-score, candidate[1], candidate))
    hits.sort()
    return [_hit(-score, candidate) for score, _, candidate in hits[:k]]


def _judged(query: Query, candidate: Candidate, best: float) -> float:
    """How probably a candidate is right; `best` is the likeness of the best one, negated."""
    likeness, _, segment, position, number, its, factor = candidate
    if not isinstance(its, float):
        its = its or segment.facts(position, number, query.weights)
        if its.folded == query.folded:
            return min(-likeness, 1.0)
        its = evidence(query, its, -likeness)
    return weighed(its, likeness - best) * factor


def _hit(score: float, candidate: Candidate) -> FaqHit:
    _, entry_id, segment, position, number, _, _ = candidate
    return FaqHit(entry_id, score, segment.forms[position].asked[number])
