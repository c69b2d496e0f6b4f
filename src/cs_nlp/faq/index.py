"""The FAQ index: which entries match a question, and edits that the next search sees.

Readers always work on one immutable snapshot; an edit makes a new one and swaps a single reference. Edits put new
entries into small segments and mark old ones dead; `compact` folds everything into one segment again.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from cs_nlp.faq.entries import FaqEntry, plain
from cs_nlp.faq.facts import read_facts
from cs_nlp.faq.forms import Tools, tools
from cs_nlp.faq.judge import same
from cs_nlp.faq.rank import Candidate, rank
from cs_nlp.faq.score import SAME, Query, Weights
from cs_nlp.faq.snapshot import Snapshot, alive_in, both, found_in, joined, unique, whole, without
from cs_nlp.faq.store import load, save
from cs_nlp.types import FaqHit


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

    def __init__(self, snapshot: Snapshot, tools: Tools) -> None:
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
        return cls(whole(unique(entries), known, segments[0][0].weights if segments else None), known)

    def __len__(self) -> int:
        """How many entries can be found."""
        return sum(1 for _ in alive_in(self._snapshot))

    def search(
        self,
        question: str,
        k: int = 5,
        intents: Collection[str] | None = None,
        at: date | None = None,
        *,
        normal: bool = False,
        shop: str | None = None,
        product: str | None = None,
        least: float = 0.0,
    ) -> list[FaqHit]:
        """The entries that match a question best, each with its best variant.

        Args:
            question: The customer's question.
            k: How many hits at most.
            intents: Only entries that may answer one of these intents (or name none); None for all.
            at: Only entries that hold on this day; None for all.
            normal: Whether the question is in its normal form already (`Message.text`), which saves a few µs.
            shop: Only entries for this shop, or for all; None for any.
            product: Only entries for this product, or for all; None for any.
            least: No hits unless the best one's likeness (see `cs_nlp.faq.score`) reaches this; above 0 an exact question
                needs no others beside it. So a search for the one entry to answer with is much faster.

        Returns:
            Hits by falling score, then by entry id; fewer than `k` when no more share a character.
        """
        snapshot, tools = self._snapshot, self._tools
        if k < 1 or not snapshot.segments:
            return []
        text = question if normal else tools.normal(question)
        query = Query(text, tools, snapshot.segments[0][0].weights)
        return rank(query, _candidates(snapshot, query, k, intents, at, shop, product, least), k)

    def likeness(self, question: str, others: Iterable[str]) -> float:
        """How probably a question asks the same as the nearest of some others, 0–1.

        The index lends the weights of characters; its entries do not matter.
        """
        segments = self._snapshot.segments
        weights = segments[0][0].weights if segments else Weights({})
        query = Query(self._tools.normal(question), self._tools, weights)
        return max((_likeness(query, other) for other in others), default=0.0)

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
        return tuple(alive_in(self._snapshot))

    def upsert(self, entries: Iterable[FaqEntry]) -> int:
        """Adds entries, in place of those with the same id; the next search sees all of them or none.

        Args:
            entries: The entries; a disabled one is put aside.

        Returns:
            How many entries were given.

        Raises:
            ValueError: If two of them have the same id, or one has no question; nothing is changed then.
        """
        fresh = unique(entries)
        self._change(fresh, ())
        return len(fresh)

    def change(self, put: Iterable[FaqEntry], gone: Iterable[str]) -> None:
        """Adds or replaces entries and removes others; the next search sees all of it or nothing.

        Raises:
            ValueError: As `upsert`; nothing is changed then.
        """
        self._change(unique(put), set(gone))

    def _change(self, fresh: dict[str, FaqEntry], gone: Collection[str]) -> None:
        with self._writer:
            old = self._snapshot
            disabled = {key: entry for key, entry in old.disabled.items() if key not in fresh and key not in gone}
            disabled |= {key: entry for key, entry in fresh.items() if not entry.enabled}
            segments = without(old.segments, {*fresh, *gone})
            added = [entry for entry in fresh.values() if entry.enabled]
            if added:
                segments = joined(segments, added, self._tools)
            self._snapshot = Snapshot(segments, disabled)

    def delete(self, ids: Iterable[str]) -> int:
        """Removes entries; returns how many there were."""
        gone = set(ids)
        with self._writer:
            old = self._snapshot
            known = {key for key in gone if found_in(old, key)}
            disabled = {key: entry for key, entry in old.disabled.items() if key not in gone}
            self._snapshot = Snapshot(without(old.segments, known), disabled)
        return len(known) + len(old.disabled) - len(disabled)

    def disable(self, ids: Iterable[str]) -> int:
        """Puts entries aside, so that they are never found; `upsert` of the entry brings it back.

        Returns:
            How many were put aside.
        """
        with self._writer:
            old = self._snapshot
            known = {key: entry for key in ids if (entry := found_in(old, key))}
            aside = {key: replace(entry, enabled=False) for key, entry in known.items()}
            self._snapshot = Snapshot(without(old.segments, known), old.disabled | aside)
        return len(known)

    def save(self, folder: Path | str) -> None:
        """Writes the index to a new folder that `load` maps into memory.

        Raises:
            FileExistsError: If the folder exists.
            ValueError: If no entry can be found.
        """
        old = self._snapshot
        if len(old.segments) != 1 or old.segments[0][1] is not None:
            old = whole({entry.id: entry for entry in alive_in(old)} | old.disabled, self._tools)
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
        return cls(Snapshot(((segment, None),), {entry.id: entry for entry in disabled}), segment.tools)

    def compact(self) -> None:
        """Indexes everything anew, as one segment with fresh weights; searches go on meanwhile."""
        with self._writer:
            old = self._snapshot
            entries = {entry.id: entry for entry in alive_in(old)} | old.disabled
            self._snapshot = whole(entries, self._tools)


def _likeness(query: Query, other: str) -> float:
    normal = query.tools.normal(other).lower()
    its = read_facts(query.tools.folder.fold(normal), normal, query.weights, query.tools.guards)
    score = SAME if query.folded == its.folded else same(query, its)
    if plain(normal) == plain(query.normal):
        score = 1.0
    return score * query.guarded(its.signature)


def _candidates(
    snapshot: Snapshot,
    query: Query,
    k: int,
    intents: Collection[str] | None = None,
    at: date | None = None,
    shop: str | None = None,
    product: str | None = None,
    least: float = 0.0,
) -> list[Candidate]:
    found: list[Candidate] = []
    for segment, alive in snapshot.segments:
        if at is not None and segment.days is not None:
            alive = both(alive, segment.on(at))
        if shop is not None or product is not None:
            alive = both(alive, segment.within(shop, product))
        for likeness, place, number, facts, factor in segment.search(query, k, intents, alive, least):
            found.append((-likeness, segment.ids[place], segment, place, number, facts, factor))
    return found
