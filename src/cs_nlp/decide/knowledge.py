"""What the knowledge base says to an understood message: the entry, the answer, the questions to ask back."""

from __future__ import annotations

from collections.abc import Mapping

from cs_nlp.decide.session import Session
from cs_nlp.faq import FaqEntry, FaqIndex, render
from cs_nlp.types import FaqHit, Message, Option, Understanding
from cs_nlp.understand.taxonomy import Taxonomy

FLOOR = 0.45
"""Below this likeness the general answer of the intent is better than the nearest special one."""


class Knowledge:
    """The knowledge base as decisions use it; immutable.

    Args:
        index: The entries.
        settings: Values of the slots in answers.
        taxonomy: Names of the intents.
    """

    def __init__(self, index: FaqIndex, settings: Mapping[str, str], taxonomy: Taxonomy) -> None:
        self.index = index
        self._settings = dict(settings)
        self._taxonomy = taxonomy
        self._kept: dict[str, tuple[FaqEntry, str | None]] = {}
        self._general = {
            entry.intents[0]: entry for entry in reversed(index.entries()) if "general" in entry.tags and entry.intents
        }

    def find(self, message: Message, understanding: Understanding) -> FaqHit | None:
        """The entry to answer with: the nearest one of the best intent, or its general one."""
        intent = understanding.intents[0].id
        found = self.index.search(message.text, k=1, intents=(intent,), normal=True)
        if found and found[0].score >= FLOOR:
            return found[0]
        general = self._general.get(intent)
        if general is not None:
            return FaqHit(general.id, found[0].score if found else 0.0, general.questions[0])
        return found[0] if found else None

    def entry(self, entry_id: str) -> FaqEntry | None:
        """An entry; None when it was deleted or disabled since it was found."""
        try:
            entry = self.index.entry(entry_id)
        except KeyError:
            return None
        return entry if entry.enabled else None

    def answer(self, hit: FaqHit, message: Message, session: Session | None = None) -> str | None:
        """What the customer is told; None when a slot of every answer stays empty, or the entry is gone by now.

        Args:
            hit: The entry.
            message: The message.
            session: The conversation, for values given earlier and the customer's tier and channel.
        """
        entry = self.entry(hit.entry_id)
        if entry is None:
            return None
        given = {entity.type: entity.value for entity in reversed(message.entities)}
        if session is None:
            return render(entry, {**given, **self._settings}) if given else self._usual(entry)
        given = {**dict(session.entities), **given}
        channel, tier = session.known("channel") or None, session.known("tier") or None
        if not (given or channel or tier):
            return self._usual(entry)
        return render(entry, {**given, **self._settings}, channel, tier)

    def _usual(self, entry: FaqEntry) -> str | None:
        """What an entry says to a customer of whom nothing is known; kept, for that are most."""
        kept = self._kept.get(entry.id)
        if kept is None or kept[0] is not entry:
            kept = self._kept[entry.id] = entry, render(entry, self._settings)
        return kept[1]

    def general(self, understanding: Understanding) -> FaqHit | None:
        """The general entry of the best intent, without a search."""
        entry = self._general.get(understanding.intents[0].id)
        return FaqHit(entry.id, 0.0, entry.questions[0]) if entry is not None else None

    def likely(self, message: Message, intent: str) -> Option | None:
        """The entry of an intent that a message comes close to, as a choice; None when there is only the general one.

        Args:
            message: The message.
            intent: The intent.
        """
        found = self.index.search(message.text, k=1, intents=(intent,), normal=True)
        if not found or found[0].score < FLOOR:
            return None
        entry = self.entry(found[0].entry_id)
        if entry is None or "general" in entry.tags:
            return None
        return Option(entry.questions[0], intent, entry.id)

    def chosen(self, faq: str) -> FaqHit | None:
        """An entry that the customer chose; None when it is gone since it was offered."""
        entry = self.entry(faq)
        return FaqHit(faq, 1.0, entry.questions[0]) if entry is not None else None

    def option(self, intent: str) -> Option:
        """An intent as a choice."""
        general = self._general.get(intent)
        return Option(self._taxonomy.name(intent), intent, general.id if general is not None else None)
