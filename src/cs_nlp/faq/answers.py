"""From an answer back to the questions that lead to it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cs_nlp.faq.entries import FaqEntry

_SLOT = re.compile(r"\{[^{}]*\}")


def questions_for(entries: Iterable[FaqEntry], answer: str) -> dict[str, tuple[str, ...]]:
    """All questions that lead to an answer.

    Args:
        entries: The knowledge base.
        answer: The answer, as written or as a customer saw it, with its slots filled.

    Returns:
        By id of each entry that gives this answer (to anybody, in any channel) its questions, the standard one first.

    Examples:
        >>> entry = FaqEntry("fee", ("运费多少", "邮费多少"), "满 {free} 元包邮")
        >>> questions_for([entry], "满 59 元包邮") == questions_for([entry], "满 {free} 元包邮") == {"fee": ("运费多少", "邮费多少")}
        True
    """
    wanted = answer.strip()
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        if any(_says(text, wanted) for text in (entry.answer, *(one.text for one in entry.answers))):
            found[entry.id] = entry.questions
    return found


def _says(text: str, wanted: str) -> bool:
    """Whether a text is the one wanted, something standing in each of its slots."""
    if text.strip() == wanted:
        return True
    first, *parts = _SLOT.split(text.strip())
    if not parts or not wanted.startswith(first) or not wanted.endswith(parts[-1]):
        return False
    place = len(first)
    for part in parts[:-1]:
        place = wanted.find(part, place + 1)
        if place < 0:
            return False
        place += len(part)
    return place < len(wanted) - len(parts[-1])
