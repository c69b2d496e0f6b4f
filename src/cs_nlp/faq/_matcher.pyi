"""The compiled search of a block; `cs_nlp.faq.block` does the same without it."""

from typing import Any

from numpy.typing import NDArray

from cs_nlp.faq.facts import Facts, Match
from cs_nlp.faq.score import Query

def keys_of(squares: dict[str, float], /) -> object:
    """Squared weights by character or pair, as matchers look them up; shared by all of an index."""

class Matcher:
    """The variants of a block, ready to be compared; never changed.

    Args:
        facts: For each row what is compared of it.
        normal: For each row the question in normal form.
        exact: The rows of each folded form.
        keys: The characters and pairs of the block.
        squares: The squared weight of each of them.
        firsts: For each entry its first row, and the number of rows at the end.
        origins: For each entry its position in the segment.
        key: What adds to the likeness: the place of a key, as 64-bit integers.
        column: The row it adds to, or, counted on from the rows, the entry to whose profile it adds.
        value: What it adds, as 64-bit floats.
        every: Those of the whole index, from `keys_of`; None when only the query's weights know them.
        unseen: Squared weight of what is not among `every`.
        weights: `judge.ENTRY`.
        conflicts: `Guards.conflicts`.
        marks: `Guards.marks`.
    """

    def __new__(
        cls,
        facts: list[Facts],
        normal: list[str],
        exact: dict[str, list[int]],
        keys: list[str],
        squares: list[float],
        firsts: list[int],
        origins: list[int],
        key: NDArray[Any],
        column: NDArray[Any],
        value: NDArray[Any],
        every: object,
        unseen: float,
        weights: tuple[float, ...],
        conflicts: tuple[tuple[int, float, str], ...],
        marks: tuple[tuple[int, float, str], ...],
        /,
    ) -> Matcher: ...
    def search(self, query: Query, limit: int, alive: NDArray[Any] | None, least: float = 0.0, /) -> list[Match]:
        """The best variant of each of the best entries, as `Block.search`."""
