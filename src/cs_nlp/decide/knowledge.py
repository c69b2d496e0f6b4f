"""What the knowledge base says to an understood message: the entry, the answer, the questions to ask back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from cs_nlp.decide.scope import Scope
from cs_nlp.decide.session import Session
from cs_nlp.errors import EngineError
from cs_nlp.faq import FaqEntry, render, slots_of
from cs_nlp.faq.guards import guards
from cs_nlp.types import FaqHit, Message, Option, Understanding
from cs_nlp.understand.taxonomy import Taxonomy

if TYPE_CHECKING:
    from cs_nlp.faq.retriever import Retriever

FLOOR = 0.3
"""From this score on a special entry may answer; below it the general one of the intent is right more often."""

MARGIN = 0.18
"""A special entry that leads the next one by less is right too seldom: the general one answers."""

OFFERED = 0.45
"""From this score on a special entry is worth offering to the customer as a choice."""

CLOSE = 0.05
"""Special entries nearer to each other than this, each of which is worth offering, are for the customer to choose between."""

_NEAR = 0.35
"""Likeness below which no special entry answers: there the general one of the intent fits as often, and is at hand."""

_EXACT = 0.99
_MOST = 5  # as many choices as a policy can offer
_DEEP = 10
_VALUES = frozenset(
    """order_card order_id tracking_no product_id link email phone landline address name tax_no id_card bank_card
    image""".split()
)
"""Entity types whose values say nothing about what is asked."""


class Found(NamedTuple):
    """What a search gave.

    Attributes:
        hit: The entry to answer with, or None.
        close: Entries too close to each other to tell which is meant, best first; empty when it is clear.
    """

    hit: FaqHit | None
    close: tuple[FaqHit, ...] = ()


class Knowledge:
    """The knowledge base as decisions use it; immutable.

    Args:
        index: What finds the entries.
        settings: Values of the slots in answers.
        taxonomy: Names of the intents.
        entries: The entries, of which the general ones are kept at hand.
    """

    def __init__(
        self, index: Retriever, settings: Mapping[str, str], taxonomy: Taxonomy, entries: Iterable[FaqEntry]
    ) -> None:
        self.index = index
        self._settings = dict(settings)
        self._taxonomy = taxonomy
        self._guards = guards()
        self._declinable = self._guards.declinable
        self._declined: dict[str, Collection[str]] = {}
        self._kept: dict[str, tuple[FaqEntry, str | None, bool]] = {}
        self._generals: dict[str, list[tuple[FaqEntry, bool]]] = {}  # with whether it holds for all and always
        for entry in entries:
            if "general" in entry.tags and entry.intents and entry.enabled:
                limited = entry.valid_from or entry.valid_until or entry.shops or entry.products
                self._generals.setdefault(entry.intents[0], []).append((entry, not limited))

    def find(self, message: Message, understanding: Understanding, scope: Scope | None = None) -> Found:
        """The entry to answer with: the nearest one of the best intent when it is clearly the nearest, or its general one.

        Args:
            message: The message.
            understanding: What it means.
            scope: For whom and when the entry must hold.
        """
        intent, scope = understanding.intents[0].id, scope or Scope()
        if intent in self._declinable and intent in self._guards.declined(message.text.lower()):
            return self._declining(message, intent, scope)
        hits = self._hits(message, intent, 2, scope)
        close: tuple[FaqHit, ...] = ()
        if hits and hits[0].score >= FLOOR:
            if hits[0].score >= _EXACT or len(hits) < 2 or hits[1].score <= hits[0].score - MARGIN:
                return Found(hits[0])
            if hits[1].score >= OFFERED and hits[1].score > hits[0].score - CLOSE:
                close = self._close(message, intent, scope)
        general = self._general(intent, scope)
        if general is not None:
            return Found(FaqHit(general.id, hits[0].score if hits else 0.0, general.questions[0]), close)
        return Found(hits[0] if hits else None, close)

    def entry(self, entry_id: str) -> FaqEntry | None:
        """An entry; None when it was deleted or disabled since it was found."""
        try:
            entry = self.index.entry(entry_id)
        except KeyError:
            return None
        except EngineError:
            return next((one for some in self._generals.values() for one, _ in some if one.id == entry_id), None)
        return entry if entry.enabled else None

    def answer(self, hit: FaqHit, message: Message, session: Session | None = None) -> str | None:
        """What the customer is told; None when a slot of every answer stays empty, or the entry is gone by now.

        Args:
            hit: The entry.
            message: The message.
            session: The conversation, for values given earlier and the customer's tier and channel.
        """
        entry = self.entry(hit.entry_id)
        return self.answer_of(entry, message, session) if entry is not None else None

    def answer_of(self, entry: FaqEntry, message: Message, session: Session | None = None) -> str | None:
        """What the customer is told by an entry; arguments as of `answer`."""
        usual, changes = self._usual(entry)
        channel = tier = None
        if session is not None and session.customer:
            channel, tier = session.known("channel") or None, session.known("tier") or None
        given = _given(message, session) if changes or channel or tier else {}
        if not (given or channel or tier):
            return usual
        return render(entry, {**given, **self._settings}, channel, tier)

    def _usual(self, entry: FaqEntry) -> tuple[str | None, bool]:
        """What an entry says to a customer of whom nothing is known, and whether values he gives can change that; kept."""
        kept = self._kept.get(entry.id)
        if kept is None or kept[0] is not entry:
            texts = (entry.answer, *(answer.text for answer in entry.answers))
            changes = any(slot not in self._settings for text in texts for slot in slots_of(text))
            kept = self._kept[entry.id] = entry, render(entry, self._settings), changes
        return kept[1:]

    def general(self, understanding: Understanding, scope: Scope | None = None) -> FaqHit | None:
        """The general entry of the best intent, without a search."""
        entry = self._general(understanding.intents[0].id, scope or Scope())
        return FaqHit(entry.id, 0.0, entry.questions[0]) if entry is not None else None

    def likely(self, message: Message, intent: str, scope: Scope | None = None) -> Option | None:
        """The entry of an intent that a message comes close to, as a choice; None when there is only the general one.

        Args:
            message: The message.
            intent: The intent.
            scope: For whom and when the entry must hold.
        """
        found = self._search(message, intent, 1, scope or Scope())
        if not found or found[0].score < OFFERED or self._is_general(found[0]):
            return None
        return self.choice(found[0], intent)

    def choice(self, hit: FaqHit, intent: str) -> Option | None:
        """An entry as a choice, called by its standard question; None when it is gone.

        Args:
            hit: The entry.
            intent: The intent that choosing it means.
        """
        entry = self.entry(hit.entry_id)
        return Option(entry.questions[0], intent, entry.id) if entry is not None else None

    def chosen(self, faq: str) -> FaqHit | None:
        """An entry that the customer chose; None when it is gone since it was offered."""
        entry = self.entry(faq)
        return FaqHit(faq, 1.0, entry.questions[0]) if entry is not None else None

    def option(self, intent: str) -> Option:
        """An intent as a choice."""
        general = self._general(intent, Scope())
        return Option(self._taxonomy.name(intent), intent, general.id if general is not None else None)

    def _search(self, message: Message, intent: str, k: int, scope: Scope, least: float = 0.0) -> list[FaqHit]:
        try:
            return self.index.search(
                asked(message), k, (intent,), scope.at, normal=True, shop=scope.shop, product=scope.product, least=least
            )
        except EngineError:  # general entries are at hand without the engine
            return []

    def _hits(self, message: Message, intent: str, k: int, scope: Scope) -> list[FaqHit]:
        """The best hits but those that only say what is said to who declines the matter."""
        hits = self._search(message, intent, k, scope, _NEAR)
        if intent in self._declinable and any(self._declines(hit, intent) for hit in hits):
            hits = self._search(message, intent, k + _DEEP, scope)
            hits = [hit for hit in hits if not self._declines(hit, intent)][:k]
        return hits

    def _declines(self, hit: FaqHit, intent: str) -> bool:
        """Whether the question of a hit declines the matter of an intent, such as 不用开发票."""
        declined = self._declined.get(hit.question)
        if declined is None:
            declined = self._declined[hit.question] = self._guards.declined(hit.question.lower())
        return intent in declined

    def _close(self, message: Message, intent: str, scope: Scope) -> tuple[FaqHit, ...]:
        """The hits too close to the best one, when all are special entries."""
        hits = self._hits(message, intent, _MOST, scope)
        near = [hit for hit in hits if hit.score >= OFFERED and hit.score > hits[0].score - CLOSE]
        return () if any(self._is_general(hit) for hit in near) else tuple(near)

    def _general(self, intent: str, scope: Scope) -> FaqEntry | None:
        for entry, free in self._generals.get(intent, ()):
            if free or scope.holds(entry):
                return entry
        return None

    def _declining(self, message: Message, intent: str, scope: Scope) -> Found:
        """Who says 不用开发票 gets what is said to that, never how to get an invoice."""
        hits = self._search(message, intent, _DEEP, scope)
        return Found(next((hit for hit in hits if self._declines(hit, intent)), None))

    def _is_general(self, hit: FaqHit) -> bool:
        entry = self.entry(hit.entry_id)
        return entry is not None and "general" in entry.tags


def _given(message: Message, session: Session | None) -> dict[str, str]:
    """The values that the customer gave, by type: the first of the message, otherwise the latest before it."""
    given = dict(session.entities) if session is not None else {}
    given.update({entity.type: entity.value for entity in reversed(message.entities)})
    return given


def asked(message: Message) -> str:
    """The text of a message without the values that say nothing about what is asked; all of it when nothing else is there.

    >>> from cs_nlp.text import read
    >>> asked(read("订单号20481234567，发票什么时候开"))
    '订单号 ,发票什么时候开'
    """
    parts, done = [], 0
    for entity in message.entities:
        if entity.type in _VALUES:
            parts.append(message.text[done : entity.start])
            done = entity.end
    if not done:
        return message.text
    left = " ".join((*parts, message.text[done:])).strip()
    return left if any(character.isalnum() for character in left) else message.text
