"""A block of FAQ variants too large to compare with all: pairs of characters find candidates, the rarest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from cs_nlp.faq.entries import plain
from cs_nlp.faq.grams import Grams, pair_grams
from cs_nlp.faq.guards import Guards
from cs_nlp.faq.score import CHARACTERS, PAIRS, RATIO, SAME, Query, Weights, blend, cosines, profile_of

POSTINGS = 12_000  # candidates looked up for one question
_RERANK = 16  # variants compared exactly
_PROFILES = 3  # entries whose profile is computed
_PROFILE_ROWS = 8  # variants of an entry that make its profile
_BITS = 5  # at most 31 pairs of a question count


@dataclass(frozen=True, slots=True)
class InvertedBlock:
    """Variants (rows), sorted by entry; never changed after `InvertedBlock.build`.

    Attributes:
        origin: For each entry its position in the segment the block was made of.
        owner: For each row the position of its entry.
        first: For each entry its first row, and the number of rows at the end.
        folded: For each row the folded question.
        normal: For each row the text the guards read.
        slots: For each pair its place in `pairs`.
        pairs: The postings.
        lengths: For each row the length of its pairs.
        weights: Weights of characters and pairs.
    """

    origin: NDArray[np.int64]
    owner: NDArray[np.int32]
    first: NDArray[np.int64]
    folded: tuple[str, ...]
    normal: tuple[str, ...]
    slots: dict[int, int]
    pairs: Grams
    lengths: NDArray[np.float32]
    weights: Weights

    @classmethod
    def build(
        cls, origin: Sequence[int], counts: Sequence[int], folded: Sequence[str],
        normal: Sequence[str], weights: Weights,
    ) -> InvertedBlock:  # fmt: skip
        """Builds a block; arguments as of `Block.build`, with the rows' normal texts in place of their signatures."""
        pairs = pair_grams(folded, np.int32)
        by_key = np.array([weights.pairs.get(key, weights.unseen) for key in pairs.keys.tolist()], np.float64)
        return cls(
            np.array(origin, np.int64),
            np.repeat(np.arange(len(counts), dtype=np.int32), counts),
            np.concatenate(([0], np.cumsum(np.asarray(counts, np.int64)))),
            tuple(folded),
            tuple(normal),
            {key: slot for slot, key in enumerate(pairs.keys.tolist())},
            pairs,
            pairs.lengths(np.repeat(by_key, np.diff(pairs.starts))).astype(np.float32),
            weights,
        )

    def search(
        self, query: Query, limit: int, alive: NDArray[np.bool_] | None, guards: Guards
    ) -> list[tuple[float, int, int]]:
        """The best variant of each of the best entries; see `Block.search`."""
        rows = self._candidates(query, max(_RERANK, 2 * limit), alive)
        near: list[tuple[float, int]] = []
        for row in rows:
            characters, pairs = cosines(query, self.folded[row], self.weights)
            likeness = CHARACTERS * characters + PAIRS * pairs + RATIO * ratio(query.folded, self.folded[row]) / 100.0
            near.append((likeness, row))
        near.sort(key=lambda pair: (-pair[0], pair[1]))
        found: dict[int, tuple[float, int]] = {}
        profiles: dict[int, float] = {}  # only the best entries get one; the others count as having a poor one
        for likeness, row in near:
            entry = int(self.owner[row])
            if entry not in profiles and len(profiles) < max(_PROFILES, limit):
                profiles[entry] = self._profile(query, entry)
            if self.folded[row] != query.folded:
                score = blend(likeness, profiles.get(entry, 0.0))
            else:
                score = 1.0 if plain(self.normal[row]) == plain(query.normal) else SAME
            score *= guards.factor(query.signature, guards.read(self.normal[row]))
            if entry not in found or score > found[entry][0]:
                found[entry] = (score, row)
        origin, first = self.origin, self.first
        return [(score, int(origin[entry]), row - int(first[entry])) for entry, (score, row) in found.items()]

    def _profile(self, query: Query, entry: int) -> float:
        first, end = int(self.first[entry]), int(self.first[entry + 1])
        return profile_of(query, self.folded[first : min(end, first + _PROFILE_ROWS)], self.weights)

    def _candidates(self, query: Query, most: int, alive: NDArray[np.bool_] | None) -> list[int]:
        starts, postings = self.pairs.starts, self.pairs.rows
        pairs = zip(query.pairs.keys, query.pairs.values, strict=True)
        lists = [(self.slots[key], weight) for key, weight in pairs if key in self.slots]
        lists.sort(key=lambda pair: (int(starts[pair[0] + 1] - starts[pair[0]]), pair[0]))
        parts: list[NDArray[np.uint32]] = []
        gains: list[float] = []
        taken = 0
        for slot, weight in lists[: (1 << _BITS) - 1]:
            count = int(starts[slot + 1] - starts[slot])
            if parts and taken + count > POSTINGS:
                break
            marked: NDArray[np.uint32] = postings[starts[slot] : starts[slot] + count].astype(np.uint32)
            marked <<= np.uint32(_BITS)
            marked |= np.uint32(len(parts))
            parts.append(marked)
            gains.append(weight * float(self.weights.pairs.get(int(self.pairs.keys[slot]), self.weights.unseen)))
            taken += count
        if not parts:
            return []
        return self._heaviest(np.sort(np.concatenate(parts)), np.array(gains), most, alive)

    def _heaviest(
        self, marked: NDArray[np.uint32], gains: NDArray[np.float64], most: int, alive: NDArray[np.bool_] | None
    ) -> list[int]:
        rows = marked >> _BITS
        begins = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
        scores = np.add.reduceat(gains[marked & ((1 << _BITS) - 1)], begins)
        rows = rows[begins]
        scores /= self.lengths[rows]
        if alive is not None:
            keep = alive[self.origin[self.owner[rows]]]
            rows, scores = rows[keep], scores[keep]
        if len(rows) > most:
            rows = rows[np.argpartition(scores, -most)[-most:]]
        found: list[int] = rows.tolist()
        return found
