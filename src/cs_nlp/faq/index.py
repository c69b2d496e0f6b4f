"""The FAQ index: which entries match a question, and edits that the next search sees.

Readers always work on one immutable snapshot; an edit makes a new one and swaps a single reference. Edits put new
entries into small segments and mark old ones dead; `compact` folds everything into one segment again.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cs_nlp.faq.entries import FaqEntry, plain
from cs_nlp.faq.forms import Tools, tools
from cs_nlp.faq.judge import Facts, query_facts, read_facts, same
from cs_nlp.faq.rank import Candidate, rank
from cs_nlp.faq.score import SAME, Query, Weights
from cs_nlp.faq.segment import Segment
from cs_nlp.faq.store import load, save
from cs_nlp.types import FaqHit

_SMALL = 1_000  # variants up to which segments of edits are joined, to keep an edit fast


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One state of the index: segments, which of their entries are alive (None: all), and the entries put aside."""

    segments: tuple[tuple[Segment, NDArray[np.bool_] | None], ...]
    disabled: dict[str, FaqEntry]


class FaqIndex:
    """Finds the FAQ entries that match a question.

    Examples:
        >>> index = FaqIndex.build([
        ...     FaqEntry(id="return", questions=("怎么退货", "我要退货"), answer="在订单页申请"),
        ...     FaqEntry(id="refund", questions=("退款多久到账",), answer="1–7 天"),
        ... ])
        >>> [(hit.entry_id, hit.question) for hit in index.search("亲，我想退货呢", k=1)]
        [('return', '我要退货')]
        >>> index.delete(["return"])
        1
        >>> [hit.entry_id for hit in index.search("怎么退货")]
        ['refund']
    """

    def __init__(self, snapshot: _Snapshot, tools: Tools) -> None:
        self._snapshot = snapshot
        self._tools = tools
        self._writer = threading.Lock()

    @classmethod
    def build(cls, entries: Iterable[FaqEntry], *, like: FaqIndex | None = None) -> FaqIndex:
        """Indexes entries.

        Args:
            entries: The entries; disabled ones are kept, but never found.
            like: An index whose weights of characters are taken; None to take them from the entries.

        Returns:
            The index.

        Raises:
            ValueError: If two entries have the same id, or one has no question.
        """
        known = tools()
        segments = like._snapshot.segments if like is not None else ()
        return cls(_whole(_unique(entries), known, segments[0][0].weights if segments else None), known)

    def __len__(self) -> int:
        """How many entries can be found."""
        return sum(1 for _ in _alive(self._snapshot))

    def search(
        self,
        question: str,
        k: int = 5,
        intents: Collection[str] | None = None,
        at: date | None = None,
        *,
        normal: bool = False,
    ) -> list[FaqHit]:
        """The entries that match a question best, each with its best variant.

        Args:
            question: The customer's question.
            k: How many hits at most.
            intents: Only entries that may answer one of these intents (or name none); None for all.
            at: Only entries that hold on this day; None for all.
            normal: Whether the question is in its normal form already (`Message.text`), which saves a few µs.

        Returns:
            Hits by falling score, then by entry id; fewer than `k` when no more share a character.
        """
        snapshot, tools = self._snapshot, self._tools
        if k < 1 or not snapshot.segments:
            return []
        text = question if normal else tools.normal(question)
        query = Query(text, tools, snapshot.segments[0][0].weights)
        return rank(query, _candidates(snapshot, query, k, intents, at), k)

    def likeness(self, question: str, others: Iterable[str]) -> float:
        """How probably a question asks the same as the nearest of some others, 0–1.

        The index lends the weights of characters; its entries do not matter.
        """
        segments = self._snapshot.segments
        weights = segments[0][0].weights if segments else Weights({})
        query = Query(self._tools.normal(question), self._tools, weights)
        mine = query_facts(query)
        return max((_likeness(query, mine, other) for other in others), default=0.0)

    def entry(self, entry_id: str) -> FaqEntry:
        """The entry of an id, also a disabled one.

        Raises:
            KeyError: If there is none.
        """
        snapshot = self._snapshot
        for segment, alive in reversed(snapshot.segments):
            place = segment.position.get(entry_id)
            if place is not None and (alive is None or alive[place]):
                return segment.entries[place]
        return snapshot.disabled[entry_id]

    def questions_of(self, entry_id: str) -> tuple[str, ...]:
        """The ways to ask of an entry, the standard question first.

        Raises:
            KeyError: If there is no such entry.
        """
        return self.entry(entry_id).questions

    def entries(self) -> tuple[FaqEntry, ...]:
        """The entries that can be found, in the order they were indexed."""
        return tuple(_alive(self._snapshot))

    def upsert(self, entries: Iterable[FaqEntry]) -> int:
        """Adds entries, in place of those with the same id; the next search sees all of them or none.

        Args:
            entries: The entries; a disabled one is put aside.

        Returns:
            How many entries were given.

        Raises:
            ValueError: If two of them have the same id, or one has no question; nothing is changed then.
        """
        fresh = _unique(entries)
        self._change(fresh, ())
        return len(fresh)

    def change(self, put: Iterable[FaqEntry], gone: Iterable[str]) -> None:
        """Adds or replaces entries and removes others; the next search sees all of it or nothing.

        Raises:
            ValueError: As `upsert`; nothing is changed then.
        """
        self._change(_unique(put), set(gone))

    def _change(self, fresh: dict[str, FaqEntry], gone: Collection[str]) -> None:
        with self._writer:
            old = self._snapshot
            disabled = {key: entry for key, entry in old.disabled.items() if key not in fresh and key not in gone}
            disabled |= {key: entry for key, entry in fresh.items() if not entry.enabled}
            segments = _without(old.segments, {*fresh, *gone})
            added = [entry for entry in fresh.values() if entry.enabled]
            if added:
                segments = _joined(segments, added, self._tools)
            self._snapshot = _Snapshot(segments, disabled)

    def delete(self, ids: Iterable[str]) -> int:
        """Removes entries; returns how many there were."""
        gone = set(ids)
        with self._writer:
            old = self._snapshot
            known = {key for key in gone if _found(old, key)}
            disabled = {key: entry for key, entry in old.disabled.items() if key not in gone}
            self._snapshot = _Snapshot(_without(old.segments, known), disabled)
        return len(known) + len(old.disabled) - len(disabled)

    def disable(self, ids: Iterable[str]) -> int:
        """Puts entries aside, so that they are never found; `upsert` of the entry brings it back.

        Returns:
            How many were put aside.
        """
        with self._writer:
            old = self._snapshot
            known = {key: entry for key in ids if (entry := _found(old, key))}
            aside = {key: replace(entry, enabled=False) for key, entry in known.items()}
            self._snapshot = _Snapshot(_without(old.segments, known), old.disabled | aside)
        return len(known)

    def save(self, folder: Path | str) -> None:
        """Writes the index to a new folder that `load` maps into memory.

        Raises:
            FileExistsError: If the folder exists.
            ValueError: If no entry can be found.
        """
        old = self._snapshot
        if len(old.segments) != 1 or old.segments[0][1] is not None:
            old = _whole({entry.id: entry for entry in _alive(old)} | old.disabled, self._tools)
        if not old.segments:
            raise ValueError("an index without an enabled entry cannot be saved")
        save(Path(folder), old.segments[0][0], list(old.disabled.values()))

    @classmethod
    def load(cls, folder: Path | str) -> FaqIndex:
        """Opens what `save` wrote; texts and postings stay on disk until they are needed.

        Raises:
            DataFileError: If the folder is missing, incomplete, cut, or was made with other synonyms.
        """
        segment, disabled = load(Path(folder), tools())
        return cls(_Snapshot(((segment, None),), {entry.id: entry for entry in disabled}), segment.tools)

    def compact(self) -> None:
        """Indexes everything anew, as one segment with fresh weights; searches go on meanwhile."""
        with self._writer:
            old = self._snapshot
            entries = {entry.id: entry for entry in _alive(old)} | old.disabled
            self._snapshot = _whole(entries, self._tools)


def _likeness(query: Query, mine: Facts, other: str) -> float:
    normal = query.tools.normal(other).lower()
    its = read_facts(query.tools.folder.fold(normal), normal, query.weights, query.tools)
    score = SAME if mine.folded == its.folded else same(mine, its)
    if plain(normal) == plain(query.normal):
        score = 1.0
    return score * query.tools.guards.factor(mine.signature, its.signature)


def _candidates(
    snapshot: _Snapshot, query: Query, k: int, intents: Collection[str] | None = None, at: date | None = None
) -> list[Candidate]:
    found: list[Candidate] = []
    for segment, alive in snapshot.segments:
        if at is not None:
            holds = segment.on(at)
            alive = holds if alive is None else alive if holds is None else alive & holds
        for score, place, number in segment.search(query, k, intents, alive):
            found.append((-score, segment.ids[place], segment, place, number))
    return found


def _unique(entries: Iterable[FaqEntry]) -> dict[str, FaqEntry]:
    found: dict[str, FaqEntry] = {}
    for entry in entries:
        if entry.id in found:
            raise ValueError(f"the FAQ entry id {entry.id!r} stands twice; ids are unique")
        found[entry.id] = entry
    return found


def _whole(entries: dict[str, FaqEntry], tools: Tools, weights: Weights | None = None) -> _Snapshot:
    enabled = [entry for entry in entries.values() if entry.enabled]
    segments = ((Segment.build(enabled, tools, weights), None),) if enabled else ()
    return _Snapshot(segments, {key: entry for key, entry in entries.items() if not entry.enabled})


def _alive(snapshot: _Snapshot) -> Iterator[FaqEntry]:
    for segment, alive in snapshot.segments:
        for place, entry in enumerate(segment.entries):
            if alive is None or alive[place]:
                yield entry


def _found(snapshot: _Snapshot, entry_id: str) -> FaqEntry | None:
    for segment, alive in snapshot.segments:
        place = segment.position.get(entry_id)
        if place is not None and (alive is None or alive[place]):
            return segment.entries[place]
    return None


def _without(
    segments: tuple[tuple[Segment, NDArray[np.bool_] | None], ...], ids: Collection[str]
) -> tuple[tuple[Segment, NDArray[np.bool_] | None], ...]:
    """Marks entries dead."""
    kept: list[tuple[Segment, NDArray[np.bool_] | None]] = []
    for segment, alive in segments:
        places = [segment.position[key] for key in ids if key in segment.position]
        if places:
            alive = np.ones(len(segment.entries), np.bool_) if alive is None else alive.copy()
            alive[places] = False
        kept.append((segment, alive))
    return tuple(kept)


def _joined(
    segments: tuple[tuple[Segment, NDArray[np.bool_] | None], ...], added: list[FaqEntry], tools: Tools
) -> tuple[tuple[Segment, NDArray[np.bool_] | None], ...]:
    """Adds a segment, joined with the small one before it; the first segment gives the weights and stays as it is."""
    weights: Weights | None = segments[0][0].weights if segments else None
    if len(segments) > 1 and segments[-1][0].size + sum(len(entry.questions) for entry in added) <= _SMALL:
        added = [*_alive(_Snapshot(segments[-1:], {})), *added]
        segments = segments[:-1]
    return (*segments, (Segment.build(added, tools, weights), None))
