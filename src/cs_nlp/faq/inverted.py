"""A block of FAQ variants too large to compare with all: pairs of characters find candidates, the rarest first.

It consists of arrays only, so that `cs_nlp.faq.store` can map it from disk.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from cs_nlp.faq.entries import plain
from cs_nlp.faq.fold import keys
from cs_nlp.faq.grams import Grams, character_grams, pair_codes, pair_grams
from cs_nlp.faq.score import CHARACTERS, PAIRS, RATIO, SAME, Part, Query, Weights, blend, profile_of
from cs_nlp.faq.texts import Texts

POSTINGS = 10_000  # candidates looked up for one question
_RERANK = 12  # variants compared exactly
_PROFILES = 2  # entries whose profile is computed
_PROFILE_ROWS = 8  # variants of an entry that make its profile
_BITS = 5  # at most 31 pairs of a question count


@dataclass(frozen=True, slots=True, kw_only=True)
class PairWeights(Weights):
    """Weights whose pairs are looked up in sorted arrays instead of a dict.

    Attributes:
        codes: The pairs as numbers, sorted.
        masses: Squared weight of each.
    """

    codes: NDArray[np.int64]
    masses: NDArray[np.float32]

    def read(self, keys: Iterable[str]) -> Part:
        """Keys, all characters or all pairs, with their weights."""
        wanted = list(keys)
        if not wanted or len(wanted[0]) == 1:
            return Weights.read(self, wanted)
        places, known = find(self.codes, pair_codes(wanted))
        values = np.where(known, self.masses[places], self.unseen).tolist()
        return Part(dict(zip(wanted, values, strict=True)), sum(values))


@dataclass(frozen=True, slots=True)
class InvertedBlock:
    """Variants (rows), sorted by entry; never changed after `InvertedBlock.build`.

    Attributes:
        origin: For each entry its position in the segment the block was made of.
        owner: For each row the position of its entry.
        first: For each entry its first row, and the number of rows at the end.
        folded: For each row the folded question.
        normal: For each row the text the guards read.
        pairs: The postings.
        lengths: For each row the length of its pairs.
    """

    origin: NDArray[np.int32]
    owner: NDArray[np.int32]
    first: NDArray[np.int64]
    folded: Texts
    normal: Texts
    pairs: Grams
    lengths: NDArray[np.float32]

    @classmethod
    def build(
        cls, origin: Sequence[int], counts: Sequence[int], folded: Sequence[str],
        normal: Sequence[str], weights: Weights | None, weak: str = "",
    ) -> tuple[InvertedBlock, Weights]:  # fmt: skip
        """Builds a block; arguments as of `Block.build`, `weights` may be None to take them from here.

        Returns:
            The block and the weights.
        """
        pairs = pair_grams(folded, np.int32)
        if weights is None:
            characters = character_grams(folded)
            squares = dict(zip(characters.texts(), characters.masses(weak).tolist(), strict=True))
            masses = pairs.masses(weak).astype(np.float32)
            weights = PairWeights(squares, codes=pairs.keys, masses=masses)
        else:
            masses = np.array([*weights.read(pairs.texts()).squares.values()], np.float32)
        block = cls(
            np.array(origin, np.int32),
            np.repeat(np.arange(len(counts), dtype=np.int32), counts),
            np.concatenate(([0], np.cumsum(np.asarray(counts, np.int64)))),
            Texts.pack(folded),
            Texts.pack(normal),
            pairs,
            pairs.lengths(np.repeat(np.sqrt(masses), np.diff(pairs.starts))).astype(np.float32),
        )
        return block, weights

    def search(self, query: Query, limit: int, alive: NDArray[np.bool_] | None) -> list[tuple[float, int, int]]:
        """The best variant of each of the best entries; see `Block.search`."""
        near = [(self._likeness(query, row), row) for row in self._candidates(query, max(_RERANK, 2 * limit), alive)]
        near.sort(key=lambda pair: (-pair[0], pair[1]))
        found: dict[int, tuple[float, int]] = {}
        profiles: dict[int, float] = {}  # only the best entries get one; the others count as having a poor one
        guards = query.tools.guards
        for likeness, row in near:
            entry = int(self.owner[row])
            if entry not in profiles and len(profiles) < max(_PROFILES, limit):
                profiles[entry] = self._profile(query, entry)
            if self.folded[row] != query.folded:
                score = blend(likeness, profiles.get(entry, 0.0))
            else:
                score = 1.0 if plain(self.normal[row]) == plain(query.normal) else SAME
            if entry in found and score <= found[entry][0]:
                continue  # a guard only takes away
            score *= guards.factor(query.signature, guards.read(self.normal[row]))
            if entry not in found or score > found[entry][0]:
                found[entry] = (score, row)
        origin, first = self.origin, self.first
        return [(score, int(origin[entry]), row - int(first[entry])) for entry, (score, row) in found.items()]

    def _likeness(self, query: Query, row: int) -> float:
        text = self.folded[row]
        characters, pairs = keys(text)
        mine, mine_pairs = query.parts
        its = query.weights.read(characters)
        same = sum([weight for key, weight in mine.squares.items() if key in characters])
        same_pairs = sum([weight for key, weight in mine_pairs.squares.items() if key in pairs])
        cosine = same / (math.sqrt(mine.mass * its.mass) or 1.0)
        cosine_pairs = same_pairs / (math.sqrt(mine_pairs.mass) * float(self.lengths[row]) or 1.0)
        return CHARACTERS * cosine + PAIRS * cosine_pairs + RATIO * ratio(query.folded, text) / 100.0

    def _profile(self, query: Query, entry: int) -> float:
        first, end = int(self.first[entry]), int(self.first[entry + 1])
        return profile_of(query, self.folded[first : min(end, first + _PROFILE_ROWS)])

    def _candidates(self, query: Query, most: int, alive: NDArray[np.bool_] | None) -> list[int]:
        part = query.parts[1].squares
        if not part:
            return []
        starts, postings = self.pairs.starts, self.pairs.rows
        slots, known = find(self.pairs.keys, pair_codes(part))
        firsts, ends = starts[slots], starts[slots + 1]
        spans = zip((ends - firsts).tolist(), firsts.tolist(), part.values(), known.tolist(), strict=True)
        parts: list[NDArray[np.uint32]] = []
        gains: list[float] = []
        taken = 0
        for count, first, gain, _ in sorted(span for span in spans if span[3])[: (1 << _BITS) - 1]:
            if parts and taken + count > POSTINGS:
                break
            marked: NDArray[np.uint32] = postings[first : first + count].astype(np.uint32)
            marked <<= np.uint32(_BITS)
            marked |= np.uint32(len(parts))
            parts.append(marked)
            gains.append(gain)
            taken += count
        if not parts:
            return []
        marks = np.concatenate(parts)
        marks.sort()
        return self._heaviest(marks, np.array(gains, np.float32), most, alive)

    def _heaviest(
        self, marked: NDArray[np.uint32], gains: NDArray[np.float32], most: int, alive: NDArray[np.bool_] | None
    ) -> list[int]:
        rows = marked >> np.uint32(_BITS)
        begins = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
        scores = np.add.reduceat(gains.take(marked & np.uint32((1 << _BITS) - 1)), begins)
        rows = rows.take(begins)
        scores /= self.lengths.take(rows)
        if alive is not None:
            keep = alive[self.origin[self.owner[rows]]]
            rows, scores = rows[keep], scores[keep]
        if len(rows) > most:
            rows = rows[np.argpartition(scores, -most)[-most:]]
        found: list[int] = rows.tolist()
        return found


def find(known: NDArray[np.int64], wanted: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each wanted number stands among sorted known ones, and whether it does (else the place is any)."""
    if not len(known):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), np.bool_)
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return places, known[places] == wanted
