"""A segment of an FAQ index: entries that were indexed together. It is never changed, only replaced."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cs_nlp.faq.block import Block
from cs_nlp.faq.entries import FaqEntry, plain
from cs_nlp.faq.fold import Folder
from cs_nlp.faq.grams import character_grams, pair_grams
from cs_nlp.faq.guards import Guards
from cs_nlp.faq.inverted import InvertedBlock
from cs_nlp.faq.score import Query, Weights

LARGE = 30_000  # variants above which candidates come from rare pairs instead of from all variants
_ANY = ""  # key of the entries that name no intent
_EVER = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Tools:
    """What reads questions: normal form, synonyms and guards."""

    normal: Callable[[str], str]
    folder: Folder
    guards: Guards


@dataclass(frozen=True, slots=True)
class Segment:
    """Entries with their block; `narrow` blocks of one intent are made when first asked for.

    Attributes:
        entries: The entries.
        position: Position of each entry by id.
        asked: For each entry its questions, those of one plain form once.
        folded: For each entry the folded questions.
        normal: For each entry the questions in normal form.
        weights: Weights of characters and pairs.
        block: All variants.
        narrow: Block by intent, filled as they are asked for (two threads may both make one: they are equal).
        days: For each entry the first and the last day it holds, or None when none is limited.
        answers: By intent, for each entry whether it names it.
    """

    entries: tuple[FaqEntry, ...]
    position: dict[str, int]
    asked: tuple[tuple[str, ...], ...]
    folded: tuple[tuple[str, ...], ...]
    normal: tuple[tuple[str, ...], ...]
    weights: Weights
    block: Block | InvertedBlock
    narrow: dict[str, Block | InvertedBlock | None] = field(default_factory=dict)
    days: NDArray[np.int64] | None = None
    answers: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    @classmethod
    def build(cls, entries: Sequence[FaqEntry], tools: Tools, weights: Weights | None = None) -> Segment:
        """Indexes entries (at least one); without `weights` they come from these entries."""
        asked, folded, normal = zip(*(_variants(entry, tools) for entry in entries), strict=True)
        flat = [text for texts in folded for text in texts]
        if weights is None:
            weights = Weights(character_grams(flat).weights(), pair_grams(flat).weights())
        return cls(
            tuple(entries),
            {entry.id: place for place, entry in enumerate(entries)},
            asked,
            folded,
            normal,
            weights,
            _block(range(len(entries)), folded, normal, weights, tools.guards),
            days=_days(entries),
            answers=_answers(entries),
        )

    @property
    def size(self) -> int:
        """How many variants it holds."""
        return sum(map(len, self.asked))

    def search(
        self, query: Query, limit: int, intents: Collection[str] | None, alive: NDArray[np.bool_] | None, guards: Guards
    ) -> list[tuple[float, int, int]]:
        """Score, position of the entry, number of its question; in no order; see `Block.search`."""
        block: Block | InvertedBlock | None = self.block
        if intents is not None and len(intents) == 1:
            block = self._narrow(next(iter(intents)), guards)
        elif intents is not None:
            fits = self._fits(intents)
            alive = fits if alive is None else alive & fits
        if block is None:
            return []
        return block.search(query, limit, alive, guards)

    def on(self, day: date) -> NDArray[np.bool_] | None:
        """For each entry whether it holds on a day; None when all do."""
        if self.days is None:
            return None
        number = day.toordinal()
        holds: NDArray[np.bool_] = (self.days[0] <= number) & (number <= self.days[1])
        return holds

    def _fits(self, intents: Collection[str]) -> NDArray[np.bool_]:
        """For each entry whether it may answer one of some intents."""
        fits = self.answers.get(_ANY, np.zeros(len(self.entries), np.bool_)).copy()
        for intent in intents:
            if intent in self.answers:
                fits |= self.answers[intent]
        return fits

    def _narrow(self, intent: str, guards: Guards) -> Block | InvertedBlock | None:
        """The block of the entries that may answer an intent; None when there is none."""
        if intent not in self.narrow:
            places = [place for place, entry in enumerate(self.entries) if not entry.intents or intent in entry.intents]
            made = _block(places, self.folded, self.normal, self.weights, guards) if places else None
            self.narrow[intent] = made
        return self.narrow[intent]


def _variants(entry: FaqEntry, tools: Tools) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    if not entry.questions:
        raise ValueError(f"the FAQ entry {entry.id!r} has no question; give it at least one")
    found: dict[str, tuple[str, str, str]] = {}
    for question in entry.questions:
        normal = tools.normal(question).lower()
        found.setdefault(plain(normal), (question, tools.folder.fold(normal), normal))
    asked, folded, normals = zip(*found.values(), strict=True)
    return asked, folded, normals


def _block(
    places: Iterable[int],
    folded: Sequence[tuple[str, ...]],
    normal: Sequence[tuple[str, ...]],
    weights: Weights,
    guards: Guards,
) -> Block | InvertedBlock:
    chosen = list(places)
    counts = [len(folded[place]) for place in chosen]
    texts = [text for place in chosen for text in folded[place]]
    normals = [text for place in chosen for text in normal[place]]
    if len(texts) > LARGE:
        return InvertedBlock.build(chosen, counts, texts, normals, weights)
    return Block.build(chosen, counts, texts, normals, weights, guards)


def _answers(entries: Sequence[FaqEntry]) -> dict[str, NDArray[np.bool_]]:
    found: dict[str, NDArray[np.bool_]] = {}
    for place, entry in enumerate(entries):
        for intent in entry.intents or (_ANY,):
            found.setdefault(intent, np.zeros(len(entries), np.bool_))[place] = True
    return found


def _days(entries: Sequence[FaqEntry]) -> NDArray[np.int64] | None:
    if not any(entry.valid_from or entry.valid_until for entry in entries):
        return None
    first = [entry.valid_from.toordinal() if entry.valid_from else 0 for entry in entries]
    last = [entry.valid_until.toordinal() if entry.valid_until else _EVER for entry in entries]
    return np.array([first, last], np.int64)
