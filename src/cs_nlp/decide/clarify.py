"""Asking back: one short question, never the same twice in a conversation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from cs_nlp.decide.choices import slot_types
from cs_nlp.resources import Faults, Node, packaged, read_yaml
from cs_nlp.types import OpenQuestion, Option


@dataclass(frozen=True)
class Clarify:
    """The questions; immutable.

    >>> clarify = Clarify.default()
    >>> clarify.missing("damaged", ["order_id"])
    ('image',)
    >>> clarify.ask_for(("order_id", "image"), said=[slot_key("order_id")]).text
    '方便的话请发一下能看清问题的照片。'
    """

    questions: tuple[str, ...]
    open: tuple[str, ...]
    none_fits: str
    noted: tuple[str, ...]
    slots: Mapping[str, str]
    asking: str
    needs: Mapping[str, tuple[str, ...]]
    named: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def default(cls) -> Clarify:
        """The packaged questions."""
        return _default()

    @classmethod
    def from_yaml(cls, file: Traversable | Path) -> Clarify:
        """Reads a file of questions.

        Raises:
            DataFileError: If the file has faults; all are listed.
        """
        faults = Faults()
        clarify = _parse(read_yaml(file, faults))
        faults.check()
        return clarify

    def ask(self, options: tuple[Option, ...], said: Collection[str], *, unsure: bool) -> OpenQuestion | None:
        """Asks which of the options is meant.

        Args:
            options: The choices.
            said: Questions that were asked before; a question with the same choices counts, however it is worded.
            unsure: Whether there is no good idea what is meant; then the question is open.

        Returns:
            The question; None when every question was asked before.
        """
        if not unsure and options_key(options) not in said:
            text = next((text for text in self.questions if text not in said), None)
            if text is not None:
                return OpenQuestion(text, options)
        text = next((text for text in self.open if text not in said), None)
        return OpenQuestion(text, options) if text is not None else None

    def missing(self, intent: str, given: Iterable[str]) -> tuple[str, ...]:
        """Slots that a desk needs for an intent and that were not given.

        Args:
            intent: What the customer wants.
            given: Entity types that were given.
        """
        needed = self.needs.get(intent)
        if not needed:
            return ()
        found = set(given)
        return tuple([slot for slot in needed if found.isdisjoint(slot_types(slot))])

    def named_in(self, question: str) -> tuple[str, ...]:
        """The words of a question that say which value it asks for."""
        return tuple(word for word in self.named if word in question)

    def slot_of(self, question: str) -> str:
        """The entity type that a question asks for; empty when any words may answer it.

        >>> Clarify.default().slot_of("方便提供订单号吗？"), Clarify.default().slot_of("是怎么洗的？")
        ('order_id', '')
        """
        return next((slot for word, slot in self.named.items() if word in question), "")

    def note(self, said: Collection[str]) -> str:
        """What is said when an answer was noted and the next question follows; empty when all was said before."""
        return next((text for text in self.noted if text not in said), "")

    def ask_for(self, slots: Iterable[str], said: Collection[str]) -> OpenQuestion | None:
        """Asks in one question for all slots that were not asked for before; None when there is none.

        Args:
            slots: Entity types.
            said: What was said before, with the `slot_key` of what was asked for.
        """
        wanted = [slot for slot in slots if slot in self.slots and slot_key(slot) not in said]
        if not wanted:
            return None
        return OpenQuestion(
            self.asking.replace("{slots}", "、".join(self.slots[slot] for slot in wanted)), (), wanted[0]
        )


def slot_key(slot: str) -> str:
    """What a value that was asked for is remembered by."""
    return f"?{slot}"


def options_key(options: tuple[Option, ...]) -> str:
    """What a list of choices is remembered by: their intents, or their entries when all are of one intent.

    >>> options_key((Option("退货", "return_apply"), Option("换货", "exchange")))
    '?exchange|return_apply'
    """
    intents = {option.intent for option in options}
    return "?" + "|".join(sorted(intents if len(intents) == len(options) else {o.faq or o.text for o in options}))


@lru_cache(maxsize=1)
def _default() -> Clarify:
    return Clarify.from_yaml(packaged("clarify.yaml"))


def _parse(top: Node) -> Clarify:
    top.only("version", "questions", "open", "none_fits", "noted", "slots", "ask", "named", "needs")
    slots_node = top.child("slots")
    slots = {name: slots_node.text(name) for name in slots_node}
    asking = top.text("ask")
    if asking.count("{slots}") != 1:
        top.fail("ask", "{slots} must stand in it once")
    needs: dict[str, tuple[str, ...]] = {}
    for node in top.nodes("needs"):
        node.only("intents", "slots")
        wanted = node.texts("slots", among=tuple(slots))
        for intent in node.texts("intents"):
            if intent in needs:
                node.fail("intents", f"{intent!r} stands twice; keep one")
            needs[intent] = wanted
    named = top.child("named")
    for key in ("questions", "open"):
        if not top.texts(key):
            top.fail(key, "at least one question is needed")
    return Clarify(
        top.texts("questions"),
        top.texts("open"),
        top.text("none_fits"),
        top.texts("noted"),
        slots,
        asking,
        needs,
        {word: named.text(word) for word in named},
    )
