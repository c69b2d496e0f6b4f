"""The forms of an entry's questions that the search compares; the compiled knowledge base brings them along."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cs_nlp.faq.entries import FaqEntry, Forms, plain
from cs_nlp.faq.fold import Folder, folder
from cs_nlp.faq.guards import Guards, guards
from cs_nlp.resources import packaged
from cs_nlp.text.normalize import normalize

_VERSION = b"1"  # of how forms are made; a change makes stored ones void


@dataclass(frozen=True, slots=True, eq=False)
class Tools:
    """What reads questions: normal form, synonyms and guards."""

    normal: Callable[[str], str]
    folder: Folder
    guards: Guards


@cache
def tools() -> Tools:
    """The packaged tools, read once."""
    return Tools(_normal, folder(), guards())


def forms_of(entry: FaqEntry) -> Forms:
    """The forms an entry brings along, or new ones when it has none or other questions.

    Raises:
        ValueError: If the entry has no question.
    """
    if entry.forms is not None and entry.forms.source == entry.questions:
        return entry.forms
    if not entry.questions:
        raise ValueError(f"the FAQ entry {entry.id!r} has no question; give it at least one")
    return make_forms(entry.questions)


def make_forms(questions: tuple[str, ...]) -> Forms:
    """Reads questions.

    >>> make_forms(("请问怎么退钱？", "怎么退款")).folded
    ('怎退款', '怎退款')
    """
    found: dict[str, tuple[str, str]] = {}
    for question in questions:
        normal = normalize(question).text.lower()
        found.setdefault(normal if normal.isalnum() else plain(normal), (question, normal))
    asked, normals = zip(*found.values(), strict=True)
    return Forms(questions, questions if asked == questions else asked, tuple(map(folder().fold, normals)), normals)


def forms_digest() -> str:
    """Names the way forms are made now; stored forms of another digest are void."""
    return hashlib.sha256(_VERSION + packaged("faq_synonyms.yaml").read_bytes()).hexdigest()[:16]


def _normal(text: str) -> str:
    return normalize(text).text
