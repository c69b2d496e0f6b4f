"""Further features of a text that are tried by tries.py: sounds, radicals, kinds of characters, beginnings and ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache


@cache
def syllable(character: str) -> str:
    """The pinyin of a character; needs `pip install pypinyin`."""
    from pypinyin import Style, pinyin

    return str(pinyin(character, style=Style.NORMAL, errors=lambda text: text)[0][0])


@cache
def radical(character: str) -> str:
    """The radical of a character, else its kind; needs `pip install cnradical`."""
    from cnradical import Radical, RunOption

    return Radical(RunOption.Radical).trans_ch(character) or kind(character)


def kind(character: str) -> str:
    """Han, digit, letter, blank or mark."""
    if "一" <= character <= "鿿":
        return "H"
    if character.isdigit():
        return "D"
    if character.isalpha():
        return "L"
    return "S" if character.isspace() else "M"


def grams(parts: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """Runs of neighbours, joined."""
    return [" ".join(parts[i : i + size]) for size in sizes for i in range(len(parts) - size + 1)]


def pinyin_grams(text: str) -> list[str]:
    """Syllables: two and three in a row."""
    return grams([syllable(character) for character in text[:300]], (2, 3))


def radical_grams(text: str) -> list[str]:
    """Radicals: two and three in a row."""
    return grams([radical(character) for character in text[:300]], (2, 3))


def kind_runs(text: str) -> list[str]:
    """Runs of Han, digits, letters and marks with their lengths, alone and three in a row."""
    runs = [(match.group(0)[0], len(match.group(0))) for match in re.finditer(r"H+|D+|L+|S+|M+", _kinds(text))]
    named = [f"{name}{min(length, 9)}" for name, length in runs]
    return grams(named, (1, 2, 3))


def _kinds(text: str) -> str:
    return "".join(map(kind, text[:300]))


def affixes(text: str) -> list[str]:
    """How a message and its clauses begin and end, two to five characters."""
    found = []
    for place, part in [("", text), *(("c", clause) for clause in re.split(r"[ ,。!?;]+", text) if clause)]:
        found += [f"{place}<{part[:size]}" for size in (2, 3, 4, 5)] + [
            f"{place}>{part[-size:]}" for size in (2, 3, 4, 5)
        ]
    return found


def long_grams(text: str) -> list[str]:
    """Four characters in a row."""
    return grams(list(f"^{text[:300]}$"), (4,))
