"""A block of FAQ variants small enough to compare a question with all of them at once (to some ten thousand)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from cs_nlp.faq.facts import Facts, Match, read_all
from cs_nlp.faq.grams import Grams, both_grams
from cs_nlp.faq.guards import Guards
from cs_nlp.faq.judge import ENTRY
from cs_nlp.faq.score import CHARACTERS, PAIRS, RATIO, RIVAL, SAME, SHARE, Query, Weights, blend, needed

try:
    from cs_nlp.faq._matcher import Matcher
except ImportError:  # not compiled
    Matcher = None  # type: ignore[assignment, misc]

_CLOSE = 0.05  # how far below its entry's best variant another one may be and still be compared exactly
_LEAST = 1e-6
_NEVER = -9.0
_FEW = 32  # entries put in order at once
_PER_CENT = RATIO / 100.0
_DENSE = 400_000  # cells up to which a block is a full matrix


def make_block(
    origin: Sequence[int], counts: Sequence[int], folded: Sequence[str],
    normal: Sequence[str], weights: Weights, guards: Guards,
) -> Block | Matcher:  # fmt: skip
    """Makes a block; where it could be compiled, as what searches in C.

    Args:
        origin: For each entry its position in the segment.
        counts: For each entry how many rows it has.
        folded: The folded question of each row, entry by entry.
        normal: The question of each row in normal form.
        weights: Weights of characters and pairs.
        guards: What reads the signatures.

    Returns:
        The block.
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    firsts = [0, *np.cumsum(counts).tolist()]
    exact: dict[str, list[int]] = {}
    for row, text in enumerate(folded):
        exact.setdefault(text, []).append(row)
    characters, pairs = both_grams(folded)
    facts = read_all(folded, normal, characters, pairs, weights, guards)
    keys = characters.texts() + pairs.texts()
    squares = weights.of(characters.texts()) + weights.of(pairs.texts())
    adds = _adds(characters, pairs, owner, len(counts), weights, np.sqrt(squares))
    if Matcher is not None:
        known = keys, squares, firsts, list(origin), *adds, weights.table, weights.unseen
        return Matcher(facts, list(normal), exact, *known, ENTRY, guards.conflicts, guards.marks)
    return Block(
        np.array(origin, np.int64), np.array(firsts[:-1], np.int64), tuple(normal), facts, exact,
        {key: slot for slot, key in enumerate(keys)}, [*squares, 0.0],
        _table(adds, owner, len(counts), len(characters.keys), len(keys)), owner.tolist(), list(origin), firsts,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Variants (rows), sorted by entry, with everything a search needs; made by `make_block` and never changed.

    Attributes:
        origin: For each entry its position in the segment the block was made of.
        first: For each entry its first row.
        normal: For each row the question in normal form.
        facts: For each row what is compared of it.
        exact: The rows of each folded form.
        slots: For each character and pair its row in the table.
        squares: For each of them its squared weight, and 0 at the end, for what no row holds.
        table: What each key adds to the likeness of each row, and to the profile of each entry.
        owners: For each row the position of its entry.
        origins: `origin` as a list; so is `firsts`, which ends with the number of rows.
    """

    origin: NDArray[np.int64]
    first: NDArray[np.int64]
    normal: tuple[str, ...]
    facts: list[Facts]
    exact: dict[str, list[int]]
    slots: dict[str, int]
    squares: list[float]
    table: Dense | Sparse
    owners: list[int]
    origins: list[int]
    firsts: list[int]

    def search(self, query: Query, limit: int, alive: NDArray[np.bool_] | None, least: float = 0.0) -> list[Match]:
        """The best variant of each of the best entries.

        Args:
            query: The question.
            limit: How many entries are wanted at least, as far as there are any.
            alive: For each entry of the segment whether it may be found; None when all may.
            least: The likeness that the best entry must reach; above 0 an exact question is enough.

        Returns:
            The matches, in no order.
        """
        if (limit == 1 or least > 0.0) and alive is None:
            rows = self.exact.get(query.folded)
            if rows is not None:
                hits = [self._match(self._same(query, row), row) for row in rows]
                if max(hits)[0] >= SAME:
                    return hits
        rough, profile = self._sums(query)
        best = np.maximum.reduceat(rough, self.first)
        if alive is not None:
            best[~alive[self.origin]] = _NEVER
        return self._best(query, limit, rough, profile, best, least)

    def _sums(self, query: Query) -> tuple[NDArray[Any], NDArray[Any]]:
        """For each row its likeness but for the ratio, and for each entry its profile's cosine."""
        characters, pairs = query.keys
        look, squares = self.slots.get, self.squares
        none = len(squares) - 1
        slots = [look(key, none) for key in characters]
        pair_slots = [look(key, none) for key in pairs]
        (_, _, mass), (_, _, pairs_mass) = query.read(slots, pair_slots, squares)
        gains = [mass**-0.5] * len(slots) if slots else []
        if pair_slots:
            gains += [pairs_mass**-0.5] * len(pair_slots)
            slots += pair_slots
        return self.table.sums(slots, gains)

    def _best(
        self,
        query: Query,
        limit: int,
        rough: NDArray[Any],
        profile: NDArray[Any],
        best: NDArray[Any],
        wanted: float,
    ) -> list[Match]:
        """The matches among the entries that can be one of the best, or be judged against the best of all."""
        found: list[Match] = []
        scores = [0.0] * limit  # the best, falling
        floor, least = wanted, max(_LEAST, needed(wanted) - _LEAST)
        for likeness, entry in _falling(best):
            if likeness < least:
                break
            whole = profile.item(entry)
            if blend(likeness - whole * SHARE + RATIO, whole) < floor:
                continue  # even the highest ratio leaves it behind
            match = self._of_entry(query, entry, rough, likeness, whole)
            found.append(match)
            if match[0] > scores[-1]:
                scores[-1] = match[0]
                scores.sort(reverse=True)
                floor = min(scores[0] - RIVAL, scores[-1]) if scores[0] >= wanted else wanted
                least = max(_LEAST, needed(floor) - _LEAST)
        return found if scores[0] >= wanted else []

    def _of_entry(self, query: Query, entry: int, rough: NDArray[Any], likeness: float, whole: float) -> Match:
        """The best variant of an entry among those close to the one that is nearest but for the ratio."""
        facts, text, first = self.facts, query.folded, self.firsts[entry]
        best, found, kept = -1.0, first, 1.0
        least, share = likeness - _CLOSE, whole * SHARE
        likes = rough[first : self.firsts[entry + 1]].tolist()
        close = [(-like, row) for row, like in enumerate(likes, first) if like >= least]
        if len(close) > 1:
            close.sort()
        for near, row in close:
            if blend(-near - share + RATIO, whole) <= best:
                break  # not even the highest ratio would help this one or those behind it
            its = facts[row]
            other = its.folded
            if other != text:
                score = blend(-near - share + ratio(text, other) * _PER_CENT, whole)
            else:
                score = query.same(self.normal[row])
            if score <= best:
                continue  # a guard only takes away
            factor = query.guarded(its.signature)
            score *= factor
            if score > best:
                best, found, kept = score, row, factor
        return self._match(best, found, kept)

    def _same(self, query: Query, row: int) -> float:
        """The score of a row of the question's folded form."""
        return query.same(self.normal[row]) * query.guarded(self.facts[row].signature)

    def _match(self, score: float, row: int, factor: float = 1.0) -> Match:
        entry = self.owners[row]
        return score, self.origins[entry], row - self.firsts[entry], self.facts[row], factor


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """What each key adds, as a full matrix, quick while it is small: a column for each row, then one for each entry."""

    cells: NDArray[np.float32]
    rows: int

    def sums(self, slots: list[int], gains: list[float]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The sum over keys for each row and for each entry."""
        found = np.array(gains, np.float32).dot(self.cells.take(slots, 0))
        return found[: self.rows], found[self.rows :]


@dataclass(frozen=True, slots=True, eq=False)
class Sparse:
    """What each key adds, only where it adds something; `starts[i]:starts[i + 1]` belong to key `i`.

    Columns are as those of `Dense`, but the share of an entry's profile in its rows is added afterwards.
    """

    starts: list[int]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    owner: NDArray[np.int64]
    width: int

    def sums(self, slots: list[int], gains: list[float]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The sum over keys for each row and for each entry."""
        starts, rows = self.starts, len(self.owner)
        spans = [slice(starts[slot], starts[slot + 1]) for slot in slots]
        weights = np.concatenate([self.values[:0], *[self.values[span] for span in spans]])
        weights *= np.array(gains).repeat([span.stop - span.start for span in spans])
        columns = np.concatenate([self.columns[:0], *[self.columns[span] for span in spans]])
        found = np.bincount(columns, weights, self.width)
        profile = found[rows:]
        return found[:rows] + (profile * SHARE).take(self.owner), profile


def _falling(values: NDArray[Any]) -> Iterator[tuple[float, int]]:
    """Values with their places, the highest first; most are sorted only when the first few were not enough."""
    if len(values) > _FEW:
        places = values.argpartition(-_FEW)
        first, rest = places[-_FEW:], places[:-_FEW]
        yield from sorted(zip(values[first].tolist(), first.tolist(), strict=True), reverse=True)
        rest = rest[values[rest].argsort(kind="stable")[::-1]]
        yield from zip(values[rest].tolist(), rest.tolist(), strict=True)
    else:
        yield from sorted(zip(values.tolist(), range(len(values)), strict=True), reverse=True)


Adds = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
"""What adds to a likeness: keys, columns as those of `Dense`, values."""


def _adds(
    characters: Grams, pairs: Grams, owner: NDArray[np.int64], entries: int,
    weights: Weights, own: NDArray[np.float64],
) -> Adds:  # fmt: skip
    """What each key adds to each row and each entry; `own` is what it weighs in the question."""
    values = characters.values(weights)
    held, columns, sums = _profiles(characters, values, owner, entries)
    key = np.concatenate((characters.spread(), held, pairs.spread() + len(characters.keys)))
    column = np.concatenate((characters.rows, columns + len(owner), pairs.rows))
    return key, column, np.concatenate((values * CHARACTERS, sums, pairs.values(weights) * PAIRS)) * own[key]


def _table(adds: Adds, owner: NDArray[np.int64], entries: int, singles: int, keys: int) -> Dense | Sparse:
    """A table of what each key adds; the first `singles` keys are characters."""
    key, column, value = adds
    rows, width = len(owner), len(owner) + entries
    if keys * width <= _DENSE:
        cells = np.zeros((keys + 1, width), np.float32)
        cells[key, column] = value
        cells[:singles, :rows] += SHARE * cells[:singles, rows:].take(owner, 1)
        return Dense(cells, rows)
    order = np.argsort(key, kind="stable")
    starts = np.searchsorted(key[order], np.arange(keys + 1)).tolist()
    return Sparse([*starts, starts[-1]], column[order], value[order], owner, width)


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
