"""Clauses of a message: the parts that can each hold a wish of their own."""

from __future__ import annotations

import re

MAX_CLAUSES = 6
_WORDS = ("另外", "还有", "顺便", "而且", "但是", "不过", "然后", "再问", "对了")
"""Words that begin a clause."""
_WORD = 2
_MARKS = r"\s,.!?;:~…、。，！？；："
_HEADS = "".join(word[0] for word in _WORDS)
_BREAK = re.compile(
    rf"[{_MARKS}{_HEADS}](?:(?<=[{_MARKS}])[{_MARKS}]*|{'|'.join(f'(?<={word[0]}){word[1:]}' for word in _WORDS)})"
)
"""Marks, or a word. What a match may begin with stands first, so that the rest of a text is skipped fast."""


def clauses(text: str) -> list[tuple[int, int]]:
    """Where the clauses of a text are, `[start, end)`, at most six; the last one holds the rest.

    >>> [("你好,什么时候发货 另外开发票")[a:b] for a, b in clauses("你好,什么时候发货 另外开发票")]
    ['你好', '什么时候发货', '另外开发票']
    """
    found: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        if len(found) == MAX_CLAUSES - 1:
            break
        if match.start() > start:
            found.append((start, match.start()))
        start = match.start() if match[0] in _WORDS else match.end()
    if start < len(text):
        found.append((start, len(text)))
    return found


def long_clauses(text: str, shortest: int) -> list[tuple[int, int]]:
    """The clauses of at least so many characters, where there are two or more of them.

    >>> long_clauses("你好,什么时候发货", 4), long_clauses("什么时候发货 另外开发票", 4)
    ([], [(0, 6), (7, 12)])
    """
    if _BREAK.search(text, shortest, max(0, len(text) - shortest + _WORD)) is None:
        return []  # the usual case: nothing divides the text, or too near to its ends
    found = [(start, end) for start, end in clauses(text) if end - start >= shortest]
    return found if len(found) > 1 else []
