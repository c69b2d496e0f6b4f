"""A segment of an FAQ index: entries that were indexed together. It is never changed, only replaced.

What a search needs is made when the first search needs it, under a lock: a block of one intent by the first search of
that intent, the block of everything by the first search without a limit.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cs_nlp.faq.block import make_block
from cs_nlp.faq.entries import FaqEntry, Forms
from cs_nlp.faq.facts import Facts, Match, read_facts
from cs_nlp.faq.forms import Tools, all_forms
from cs_nlp.faq.grams import weigh
from cs_nlp.faq.inverted import InvertedBlock
from cs_nlp.faq.score import Query, Weights
from cs_nlp.faq.texts import StoredForms

LARGE = 30_000  # variants above which candidates come from rare pairs instead of from all variants
_ANY = ""  # key of the entries that name no intent; as a key of blocks: all entries
_EVER = date.max.toordinal()


class Searchable(Protocol):
    """A block: entries that are searched together."""

    def search(self, query: Query, limit: int, alive: NDArray[np.bool_] | None, least: float = 0.0, /) -> list[Match]:
        """The matches, in no order; see `Block.search`."""


class Segment:
    """Entries and, once needed, their blocks; make one with `Segment.build`.

    Args:
        entries: The entries, at least one.
        ids: Their ids.
        position: Place of each by id.
        size: How many questions they have.
        tools: What reads questions.
        weights: Weights of characters and pairs; None to take them from these entries.
        forms: For each entry its questions as the search sees them; None to make them when needed.
        block: The block of all entries; None to make it when needed.
        days: For each entry the first and the last day it holds; None when none is limited.
    """

    def __init__(
        self,
        entries: Sequence[FaqEntry],
        ids: Sequence[str],
        position: Mapping[str, int],
        size: int,
        tools: Tools,
        weights: Weights | None = None,
        forms: Sequence[Forms] | None = None,
        block: InvertedBlock | None = None,
        days: NDArray[np.int64] | None = None,
    ) -> None:
        self.entries = entries
        self.ids = ids
        self.position = position
        self.size = size
        self.tools = tools
        self.days = days
        self._weights = weights
        self._forms = forms
        self._blocks: dict[str, Searchable | None] = {} if block is None else {_ANY: block}
        self._answers: dict[str, NDArray[np.bool_]] = {}
        self._scopes: dict[str, tuple[NDArray[np.bool_], dict[str, NDArray[np.bool_]]]] = {}
        self._lock = threading.RLock()

    @classmethod
    def build(cls, entries: Sequence[FaqEntry], tools: Tools, weights: Weights | None = None) -> Segment:
        """A segment of entries; one of more than `LARGE` questions makes its block at once.

        Raises:
            ValueError: If an entry has no question.
        """
        for entry in entries:
            if not entry.questions:
                raise ValueError(f"the FAQ entry {entry.id!r} has no question; give it at least one")
        ids = [entry.id for entry in entries]
        size = sum([len(entry.questions) for entry in entries])
        position = {entry_id: place for place, entry_id in enumerate(ids)}
        made = cls(tuple(entries), ids, position, size, tools, weights, days=_days(entries))
        if size > LARGE:
            made.block()
        return made

    def block(self) -> Searchable | None:
        """The block of all entries."""
        return self._block(_ANY)

    @property
    def weights(self) -> Weights:
        """Weights of characters and pairs."""
        if self._weights is None:
            with self._lock:
                if self._weights is None:
                    _, folded, _ = self._rows(range(len(self.entries)))
                    self._weights = weigh(folded[:], self.tools.folder.weak)
        return self._weights

    @property
    def forms(self) -> Sequence[Forms]:
        """For each entry its questions as the search sees them."""
        if self._forms is None:
            with self._lock:
                if self._forms is None:
                    large = self.size > LARGE
                    self._forms = StoredForms.pack(self.entries) if large else tuple(all_forms(self.entries))
        return self._forms

    def search(
        self,
        query: Query,
        limit: int,
        intents: Collection[str] | None,
        alive: NDArray[np.bool_] | None,
        least: float = 0.0,
    ) -> list[Match]:
        """The matches, in no order; see `Block.search`."""
        block: Searchable | None
        if intents is not None and len(intents) == 1:
            (intent,) = intents
            block = self._blocks.get(intent) or self._block(intent)
        else:
            block = self._block(_ANY)
            if intents is not None:
                fits = self._fits(intents)
                alive = fits if alive is None else alive & fits
        if block is None:
            return []
        return block.search(query, limit, alive, least)

    def facts(self, place: int, number: int, weights: Weights) -> Facts:
        """What is compared of a question; `weights` are those of the whole index."""
        forms = self.forms[place]
        return read_facts(forms.folded[number], forms.normal[number], weights, self.tools.guards)

    def on(self, day: date) -> NDArray[np.bool_] | None:
        """For each entry whether it holds on a day; None when all do."""
        if self.days is None:
            return None
        number = day.toordinal()
        holds: NDArray[np.bool_] = (self.days[0] <= number) & (number <= self.days[1])
        return holds

    def within(self, shop: str | None, product: str | None) -> NDArray[np.bool_] | None:
        """For each entry whether it is for a shop and a product; None when neither is named, or all are for all."""
        masks = [
            self._reach(name)[0] | self._reach(name)[1].get(value, np.False_)
            for name, value in (("shops", shop), ("products", product))
            if value is not None and self._reach(name)[1]
        ]
        if not masks:
            return None
        found: NDArray[np.bool_] = np.logical_and.reduce(masks)
        return found

    def _reach(self, name: str) -> tuple[NDArray[np.bool_], dict[str, NDArray[np.bool_]]]:
        """Which entries are for all shops (or products), and which for each one."""
        with self._lock:
            if name not in self._scopes:
                named = [getattr(entry, name) for entry in self.entries]
                each = {value: np.array([value in some for some in named]) for some in named for value in some}
                self._scopes[name] = np.array([not some for some in named]), each
            return self._scopes[name]

    def _fits(self, intents: Collection[str]) -> NDArray[np.bool_]:
        """For each entry whether it may answer one of some intents."""
        with self._lock:
            self._answers = self._answers or _answers(self.entries)
        fits = self._answers[_ANY].copy()
        for intent in intents:
            if intent in self._answers:
                fits |= self._answers[intent]
        return fits

    def _block(self, intent: str) -> Searchable | None:
        """The block of the entries that may answer an intent (of all, for `_ANY`); None when there is none."""
        try:
            return self._blocks[intent]
        except KeyError:
            pass
        entries = self.entries
        with self._lock:
            if intent not in self._blocks:
                places = [
                    n for n, entry in enumerate(entries) if not intent or not entry.intents or intent in entry.intents
                ]
                self._blocks[intent] = self._made(places) if places else None
            return self._blocks[intent]

    def _rows(self, places: Sequence[int]) -> tuple[list[int], Sequence[str], Sequence[str]]:
        """How many questions some entries have, and the folded and the normal forms of these."""
        forms = self.forms
        if isinstance(forms, StoredForms) and len(places) == len(forms):
            return np.diff(forms.first).tolist(), forms.folded, forms.normal
        some = [forms[place] for place in places]
        folded = [text for form in some for text in form.folded]
        return [len(form.folded) for form in some], folded, [text for form in some for text in form.normal]

    def _made(self, places: list[int]) -> Searchable:
        counts, folded, normal = self._rows(places)
        if len(folded) <= LARGE:  # packed texts are taken out once, with `[:]`
            return make_block(places, counts, folded[:], normal[:], self.weights, self.tools.guards)
        block, self._weights = InvertedBlock.build(
            places, counts, folded, normal, self._weights, self.tools.folder.weak
        )
        return block


def _answers(entries: Iterable[FaqEntry]) -> dict[str, NDArray[np.bool_]]:
    known = tuple(entries)
    found: dict[str, NDArray[np.bool_]] = {_ANY: np.zeros(len(known), np.bool_)}
    for place, entry in enumerate(known):
        for intent in entry.intents or (_ANY,):
            found.setdefault(intent, np.zeros(len(known), np.bool_))[place] = True
    return found


def _days(entries: Sequence[FaqEntry]) -> NDArray[np.int64] | None:
    if not any(entry.valid_from or entry.valid_until for entry in entries):
        return None
    first = [entry.valid_from.toordinal() if entry.valid_from else 0 for entry in entries]
    last = [entry.valid_until.toordinal() if entry.valid_until else _EVER for entry in entries]
    return np.array([first, last], np.int64)
