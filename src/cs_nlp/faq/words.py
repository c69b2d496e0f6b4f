"""Words to be found in texts, from left to right and at each place the longest."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ahocorasick_rs import AhoCorasick, MatchKind

try:
    from cs_nlp.faq._words import Words
except ImportError:  # not compiled
    Words = None  # type: ignore[assignment, misc]

Finder = Callable[[str], list[tuple[int, int, int]]]
"""For a text the words found: number, start and end of each."""


def finder(words: Iterable[str]) -> Finder:
    """What finds words, which are numbered as they stand.

    >>> finder(["退款", "退", "款式"])("退退款式")
    [(1, 0, 1), (0, 1, 3)]
    """
    known = list(words)
    if Words is not None:
        return Words(known).find
    find: Finder = AhoCorasick(known, matchkind=MatchKind.LeftmostLongest).find_matches_as_indexes
    return find
