"""Which rows hold which character or pair: postings of one kind of key over many folded questions, in numpy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.faq.score import WEAK, Weights, complete, rarity

_BITS = 21  # of a character; a pair is its first character << 21 | its last
_LAST = (1 << _BITS) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """Postings sorted by key, then by row; `starts[i]:starts[i + 1]` are the rows of `keys[i]`."""

    keys: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: NDArray[Any]
    size: int

    def texts(self) -> list[str]:
        """The keys as texts: one character, or two."""
        codes = (
            self.keys
            if not len(self.keys) or self.keys[-1] <= _LAST
            else np.stack((self.keys >> _BITS, self.keys & _LAST), 1)
        )
        joined = codes.astype("<u4").tobytes().decode("utf-32-le", errors="surrogatepass")
        width = codes.ndim
        return [joined[at : at + width] for at in range(0, len(joined), width)]

    def masses(self, weak: str) -> NDArray[np.float64]:
        """Squared weight of each key by its rarity here; a weak character counts `WEAK`, in a pair its root."""
        values = rarity(np.diff(self.starts), self.size)
        marks = np.zeros(_LAST + 1, np.bool_)  # not `np.isin`: it imports numpy.ma, which takes longer than all of this
        marks[[*map(ord, weak)]] = True
        single = self.keys <= _LAST
        first, last = marks[self.keys >> _BITS], marks[self.keys & _LAST]
        values *= np.where(single, WEAK**last, WEAK ** (0.5 * (first * 1.0 + last)))
        return values

    def values(self, weights: Weights) -> NDArray[np.float64]:
        """For each posting its key's weight, such that each row has length 1."""
        by_key = np.sqrt(weights.of(self.texts()))
        spread = np.repeat(by_key, np.diff(self.starts))
        spread /= self.lengths(spread)[self.rows]
        return spread

    def spread(self) -> NDArray[np.int64]:
        """For each posting the place of its key."""
        return np.repeat(np.arange(len(self.keys)), np.diff(self.starts))

    def sums(self, by_key: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each row the sum over its keys of a number that each key has."""
        each = np.repeat(by_key, np.diff(self.starts))
        return np.bincount(self.rows, weights=each, minlength=self.size).astype(np.float64)

    def lengths(self, spread: NDArray[np.float64]) -> NDArray[np.float64]:
        """The length of each row, given each posting's weight; 1 for a row without a key."""
        lengths = np.sqrt(np.bincount(self.rows, weights=spread * spread, minlength=self.size))
        lengths[lengths == 0.0] = 1.0
        return lengths


def both_grams(folded: Sequence[str], rows_type: type[np.signedinteger[Any]] = np.int64) -> tuple[Grams, Grams]:
    """Postings of the characters of folded questions, and of their pairs of neighbouring characters."""
    joined = "".join(folded).encode("utf-32-le", errors="surrogatepass")
    codes = np.frombuffer(joined, "<u4").astype(np.int64)
    lengths = np.fromiter(map(len, folded), np.int64, len(folded))
    rows = np.repeat(np.arange(len(folded), dtype=rows_type), lengths)
    inside = rows[:-1] == rows[1:]
    pairs = codes[:-1] << _BITS
    pairs |= codes[1:]
    return _characters(codes, rows, len(folded)), _pairs(pairs[inside], rows[:-1][inside], len(folded))


def weigh(folded: Sequence[str], weak: str) -> Weights:
    """The weights of characters and pairs among folded questions."""
    found: dict[str, float] = {}
    for grams in both_grams(folded):
        found.update(zip(grams.texts(), grams.masses(weak).tolist(), strict=True))
    return Weights(found, complete(found, weak, len(folded)))


def pair_codes(pairs: Iterable[str]) -> NDArray[np.int64]:
    """Pairs as the numbers that are the keys of `pair_grams`."""
    codes = np.frombuffer("".join(pairs).encode("utf-32-le", errors="surrogatepass"), "<u4").astype(np.int64)
    return (codes[::2] << _BITS) | codes[1::2]


def _characters(codes: NDArray[np.int64], rows: NDArray[Any], size: int) -> Grams:
    narrow = codes.astype(np.uint16) if not len(codes) or codes.max() <= 0xFFFF else codes
    order = narrow.argsort(kind="stable")  # a radix sort when the numbers are short
    return _grams(codes[order], rows[order], size)


def _pairs(codes: NDArray[np.int64], rows: NDArray[Any], size: int) -> Grams:
    bits = max(size, 2).bit_length()
    if 2 * _BITS + bits > 63:
        raise ValueError(f"{size} questions in one index are too many; at most {1 << 20} fit")
    codes = codes << bits
    codes |= rows
    codes.sort()  # quicker than any way to sort both
    rows = (codes & ((1 << bits) - 1)).astype(rows.dtype)
    codes >>= bits
    return _grams(codes, rows, size)


def _grams(codes: NDArray[np.int64], rows: NDArray[Any], size: int) -> Grams:
    """Postings of keys that are sorted, each with rows that are sorted; a row that stands twice is kept once."""
    if not len(codes):
        return Grams(codes, np.zeros(1, np.int64), rows, size)
    fresh = np.concatenate(([True], codes[1:] != codes[:-1]))
    kept = fresh.copy()
    kept[1:] |= rows[1:] != rows[:-1]
    rows = rows[kept]
    begins = fresh[kept].nonzero()[0]
    return Grams(codes[fresh], np.concatenate((begins, [len(rows)])).astype(np.int64), rows, size)
