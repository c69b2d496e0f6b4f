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
_PART = 1 << 32 - _BITS  # rows whose numbers fit into 32 bits beside a character


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """Postings sorted by key, then by row; `starts[i]:starts[i + 1]` are the rows of `keys[i]`."""

    keys: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: NDArray[Any]
    size: int

    def texts(self) -> list[str]:
        """The keys as texts: one character, or two."""
        return key_texts(self.keys)

    def masses(self, weak: str) -> NDArray[np.float64]:
        """Squared weight of each key by its rarity here; see `key_masses`."""
        return key_masses(self.keys, np.diff(self.starts), self.size, weak)

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


def both_grams(folded: Sequence[str]) -> tuple[Grams, Grams]:
    """Postings of the characters of folded questions, and of their pairs of neighbouring characters."""
    codes = np.frombuffer("".join(folded).encode("utf-32-le", errors="surrogatepass"), "<u4")
    rows = np.repeat(np.arange(len(folded)), np.fromiter(map(len, folded), np.int64, len(folded)))
    narrow = codes.astype(np.uint16) if not len(codes) or codes.max() <= 0xFFFF else codes
    order = narrow.argsort(kind="stable")  # a radix sort when the numbers are short
    return _grams(codes[order].astype(np.int64), rows[order], len(folded)), _pairs(codes, rows, len(folded))


def pair_grams(codes: NDArray[np.uint32], lengths: NDArray[np.int64]) -> Grams:
    """Postings of the pairs of neighbouring characters of many questions, with rows of 32 bits.

    Args:
        codes: The characters of all questions, one after the other.
        lengths: How many each question has.
    """
    rows = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    return _pairs(codes, rows, len(lengths))


def count_characters(
    codes: NDArray[np.uint32], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The characters of questions, sorted, and how many questions hold each; arguments as of `pair_grams`."""
    found = [np.zeros(0, np.uint32)]
    start = 0
    for at in range(0, len(lengths), _PART):  # short numbers, some at a time, are sorted faster
        part = lengths[at : at + _PART]
        keys = np.repeat(np.arange(len(part), dtype=np.uint32) << _BITS, part)
        keys |= codes[start : start + len(keys)]
        start += len(keys)
        keys.sort()
        found += keys[:1], keys[1:][keys[1:] != keys[:-1]]
    counts = np.bincount(np.concatenate(found) & _LAST)
    known = counts.nonzero()[0]
    return known, counts[known]


def key_texts(keys: NDArray[np.int64]) -> list[str]:
    """Keys as texts: one character, or two."""
    codes = keys if not len(keys) or keys[-1] <= _LAST else np.stack((keys >> _BITS, keys & _LAST), 1)
    joined = codes.astype("<u4").tobytes().decode("utf-32-le", errors="surrogatepass")
    width = codes.ndim
    return [joined[at : at + width] for at in range(0, len(joined), width)]


def key_masses(keys: NDArray[np.int64], counts: NDArray[np.int64], size: int, weak: str) -> NDArray[np.float64]:
    """Squared weight of each key by its rarity: how many of the questions hold it.

    A weak character counts `WEAK`, in a pair its root.
    """
    values = rarity(counts, size)
    marks = np.zeros(_LAST + 1, np.bool_)  # not `np.isin`: it imports numpy.ma, which takes longer than all of this
    marks[[*map(ord, weak)]] = True
    single = keys <= _LAST
    first, last = marks[keys >> _BITS], marks[keys & _LAST]
    values *= np.where(single, WEAK**last, WEAK ** (0.5 * (first * 1.0 + last)))
    return values


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


def _pairs(codes: NDArray[np.uint32], rows: NDArray[Any], size: int) -> Grams:
    bits = max(size, 2).bit_length()
    if 2 * _BITS + bits > 63:
        raise ValueError(f"{size} questions in one index are too many; at most {1 << 20} fit")
    keys = codes[:-1].astype(np.int64)
    keys <<= _BITS
    keys |= codes[1:]
    keys <<= bits
    keys |= rows[:-1]
    apart = rows[:-1] != rows[1:]
    keys[apart] = np.iinfo(np.int64).max  # the last of one question and the first of the next, sorted to the end
    keys.sort()  # quicker than any way to sort both
    keys = keys[: len(keys) - np.count_nonzero(apart)]
    rows = np.bitwise_and(keys, (1 << bits) - 1, out=np.empty(len(keys), rows.dtype), casting="unsafe")
    keys >>= bits
    return _grams(keys, rows, size)


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
