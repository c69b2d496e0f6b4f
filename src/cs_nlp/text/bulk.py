"""The normal forms of many short texts at once: what nearly all of them need is done to whole blocks of them.

Blocks are texts in lines. A text that needs more than its characters replaced one for one is normalized by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from cs_nlp.text.characters import has_unusual, replace_one_for_one
from cs_nlp.text.normalize import EVASIONS, MAX_CHARACTERS, normalize
from cs_nlp.text.traditional import simplify_all

_BLOCK = 4096
_FEW = 32  # texts for which blocks do not pay
_EVASION = re.compile("|".join(EVASIONS))
_BREAK, _BLANK = ord("\n"), ord(" ")


def normalize_all(raws: Sequence[str]) -> list[str]:
    """The normal form of each text, the same as `normalize` gives.

    >>> normalize_all(["请問　這個什麼時候發貨？？？？？😭", "怎么退货", " tui款 "])
    ['请问 这个什么时候发货???[哭]', '怎么退货', '退款']
    """
    if len(raws) < _FEW:
        return [normalize(raw).text for raw in raws]
    found: list[str] = []
    for at in range(0, len(raws), _BLOCK):
        found += _normal_block(raws[at : at + _BLOCK])
    return found


def _normal_block(raws: Sequence[str]) -> list[str]:
    joined = "\n".join(raws)
    if joined.count("\n") >= len(raws):  # a line break in a text; its normal form is a blank
        joined = "\n".join([raw.replace("\n", " ") for raw in raws])
    lines = replace_one_for_one(joined).split("\n")
    for place, line in enumerate(lines):
        if has_unusual(line) or len(line) > MAX_CHARACTERS:
            lines[place] = normalize(raws[place]).text
    lines = simplify_all(lines)
    for place in _unsettled(lines):
        lines[place] = normalize(raws[place]).text
    return lines


def _unsettled(lines: Iterable[str]) -> set[int]:
    """Which lines may hold a bracket code, blanks too many, a character repeated too often or an evasion."""
    text = "\n".join(("", *lines, ""))
    codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
    same = codes[1:] == codes[:-1]
    blank, line_break = codes == _BLANK, codes == _BREAK
    gap = blank | line_break
    marks = (codes == ord("[")) | (codes == ord("#"))
    marks[:-1] |= blank[:-1] & gap[1:]
    marks[1:] |= blank[1:] & gap[:-1]
    marks[:-3] |= same[2:] & same[1:-1] & same[:-2]
    marks[[match.start() for match in _EVASION.finditer(text)]] = True
    marks &= ~line_break
    return set((np.searchsorted(line_break.nonzero()[0], marks.nonzero()[0]) - 1).tolist())
