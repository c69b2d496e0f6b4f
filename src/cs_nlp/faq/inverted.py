"""A block of FAQ variants too large to compare with all: pairs of characters find candidates, the rarest first.

It consists of arrays only, so that `cs_nlp.faq.store` can map it from disk.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from cs_nlp.faq.entries import plain
from cs_nlp.faq.facts import Match
from cs_nlp.faq.grams import Grams, count_characters, key_masses, key_texts, pair_codes, pair_grams
from cs_nlp.faq.score import CHARACTERS, PAIRS, RATIO, RIVAL, SAME, Query, Weights, blend, complete, profile_of
from cs_nlp.faq.texts import Texts

POSTINGS = 10_000  # candidates looked up for one question
_RERANK = 12  # variants compared exactly
_PROFILES = 2  # entries whose profile is computed
_PROFILE_ROWS = 8  # variants of an entry that make its profile
_BITS = 5  # at most 31 pairs of a question count


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairWeights(Weights):
    """Weights whose pairs are looked up in sorted arrays instead of a dict.

    Attributes:
        codes: The pairs as numbers, sorted.
        masses: Squared weight of each.
    """

    codes: NDArray[np.int64]
    masses: NDArray[np.float32]

    def of(self, keys: Collection[str]) -> list[float]:
        """The squared weights of keys, all characters or all pairs."""
        if not keys or len(next(iter(keys))) == 1:
            return Weights.of(self, keys)
        places, known = find(self.codes, pair_codes(keys))
        found: list[float] = np.where(known, self.masses[places], self.unseen).tolist()
        return found

    def one(self, key: str) -> float:
        """The squared weight of a key."""
        return self.of([key])[0]


@dataclass(frozen=True, slots=True, eq=False)
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
        texts = folded if isinstance(folded, Texts) else Texts.pack(folded)
        codes, lengths = texts.codes()
        pairs = pair_grams(codes, lengths)
        if weights is None:
            keys, known = count_characters(codes, lengths)
            squares = dict(zip(key_texts(keys), key_masses(keys, known, len(texts), weak).tolist(), strict=True))
            masses = pairs.masses(weak).astype(np.float32)
            weights = PairWeights(squares, complete(squares, weak, len(folded)), codes=pairs.keys, masses=masses)
        else:
            masses = np.array(weights.of(pairs.texts()), np.float32)
        block = cls(
            np.array(origin, np.int32),
            np.repeat(np.arange(len(counts), dtype=np.int32), counts),
            np.concatenate(([0], np.cumsum(np.asarray(counts, np.int64)))),
            texts,
            normal if isinstance(normal, Texts) else Texts.pack(normal),
            pairs,
            pairs.lengths(np.repeat(np.sqrt(masses), np.diff(pairs.starts))).astype(np.float32),
        )
        return block, weights

    def search(self, query: Query, limit: int, alive: NDArray[np.bool_] | None, least: float = 0.0) -> list[Match]:
        """The best variant of each of the best entries; see `Block.search`."""
        near = [(self._likeness(query, row), row) for row in self._candidates(query, max(_RERANK, 2 * limit), alive)]
        near.sort(key=lambda pair: (-pair[0], pair[1]))
        found: dict[int, tuple[float, int, float]] = {}
        profiles: dict[int, float] = {}  # only the best entries get one; the others count as having a poor one
        floor = 0.0
        for likeness, row in near:
            entry = int(self.owner[row])
            if entry not in profiles and len(profiles) < max(_PROFILES, limit):
                profiles[entry] = self._profile(query, entry)
            if self.folded[row] != query.folded:
                score = blend(likeness, profiles.get(entry, 0.0))
            else:
                score = 1.0 if plain(self.normal[row]) == plain(query.normal) else SAME
            if score < floor or (entry in found and score <= found[entry][0]):
                continue  # a guard only takes away
            factor = query.guarded(query.tools.guards.read(self.normal[row]))
            score *= factor
            if entry not in found or score > found[entry][0]:
                found[entry] = score, row, factor
            if limit == 1:
                floor = max(floor, score - RIVAL)  # what is below is not judged against the best
        if max([score for score, _, _ in found.values()], default=0.0) < least:
            return []
        origin, first = self.origin, self.first
        return [
            (score, int(origin[entry]), row - int(first[entry]), None, factor)
            for entry, (score, row, factor) in found.items()
        ]

    def _likeness(self, query: Query, row: int) -> float:
        text = self.folded[row]
        (mine, squares, mass), (mine_pairs, pair_squares, pairs_mass) = query.parts
        its_mass = sum(query.weights.of(dict.fromkeys(text)))
        same = sum([weight for key, weight in zip(mine, squares, strict=True) if key in text])
        same_pairs = sum([weight for key, weight in zip(mine_pairs, pair_squares, strict=True) if key in text])
        cosine = same / (math.sqrt(mass * its_mass) or 1.0)
        cosine_pairs = same_pairs / (math.sqrt(pairs_mass) * float(self.lengths[row]) or 1.0)
        return CHARACTERS * cosine + PAIRS * cosine_pairs + RATIO * ratio(query.folded, text) / 100.0

    def _profile(self, query: Query, entry: int) -> float:
        first, end = int(self.first[entry]), int(self.first[entry + 1])
        return profile_of(query, self.folded[first : min(end, first + _PROFILE_ROWS)])

    def _candidates(self, query: Query, most: int, alive: NDArray[np.bool_] | None) -> list[int]:
        pairs, squares, _ = query.parts[1]
        if not pairs:
            return []
        starts, postings = self.pairs.starts, self.pairs.rows
        slots, known = find(self.pairs.keys, pair_codes(pairs))
        firsts, ends = starts[slots], starts[slots + 1]
        spans = zip((ends - firsts).tolist(), firsts.tolist(), squares, known.tolist(), strict=True)
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
        marks.sort(kind="stable")  # merges the parts, each of which is sorted: a fifth of the time
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
