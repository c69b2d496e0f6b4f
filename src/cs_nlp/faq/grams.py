"""Which rows hold which character or pair: postings of one kind of key over many folded questions, in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.faq.score import rarity


@dataclass(frozen=True, slots=True)
class Grams:
    """Postings sorted by key, then by row; `starts[i]:starts[i + 1]` are the rows of `keys[i]`."""

    keys: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: NDArray[Any]
    size: int

    def weights(self) -> dict[int, float]:
        """Weight of each key by its rarity here."""
        values = rarity(np.diff(self.starts), self.size)
        return dict(zip(self.keys.tolist(), values.tolist(), strict=True))

    def values(self, weights: dict[int, float], unseen: float) -> NDArray[np.float64]:
        """For each posting its key's weight, such that each row has length 1."""
        by_key = np.array([weights.get(key, unseen) for key in self.keys.tolist()], np.float64)
        spread = np.repeat(by_key, np.diff(self.starts))
        spread /= self.lengths(spread)[self.rows]
        return spread

    def lengths(self, spread: NDArray[np.float64]) -> NDArray[np.float64]:
        """The length of each row, given each posting's weight; 1 for a row without a key."""
        lengths = np.sqrt(np.bincount(self.rows, weights=spread * spread, minlength=self.size))
        lengths[lengths == 0.0] = 1.0
        return lengths


def character_grams(folded: Sequence[str]) -> Grams:
    """Postings of the characters of folded questions."""
    codes, rows = _codes(folded)
    return _grams(codes, rows, len(folded), np.int64)


def pair_grams(folded: Sequence[str], rows_type: type[np.signedinteger[Any]] = np.int64) -> Grams:
    """Postings of the pairs of neighbouring characters of folded questions."""
    codes, rows = _codes(folded)
    inside = rows[:-1] == rows[1:]
    pairs = ((codes[:-1] << 21) | codes[1:])[inside]
    return _grams(pairs, rows[:-1][inside], len(folded), rows_type)


def _codes(folded: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    joined = "".join(folded).encode("utf-32-le", errors="surrogatepass")
    lengths = np.fromiter(map(len, folded), np.int64, len(folded))
    return np.frombuffer(joined, "<u4").astype(np.int64), np.repeat(np.arange(len(folded)), lengths)


def _grams(found: NDArray[np.int64], rows: NDArray[np.int64], size: int, rows_type: Any) -> Grams:
    bits = np.int64(max(size, 2).bit_length())
    if 42 + bits > 63:
        raise ValueError(f"{size} questions in one index are too many; at most {1 << 20} fit")
    postings = np.sort((found << bits) | rows)
    if len(postings):
        postings = postings[np.concatenate(([True], postings[1:] != postings[:-1]))]
    by_posting = postings >> bits
    begins = np.flatnonzero(np.concatenate(([True], by_posting[1:] != by_posting[:-1]))) if len(postings) else postings
    starts = np.concatenate((begins, [len(postings)])).astype(np.int64)
    return Grams(by_posting[begins], starts, (postings & ((1 << bits) - 1)).astype(rows_type), size)
