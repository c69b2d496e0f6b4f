"""Hidden needs: what an FAQ entry wants to know, asked once each, and what the customer answered."""

from __future__ import annotations

from collections.abc import Iterator

from cs_nlp.decide.choices import slot_types
from cs_nlp.decide.clarify import Clarify
from cs_nlp.decide.turned import Turned
from cs_nlp.faq import FaqEntry
from cs_nlp.types import Message, OpenQuestion

GAVE_INFO, MORE_TO_ASK = "gave_info", "more_to_ask"


class FollowUps:
    """The questions of entries with what they ask for, kept, for an entry that answers does so often.

    Args:
        clarify: Which words of a question ask for which value.
    """

    def __init__(self, clarify: Clarify) -> None:
        self._clarify = clarify
        self._kept: dict[str, tuple[FaqEntry, tuple[OpenQuestion, ...]]] = {}
        self._named: dict[str, tuple[str, ...]] = {}

    def of(self, entry: FaqEntry) -> tuple[OpenQuestion, ...]:
        """The questions of an entry, in order."""
        kept = self._kept.get(entry.id)
        if kept is None or kept[0] is not entry:
            kept = self._kept[entry.id] = entry, _questions(entry, self._clarify)
        return kept[1]

    def asked_in(self, answer: str, question: OpenQuestion) -> bool:
        """Whether an answer asks already for what a question asks for."""
        named = self._named.get(question.text)
        if named is None:
            named = self._named[question.text] = self._clarify.named_in(question.text)
        return any(word in answer for word in named) if named else False


def _questions(entry: FaqEntry, clarify: Clarify) -> tuple[OpenQuestion, ...]:
    return tuple(OpenQuestion(text, (), clarify.slot_of(text), entry.id) for text in entry.follow_ups)


def open_follow_ups(entry: FaqEntry | None, turned: Turned, clarify: Clarify) -> Iterator[OpenQuestion]:
    """The questions of an entry that neither an answer nor a value in the conversation has settled.

    Args:
        entry: The entry, or None.
        turned: The message and the conversation before it.
        clarify: Which words of a question ask for which value.
    """
    if entry is not None:
        yield from (question for question in _questions(entry, clarify) if is_open(question, turned))


def is_open(question: OpenQuestion, turned: Turned) -> bool:
    """Whether neither an answer nor a value in the conversation has settled a question.

    Args:
        question: The question.
        turned: The message and the conversation before it.
    """
    session, entities = turned.session, turned.message.entities
    if session is not None and session.answers and any(asked == question.text for asked, _ in session.answers):
        return False
    types = slot_types(question.slot) if question.slot else ()
    if types and entities and any(entity.type in types for entity in entities):
        return False
    given = session.entities if session is not None and types else ()
    return not given or not any(kind in types for kind, _ in given)


def answers(message: Message, question: OpenQuestion) -> bool:
    """Whether a message answers a question, rather than only giving a value that was not asked for: an order number.

    Args:
        message: The message.
        question: What we asked last.
    """
    values = sum(entity.end - entity.start for entity in message.entities)
    return bool(question.slot) or values < len(message.text)
