"""A customer's text becomes a `Message`: the first step of everything."""

from __future__ import annotations

from cs_nlp.text.entities import find_entities
from cs_nlp.text.normalize import normalize
from cs_nlp.types import Message


def read(raw: str) -> Message:
    """Reads a text: its normal form, the values in it, and what was odd about it.

    Args:
        raw: Any text. Nothing in it makes this fail.

    Returns:
        The message; its note `empty` says that nothing is left of the text.

    Raises:
        TypeError: If `raw` is not a `str`.

    >>> message = read("我要退２件，打138 0000 1234")
    >>> message.text, [(entity.type, entity.value) for entity in message.entities]
    ('我要退2件,打138 0000 1234', [('quantity', '2件'), ('phone', '13800001234')])
    >>> read(" \u200b").notes
    ('control_characters', 'empty')
    """
    if not isinstance(raw, str):
        raise TypeError(f"a message must be a str, found {type(raw).__name__}")
    normal = normalize(raw)
    notes = normal.notes if normal.text else (*normal.notes, "empty")
    return Message(raw, normal.text, normal.offsets, find_entities(normal.text), notes)
