"""The text with one sign instead of each value, so that 订单20481234567 and 订单30592345678 are the same to a model.

type | sign | type | sign | type | sign | type | sign
--- | --- | --- | --- | --- | --- | --- | ---
`order_card` | Ⓒ | `tracking_no` | Ⓚ | `order_id` | Ⓞ | `time` | Ⓣ
`product_id` | Ⓖ | `bank_card` | Ⓑ | `address` | Ⓐ | `size` | Ⓢ
`email` | Ⓔ | `phone` | Ⓟ | `name` | Ⓝ | `money` | Ⓜ
`link` | Ⓤ | `landline` | Ⓛ | `image` | Ⓥ | `duration` | Ⓗ
`tax_no` | Ⓧ | `id_card` | Ⓘ | `date` | Ⓓ | `quantity` | Ⓠ
`batch_no` | Ⓙ | | | | | |

Digits that belong to no value become ① (one digit), ② (two), ④ (three or four), ⑨ (five to nine), ⑩ (more), except
numbers that are words, such as 12315. None of the signs can stand in a normal text: it has A for Ⓐ and 1 for ①.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from cs_nlp.types import Message

PLACEHOLDERS: Mapping[str, str] = {
    "order_card": "Ⓒ",
    "product_id": "Ⓖ",
    "batch_no": "Ⓙ",
    "email": "Ⓔ",
    "link": "Ⓤ",
    "tax_no": "Ⓧ",
    "id_card": "Ⓘ",
    "tracking_no": "Ⓚ",
    "bank_card": "Ⓑ",
    "phone": "Ⓟ",
    "landline": "Ⓛ",
    "order_id": "Ⓞ",
    "address": "Ⓐ",
    "name": "Ⓝ",
    "image": "Ⓥ",
    "date": "Ⓓ",
    "time": "Ⓣ",
    "size": "Ⓢ",
    "money": "Ⓜ",
    "duration": "Ⓗ",
    "quantity": "Ⓠ",
}
"""The sign of each entity type."""

NUMBERS_THAT_ARE_WORDS = frozenset(
    {
        "12315",
        "12345",
        "12358",
        "12300",
        "96110",
        "110",
        "119",
        "120",
        "122",
        "315",
        "618",
        "666",
        "996",
        "404",
    }
)
"""Numbers that stay: hot lines, days of sale, slang."""

_CLASSES = (0, *"①②④④⑨⑨⑨⑨⑨")
_DIGITS = re.compile("[0-9]+")


class Skeleton(NamedTuple):
    """A text with signs instead of values.

    Attributes:
        text: The text.
        offsets: For each of its characters (and its end) the position in `Message.text`; None when both are the same.
    """

    text: str
    offsets: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in `Message.text`; a sign covers its whole value."""
        return (start, end) if self.offsets is None else (self.offsets[start], self.offsets[end])


def skeleton(message: Message, keep: Collection[str] = ()) -> Skeleton:
    """Replaces the values of a message, and the digits that are left.

    Args:
        message: A message as `read` returns it.
        keep: Entity types that stay text.

    Returns:
        The text with the way back.

    >>> from cs_nlp.text.reading import read
    >>> bones = skeleton(read("订单20481234567买了3天，iphone15，打12315"))
    >>> bones.text, bones.span(2, 3)
    ('订单Ⓞ买了Ⓗ,iphone②,打12315', (2, 13))
    """
    text, entities = message.text, message.entities
    if not entities and _DIGITS.search(text) is None:
        return Skeleton(text)
    parts: list[str] = []
    offsets: list[int] = []
    done = 0
    for entity in entities:
        if entity.type in PLACEHOLDERS and entity.type not in keep:
            _add(parts, offsets, text, done, entity.start)
            parts.append(PLACEHOLDERS[entity.type])
            offsets.append(entity.start)
            done = entity.end
    _add(parts, offsets, text, done, len(text))
    return Skeleton("".join(parts), (*offsets, len(text)))


def _add(parts: list[str], offsets: list[int], text: str, start: int, end: int) -> None:
    """Adds the text from `start` to `end`, its digits as signs."""
    for match in _DIGITS.finditer(text, start, end):
        if match[0] not in NUMBERS_THAT_ARE_WORDS:
            size = match.end() - match.start()
            parts += text[start : match.start()], _CLASSES[size] if size < len(_CLASSES) else "⑩"
            offsets += range(start, match.start() + 1)
            start = match.end()
    parts.append(text[start:end])
    offsets += range(start, end)
