"""Many texts found in one pass over a message."""

from __future__ import annotations

from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick, MatchKind

Occurrence = tuple[int, int, int]
"""Number of a text, start, end."""


class Keywords:
    """Finds all occurrences of texts, overlapping ones, too; immutable, safe to share between threads.

    Args:
        texts: The texts, numbered from 0 on.

    >>> Keywords(["退款", "款", "发票"]).find("要退款")
    [(0, 1, 3), (1, 2, 3)]
    """

    __slots__ = ("_automaton",)

    def __init__(self, texts: Sequence[str]) -> None:
        self._automaton = AhoCorasick(texts, matchkind=MatchKind.Standard) if texts else None

    def find(self, text: str) -> list[Occurrence]:
        """Where the texts occur, by their ends."""
        return self._automaton.find_matches_as_indexes(text, overlapping=True) if self._automaton is not None else []
