"""From candidates with their likeness to hits with their probability."""

from __future__ import annotations

from cs_nlp.faq.judge import Facts, query_facts, right
from cs_nlp.faq.score import RIVAL, Query
from cs_nlp.faq.segment import Segment
from cs_nlp.types import FaqHit

_BEHIND = 0.99  # what is clearly behind has at most this share of the score before it

Candidate = tuple[float, str, Segment, int, int]
"""Likeness, negated; id of the entry; segment; position of the entry there; number of its question."""


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
    if not found:
        return []
    found.sort(key=_order)
    best = found[0][0]
    mine: Facts | None = None
    hits: list[tuple[float, str, str]] = []
    lowest = 1.0
    for place, candidate in enumerate(found):
        likeness, entry_id, segment, position, number = candidate
        close = likeness <= best + RIVAL
        if not close and place >= k:
            break
        forms = segment.forms[position]
        if forms.folded[number] == query.folded:
            score = min(-likeness, 1.0)
        else:
            mine = mine or query_facts(query)
            its = segment.facts(position, number, query.weights)
            score = right(mine, its, -likeness, likeness - best)
            score *= query.tools.guards.factor(mine.signature, its.signature)
        if close:
            lowest = min(lowest, score)
        else:
            score = lowest = min(score, lowest * _BEHIND)
        hits.append((-score, entry_id, forms.asked[number]))
    hits.sort()
    return [FaqHit(entry_id, -score, question) for score, entry_id, question in hits[:k]]


def _order(candidate: Candidate) -> tuple[float, str]:
    return candidate[:2]
