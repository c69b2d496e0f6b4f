"""Whether words of a message are meant: 我不是要投诉 does not threaten, 不退货了 does not ask for a return."""

from __future__ import annotations

import re

from cs_nlp.text.pattern import Pattern

_WINDOW = 7
_MARK = re.compile("[不没未别甭勿无懒谁非]")
_NEGATED = Pattern(
    r"(?:不是(?:来|要|想|说|为了|因为)?|并非|不(?:想|要|用|必|需要|打算|准备|考虑|至于|存在)|无需|无须|没(?:有|说|想|打算|要)?|没有(?:要|想|说)"
    r"|先不|暂不|从不|绝不|懒得|谁说)(?:再|去|来|给|帮|我|你|你们|有|任何|什么|这个|一直|要|想|说){0,2}$|[不没未别甭勿]再?$"
)
_NOT_NEGATION = Pattern(r"([一-鿿])[不没]\1|[要可得只差对么]不|不得不|不要不|不会不|不能不|非得?不|不仅|不光|不但")


def is_negated(text: str, start: int) -> bool:
    """Whether the words that begin at `start` stand in the scope of a negation.

    The scope is the few characters before, up to punctuation or white space. A question of the form 能不能, 要不要
    is no negation, nor is a refusal by somebody else (不给退, 不让退).

    Args:
        text: Normal text.
        start: Where the words begin.

    >>> is_negated("我不是要投诉", 4), is_negated("能不能退货", 3), is_negated("不给我退款", 3)
    (True, False, False)
    """
    if start == 0:
        return False
    low = max(0, start - _WINDOW)
    if _MARK.search(text, low, start) is None:
        return False
    before = text[low:start]
    for index in range(len(before) - 1, -1, -1):
        if not before[index].isalnum():
            before = before[index + 1 :]
            break
    found = _NEGATED.search(before)
    return found is not None and not _NOT_NEGATION.search(before, max(0, found.start() - 1))
