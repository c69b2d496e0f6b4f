"""From candidates with their likeness to hits with their probability."""

from __future__ import annotations

from cs_nlp.faq.facts import Facts
from cs_nlp.faq.judge import right, weighed
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
    hits: list[tuple[float, str, str]] = []
    best = found[0][0] if found else 0.0
    lowest = 1.0
    for likeness, entry_id, segment, position, number, its, factor in found:
        close = likeness <= best + RIVAL
        if not close and len(hits) >= k:
            break
        forms = segment.forms[position]
        if isinstance(its, float):
            score = weighed(its, likeness - best) * factor
        else:
            its = its or segment.facts(position, number, query.weights)
            same = its.folded == query.folded
            score = min(-likeness, 1.0) if same else right(query, its, -likeness, likeness - best) * factor
        if not close:
            score = min(score, lowest * _BEHIND)
        if score < lowest:
            lowest = score
        hits.append((-score, entry_id, forms.asked[number]))
    hits.sort()
    return [FaqHit(entry_id, -score, question) for score, entry_id, question in hits[:k]]
