"""The forms of an entry's questions that the search compares; the compiled knowledge base brings them along."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from cs_nlp.faq.entries import FaqEntry, Forms, plain
from cs_nlp.faq.fold import Folder, folder
from cs_nlp.faq.guards import Guards, guards
from cs_nlp.resources import packaged
from cs_nlp.text.bulk import normalize_all
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
    return all_forms((entry,))[0]


def all_forms(entries: Sequence[FaqEntry]) -> list[Forms]:
    """The forms of each entry, as of `forms_of`; new ones are made together, which is much quicker.

    Raises:
        ValueError: If an entry has no question.
    """
    brought = [entry.forms if entry.forms and entry.forms.source == entry.questions else None for entry in entries]
    missing = [entry for entry, forms in zip(entries, brought, strict=True) if forms is None]
    for entry in missing:
        if not entry.questions:
            raise ValueError(f"the FAQ entry {entry.id!r} has no question; give it at least one")
    made = _made([entry.questions for entry in missing])
    return [forms or next(made) for forms in brought]


def make_forms(questions: tuple[str, ...]) -> Forms:
    """Reads questions.

    >>> make_forms(("请问怎么退钱？", "怎么退款")).folded
    ('怎退款', '怎退款')
    """
    return next(_made([questions]))


def _made(asked: Sequence[tuple[str, ...]]) -> Iterator[Forms]:
    """The forms of each group of questions."""
    normals = [text.lower() for text in normalize_all([question for questions in asked for question in questions])]
    plains = [text if text.isalnum() else plain(text) for text in normals]
    folded = [*map(folder().words, normals)]
    end = 0
    for questions in asked:
        start, end = end, end + len(questions)
        mine = plains[start:end]
        if len({*mine}) == len(mine):
            yield Forms(questions, questions, tuple(folded[start:end]), tuple(normals[start:end]))
        else:
            firsts = {text: place for place, text in reversed([*enumerate(mine)])}
            kept = sorted(firsts.values())
            yield Forms(
                questions,
                tuple([questions[place] for place in kept]),
                tuple([folded[start + place] for place in kept]),
                tuple([normals[start + place] for place in kept]),
            )


def forms_digest() -> str:
    """Names the way forms are made now; stored forms of another digest are void."""
    return hashlib.sha256(_VERSION + packaged("faq_synonyms.yaml").read_bytes()).hexdigest()[:16]


def _normal(text: str) -> str:
    return normalize(text).text
