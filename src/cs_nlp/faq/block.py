"""A block of FAQ variants small enough to compare a question with all of them at once (to some ten thousand)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from cs_nlp.faq.entries import plain
from cs_nlp.faq.grams import Grams, character_grams, pair_grams
from cs_nlp.faq.guards import Guards, Signature
from cs_nlp.faq.score import CHARACTERS, PAIRS, PROFILE, RATIO, SAME, Query, Weights, blend

_SPARE = 3  # entries looked at beyond those asked for: the exact score may change their order
_CLOSE = 0.05  # how far below its entry's best variant another one may be and still be compared exactly
_MOST = 64  # variants compared exactly
_LEAST = 1e-9
_NEVER = -9.0
_SHARE = PROFILE / (1.0 - PROFILE)
_PER_CENT = RATIO / 100.0

Posting = tuple[NDArray[np.int64], NDArray[np.float64], int]


@dataclass(frozen=True, slots=True)
class Block:
    """Variants (rows), sorted by entry, with everything a search needs; never changed after `Block.build`.

    Attributes:
        origin: For each entry its position in the segment the block was made of.
        owner: For each row the position of its entry.
        first: For each entry its first row.
        folded: For each row the folded question.
        bare: For each row the plain form of the question.
        signatures: The distinct things the guards see in the rows.
        signed: For each row its place in `signatures`.
        characters: Rows and values of each character.
        pairs: Rows, behind those of the characters, and values of each pair.
        spread: For each entry the length of its profile.
    """

    origin: NDArray[np.int64]
    owner: NDArray[np.int64]
    first: NDArray[np.int64]
    folded: tuple[str, ...]
    bare: tuple[str, ...]
    signatures: tuple[Signature, ...]
    signed: tuple[int, ...]
    characters: dict[int, Posting]
    pairs: dict[int, Posting]
    spread: NDArray[np.float64]

    @classmethod
    def build(
        cls, origin: Sequence[int], counts: Sequence[int], folded: Sequence[str],
        normal: Sequence[str], weights: Weights, guards: Guards,
    ) -> Block:  # fmt: skip
        """Builds a block.

        Args:
            origin: For each entry its position in the segment.
            counts: For each entry how many rows it has.
            folded: The folded question of each row, entry by entry.
            normal: The question of each row in normal form.
            weights: Weights of characters and pairs.
            guards: The guards.

        Returns:
            The block.
        """
        owner = np.repeat(np.arange(len(counts)), counts)
        first = np.cumsum(np.array([0, *counts[:-1]], np.int64))
        characters = character_grams(folded)
        values = characters.values(weights.characters, weights.unseen)
        pairs = pair_grams(folded)
        signatures = [guards.read(text) for text in normal]
        distinct = {signature: place for place, signature in enumerate(dict.fromkeys(signatures))}
        return cls(
            np.array(origin, np.int64), owner, first, tuple(folded), tuple(map(plain, normal)), tuple(distinct),
            tuple(distinct[signature] for signature in signatures),
            _by_key(characters, values, 0),
            _by_key(pairs, pairs.values(weights.pairs, weights.unseen), len(folded)),
            _spread(characters, values, owner, len(counts)),
        )  # fmt: skip

    def search(
        self, query: Query, limit: int, alive: NDArray[np.bool_] | None, guards: Guards
    ) -> list[tuple[float, int, int]]:
        """The best variant of each of the best entries.

        Args:
            query: The question.
            limit: How many entries are wanted at least, as far as there are any.
            alive: For each entry of the segment whether it may be found; None when all may.
            guards: The guards.

        Returns:
            Score, position of the entry in the segment, number of the variant in its entry; in no order.
        """
        size = len(self.folded)
        sums = self._sums(query, size)
        near = sums[:size]
        profile = np.add.reduceat(near, self.first)
        profile /= self.spread
        if alive is not None:
            profile[~alive[self.origin]] = _NEVER
        near *= CHARACTERS
        near += sums[size:]
        rows = self._nearest(near + (profile * _SHARE).take(self.owner), limit + _SPARE)
        return self._exact(query, rows, near.take(rows).tolist(), profile, guards)

    def _sums(self, query: Query, size: int) -> NDArray[np.float64]:
        """Cosine of characters of each row, then for each row the cosine of pairs, times its share."""
        held: list[Posting] = []
        gains: list[float] = []
        for vector, postings, share in ((query.characters, self.characters, 1.0), (query.pairs, self.pairs, PAIRS)):
            share /= vector.length
            for key, value in zip(vector.keys, vector.values, strict=True):
                if key in postings:
                    held.append(postings[key])
                    gains.append(value * share)
        if not held:
            return np.zeros(2 * size)
        rows, values, counts = zip(*held, strict=True)
        weights = np.concatenate(values)
        weights *= np.array(gains).repeat(counts)
        sums: NDArray[np.float64] = np.bincount(np.concatenate(rows), weights, 2 * size)  # type: ignore[assignment]
        return sums

    def _nearest(self, rough: NDArray[np.float64], entries: int) -> NDArray[np.intp]:
        """The rows of the best entries that are near their entry's best one."""
        best = np.maximum.reduceat(rough, self.first)
        floor = _LEAST
        if entries < len(best):
            floor = max(floor, float(np.partition(best, -entries)[-entries]))
        rows = (rough >= floor).nonzero()[0]
        if len(rows) > entries:
            rows = rows[rough.take(rows) >= best.take(self.owner.take(rows)) - _CLOSE]
        most = max(_MOST, entries)
        if len(rows) > most:
            rows = rows[np.argpartition(rough[rows], -most)[-most:]]
        return rows

    def _exact(
        self, query: Query, rows: NDArray[np.intp], near: list[float], profile: NDArray[np.float64], guards: Guards
    ) -> list[tuple[float, int, int]]:
        found: dict[int, tuple[float, int]] = {}
        factors: dict[int, float] = {}
        folded, signed, text = self.folded, self.signed, query.folded
        owners = self.owner.take(rows)
        wholes = profile.take(owners).tolist()
        for row, entry, likeness, whole in zip(rows.tolist(), owners.tolist(), near, wholes, strict=True):
            sign = signed[row]
            if sign not in factors:
                factors[sign] = guards.factor(query.signature, self.signatures[sign])
            other = folded[row]
            if other != text:
                score = blend(likeness + ratio(text, other) * _PER_CENT, whole)
            else:
                score = 1.0 if self.bare[row] == plain(query.normal) else SAME
            score *= factors[sign]
            if entry not in found or score > found[entry][0]:
                found[entry] = (score, row)
        origin, first = self.origin, self.first
        return [(score, int(origin[entry]), row - int(first[entry])) for entry, (score, row) in found.items()]


def _by_key(grams: Grams, values: NDArray[np.float64], offset: int) -> dict[int, Posting]:
    starts = grams.starts.tolist()
    rows = grams.rows + offset
    return {
        key: (rows[start:end], values[start:end], end - start)
        for key, start, end in zip(grams.keys.tolist(), starts, starts[1:], strict=False)
    }


def _spread(grams: Grams, values: NDArray[np.float64], owner: NDArray[np.int64], entries: int) -> NDArray[np.float64]:
    """The length of each entry's profile: postings of one key and one entry stand side by side."""
    if not len(values):
        return np.ones(entries)
    held = owner[grams.rows]
    key = np.repeat(np.arange(len(grams.keys)), np.diff(grams.starts))
    begins = np.flatnonzero(np.concatenate(([True], (np.diff(key) != 0) | (np.diff(held) != 0))))
    sums = np.add.reduceat(values, begins)
    lengths = np.sqrt(np.bincount(held[begins], weights=sums * sums, minlength=entries))
    lengths[lengths == 0.0] = 1.0
    return lengths
