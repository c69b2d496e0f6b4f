"""Hidden needs: what an FAQ entry wants to know, asked once each, and what the customer answered."""

from __future__ import annotations

from collections.abc import Iterator

from cs_nlp.decide.choices import slot_types
from cs_nlp.decide.clarify import Clarify
from cs_nlp.decide.turned import Turned
from cs_nlp.faq import FaqEntry
from cs_nlp.types import Message, OpenQuestion

GAVE_INFO, MORE_TO_ASK = "gave_info", "more_to_ask"


def open_follow_ups(entry: FaqEntry | None, turned: Turned, clarify: Clarify) -> Iterator[OpenQuestion]:
    """The questions of an entry that neither an answer nor a value in the conversation has settled.

    Args:
        entry: The entry, or None.
        turned: The message and the conversation before it.
        clarify: Which words of a question ask for which value.
    """
    if entry is None or not entry.follow_ups:
        return
    session = turned.session
    answered = [asked for asked, _ in session.answers] if session is not None else ()
    for text in entry.follow_ups:
        if text not in answered:
            slot = clarify.slot_of(text)
            if not slot or not _is_given(slot, turned):
                yield OpenQuestion(text, (), slot, entry.id)


def _is_given(slot: str, turned: Turned) -> bool:
    """Whether this message or an earlier one gave what fills a slot."""
    types = slot_types(slot)
    if any(entity.type in types for entity in turned.message.entities):
        return True
    return turned.session is not None and any(kind in types for kind, _ in turned.session.entities)


def answers(message: Message, question: OpenQuestion) -> bool:
    """Whether a message answers a question, rather than only giving a value that was not asked for: an order number.

    Args:
        message: The message.
        question: What we asked last.
    """
    values = sum(entity.end - entity.start for entity in message.entities)
    return bool(question.slot) or values < len(message.text)
