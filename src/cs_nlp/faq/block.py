"""A block of FAQ variants small enough to compare a question with all of them at once (to some ten thousand)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from cs_nlp.faq.entries import plain
from cs_nlp.faq.grams import Grams, character_grams, pair_grams
from cs_nlp.faq.guards import Signature
from cs_nlp.faq.score import CHARACTERS, PAIRS, PROFILE, RATIO, RIVAL, SAME, Query, Weights, blend

_SPARE = 3  # entries looked at beyond those asked for: the exact score may change their order
_CLOSE = 0.05  # how far below its entry's best variant another one may be and still be compared exactly
_NEAR = 0.10  # how far below the best variant another one may be and still win: the ratio moves a score by that much
_MOST = 64  # variants compared exactly
_LEAST = 1e-9
_NEVER = -9.0
_SHARE = PROFILE / (1.0 - PROFILE)
_PER_CENT = RATIO / 100.0
_DENSE = 400_000  # cells up to which a block is a full matrix


@dataclass(frozen=True, slots=True)
class Block:
    """Variants (rows), sorted by entry, with everything a search needs; never changed after `Block.build`.

    A question is compared with all rows and with the profiles of all entries in one sum over its keys: `table` has a
    column for each row, then one for each entry.

    Attributes:
        origin: For each entry its position in the segment the block was made of.
        owner: For each row the position of its entry.
        first: For each entry its first row.
        folded: For each row the folded question.
        normal: For each row the question in normal form.
        exact: The rows of each folded form.
        slots: For each character and pair its row in the table.
        table: What each key adds to each column.
        owners: `owner` as a list; so are `origins` and `firsts`.
        signatures: What the guards see in a row, kept when first asked for.
    """

    origin: NDArray[np.int64]
    owner: NDArray[np.int64]
    first: NDArray[np.int64]
    folded: tuple[str, ...]
    normal: tuple[str, ...]
    exact: dict[str, list[int]]
    slots: dict[str, int]
    table: Dense | Sparse
    owners: list[int]
    origins: list[int]
    firsts: list[int]
    signatures: dict[int, Signature] = field(default_factory=dict)

    @classmethod
    def build(
        cls, origin: Sequence[int], counts: Sequence[int], folded: Sequence[str],
        normal: Sequence[str], weights: Weights,
    ) -> Block:  # fmt: skip
        """Builds a block.

        Args:
            origin: For each entry its position in the segment.
            counts: For each entry how many rows it has.
            folded: The folded question of each row, entry by entry.
            normal: The question of each row in normal form.
            weights: Weights of characters and pairs.

        Returns:
            The block.
        """
        owner = np.repeat(np.arange(len(counts)), counts)
        first = np.cumsum(np.array([0, *counts[:-1]], np.int64))
        exact: dict[str, list[int]] = {}
        for row, text in enumerate(folded):
            exact.setdefault(text, []).append(row)
        slots, table = _table(folded, owner, len(counts), weights)
        return cls(
            np.array(origin, np.int64), owner, first, tuple(folded), tuple(normal), exact, slots, table,
            owner.tolist(), list(origin), first.tolist(),
        )  # fmt: skip

    def search(self, query: Query, limit: int, alive: NDArray[np.bool_] | None) -> list[tuple[float, int, int]]:
        """The best variant of each of the best entries.

        Args:
            query: The question.
            limit: How many entries are wanted at least, as far as there are any.
            alive: For each entry of the segment whether it may be found; None when all may.

        Returns:
            Score, position of the entry in the segment, number of the variant in its entry; in no order.
        """
        rows = self.exact.get(query.folded)
        if rows is not None and limit == 1 and alive is None:
            hits = [self._hit(self._same(query, row), row) for row in rows]
            if max(hits)[0] >= SAME:
                return hits
        near, profile = self._sums(query)
        if alive is not None:
            profile[~alive[self.origin]] = _NEVER
        rough = near + (profile * _SHARE).take(self.owner)
        if limit == 1:
            close = (rough >= max(float(rough[rough.argmax()]) - _NEAR, _LEAST)).nonzero()[0]
            if len(close) <= _MOST:
                order = sorted(zip(rough.take(close).tolist(), close.tolist(), strict=True), reverse=True)
                hits, sure = self._best(query, [row for _, row in order], near, profile)
                if sure:
                    return hits
        return self._exact(query, self._nearest(rough, limit + _SPARE), near, profile)

    def _sums(self, query: Query) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each row what its characters and pairs give, and for each entry its profile's cosine."""
        slots = self.slots
        characters, pairs = query.parts
        found = [slots[key] for key in characters.squares if key in slots]
        gains = [characters.mass**-0.5] * len(found) if found else []
        found += [slots[key] for key in pairs.squares if key in slots]
        gains += [pairs.mass**-0.5] * (len(found) - len(gains)) if pairs.mass else []
        sums = self.table.sums(found, gains)
        size = len(self.folded)
        return sums[:size], sums[size:]

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

    def _best(
        self, query: Query, rows: list[int], near: NDArray[np.float64], profile: NDArray[np.float64]
    ) -> tuple[list[tuple[float, int, int]], bool]:
        """The hits among some rows but those clearly behind the best, and whether no guard spoke against the best."""
        found: dict[int, tuple[float, int]] = {}
        folded, owners, text = self.folded, self.owners, query.folded
        best, sure = 0.0, True
        for row in rows:
            entry = owners[row]
            likeness, whole = near.item(row), profile.item(entry)
            if blend(likeness + RATIO, whole) < best - RIVAL:
                continue  # even the highest ratio leaves it behind
            other = folded[row]
            score = blend(likeness + ratio(text, other) * _PER_CENT, whole) if other != text else SAME
            if score < best - RIVAL or (entry in found and score <= found[entry][0]):
                continue  # guards only take away
            factor = self.factor(query, row)
            score = score * factor if other != text else self._same(query, row)
            if score > best:
                best, sure = score, factor == 1.0
            if entry not in found or score > found[entry][0]:
                found[entry] = (score, row)
        return [self._hit(score, row) for score, row in found.values()], sure

    def _exact(
        self, query: Query, rows: NDArray[np.intp], near: NDArray[np.float64], profile: NDArray[np.float64]
    ) -> list[tuple[float, int, int]]:
        """The hits among some rows."""
        found: dict[int, tuple[float, int]] = {}
        folded, text = self.folded, query.folded
        owners = self.owner.take(rows)
        wholes = profile.take(owners).tolist()
        likes = near.take(rows).tolist()
        for row, entry, likeness, whole in zip(rows.tolist(), owners.tolist(), likes, wholes, strict=True):
            other = folded[row]
            if other == text:
                score = self._same(query, row)
            else:
                score = blend(likeness + ratio(text, other) * _PER_CENT, whole) * self.factor(query, row)
            if entry not in found or score > found[entry][0]:
                found[entry] = (score, row)
        return [self._hit(score, row) for score, row in found.values()]

    def factor(self, query: Query, row: int) -> float:
        """What the guards leave of a row's score."""
        signature = self.signatures.get(row)
        if signature is None:
            signature = self.signatures[row] = query.tools.guards.read(self.normal[row])
        return query.tools.guards.factor(query.signature, signature)

    def _same(self, query: Query, row: int) -> float:
        """The score of a row of the question's folded form."""
        return (1.0 if plain(self.normal[row]) == plain(query.normal) else SAME) * self.factor(query, row)

    def _hit(self, score: float, row: int) -> tuple[float, int, int]:
        entry = self.owners[row]
        return score, self.origins[entry], row - self.firsts[entry]


@dataclass(frozen=True, slots=True)
class Dense:
    """What each key adds to each column, as a full matrix: quick while it is small."""

    cells: NDArray[np.float32]

    def sums(self, slots: list[int], gains: list[float]) -> NDArray[np.float64]:
        """The sum over keys for each column."""
        found: NDArray[np.float64] = np.array(gains, np.float32).dot(self.cells.take(slots, 0))
        return found


@dataclass(frozen=True, slots=True)
class Sparse:
    """What each key adds to each column, only where it adds something; `starts[i]:starts[i + 1]` belong to key `i`."""

    starts: list[int]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    width: int

    def sums(self, slots: list[int], gains: list[float]) -> NDArray[np.float64]:
        """The sum over keys for each column."""
        if not slots:
            return np.zeros(self.width)
        starts = self.starts
        spans = [slice(starts[slot], starts[slot + 1]) for slot in slots]
        weights = np.concatenate([self.values[span] for span in spans])
        weights *= np.array(gains).repeat([span.stop - span.start for span in spans])
        columns = np.concatenate([self.columns[span] for span in spans])
        found: NDArray[np.float64] = np.bincount(columns, weights, self.width)  # type: ignore[assignment]
        return found


def _table(
    folded: Sequence[str], owner: NDArray[np.int64], entries: int, weights: Weights
) -> tuple[dict[str, int], Dense | Sparse]:
    """The slot of each key, and what it adds to each row and each entry."""
    characters, pairs = character_grams(folded), pair_grams(folded)
    values = characters.values(weights)
    held, columns, sums = _profiles(characters, values, owner, entries)
    every = characters.texts() + pairs.texts()
    key = np.concatenate((characters.spread(), held, pairs.spread() + len(characters.keys)))
    column = np.concatenate((characters.rows, columns + len(folded), pairs.rows))
    value = np.concatenate((values * CHARACTERS, sums, pairs.values(weights) * PAIRS))
    value *= np.sqrt([*weights.read(every).squares.values()])[key]  # what the key weighs in the question
    slots = {text: slot for slot, text in enumerate(every)}
    width = len(folded) + entries
    if len(every) * width <= _DENSE:
        cells = np.zeros((len(every), width), np.float32)
        cells[key, column] = value
        return slots, Dense(cells)
    order = np.argsort(key, kind="stable")
    starts = np.searchsorted(key[order], np.arange(len(every) + 1)).tolist()
    return slots, Sparse(starts, column[order], value[order], width)


def _profiles(
    grams: Grams, values: NDArray[np.float64], owner: NDArray[np.int64], entries: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Key, entry and value of the entries' profiles: postings of one key and one entry stand side by side."""
    if not len(values):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), values
    held, key = owner[grams.rows], grams.spread()
    begins = np.flatnonzero(np.concatenate(([True], (np.diff(key) != 0) | (np.diff(held) != 0))))
    sums = np.add.reduceat(values, begins)
    lengths = np.sqrt(np.bincount(held[begins], weights=sums * sums, minlength=entries))
    return key[begins], held[begins], sums / lengths[held[begins]]
