"""Whether a message answers the question we asked: an option by number or by words, yes, no, none of these, a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cs_nlp.types import Message, OpenQuestion, Option

_NUMBER = re.compile(r"[0-9]{1,2}")
_SPLIT = re.compile(r"[/、,，和与及 ]")
_LONGEST = 14
_MARKS = "?!.,。！？、，~ "

SLOT_TYPES: Mapping[str, tuple[str, ...]] = {
    "order_id": ("order_id", "order_card", "tracking_no"),
    "tracking_no": ("tracking_no", "order_id", "order_card"),
    "image": ("image",),
    "phone": ("phone",),
    "address": ("address",),
    "duration": ("duration", "date", "time"),
}
"""Entity types that fill a slot we asked for; other slots are filled by their own type."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a question was answered.

    Attributes:
        kind: `option`, `none` (no option fits), `value` (what was asked for is given).
        option: The option chosen, or None.
    """

    kind: str
    option: Option | None = None


@dataclass(frozen=True)
class ChoiceWords:
    """The words of choosing, see `context.yaml`.

    >>> words = ChoiceWords({"第二个": 2}, ("最后一个",), ("是的",), ("不是",), ("都不是",), "我要选的 ")
    >>> question = OpenQuestion("哪一种？", (Option("退货", "return_apply"), Option("换货", "exchange")))
    >>> words.read(Message("第二个", "第二个"), question).option.intent
    'exchange'
    """

    ordinals: Mapping[str, int]
    last: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    none: tuple[str, ...]
    filler: str

    def read(self, message: Message, question: OpenQuestion) -> Choice | None:
        """How a message answers a question; None when it does not.

        Args:
            message: What the customer wrote.
            question: What we asked.
        """
        if (
            question.slot
            and message.entities
            and any(entity.type in slot_types(question.slot) for entity in message.entities)
        ):
            return Choice("value")
        if len(message.text) > _LONGEST or not question.options:
            return None
        text = message.text.strip(_MARKS)
        core = text.strip(self.filler)
        if text in self.none or core in self.none:
            return Choice("none")
        option = self._numbered(text, core, question.options) or _named(text, core, question.options)
        if option is not None:
            return Choice("option", option)
        if text in self.no or (core and core in self.no):
            return Choice("none")
        if len(question.options) == 1 and text in self.yes:
            return Choice("option", question.options[0])
        return None

    def _numbered(self, text: str, core: str, options: tuple[Option, ...]) -> Option | None:
        if text in self.last or core in self.last:
            return options[-1]
        number = self.ordinals.get(text) or self.ordinals.get(core) or 0
        if not number and (match := _NUMBER.fullmatch(core)):
            number = int(match[0])
        return options[number - 1] if 1 <= number <= len(options) else None


def _named(text: str, core: str, options: tuple[Option, ...]) -> Option | None:
    """The only option whose words stand in the message, or in whose name the message stands."""
    found = []
    for option in options:
        words = [word for word in _SPLIT.split(option.text) if len(word) >= 2]
        if any(word in text for word in words) or (len(core) >= 2 and core in option.text):
            found.append(option)
    return found[0] if len(found) == 1 else None


def slot_types(slot: str) -> tuple[str, ...]:
    """Entity types that fill a slot.

    >>> slot_types("image"), slot_types("money")
    (('image',), ('money',))
    """
    return SLOT_TYPES.get(slot, (slot,))
