"""The normal form of one character, whatever stands beside it.

Because each character is judged alone, every character of the normal text comes from exactly one of the raw text, and
the normal form of a normal character is itself.

Punctuation goes to its ASCII form: `，？！：；（）【】` become `,?!:;()[]`, because customers mix both and mean the same. One
mark stays Chinese: `。` is not `.`, which also stands in 3.5 and in links.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from cs_nlp.text.emoji import UNKNOWN, emoji_table

_FULL_WIDTH = {chr(code): chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
_UPPER_CASE = {chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
_PUNCTUATION = dict(zip("、“”‘’「」『』【】〔〕￥—–－～〜", ',""\'\'""""[][]¥---~~', strict=True))
_PRONOUNS = {"妳": "你", "牠": "它", "祂": "他"}  # traditional forms that OpenCC leaves alone

ONE_FOR_ONE: Mapping[str, str] = _FULL_WIDTH | _UPPER_CASE | _PUNCTUATION | _PRONOUNS
"""Characters that are simply replaced by another one."""

_TO_REPLACE = re.compile(f"[{re.escape(''.join(ONE_FOR_ONE))}]")
USUAL = " ~\u4e00\u9fff。。《《》》··¥¥"
"""The first and the last of each range of characters that stay as they are."""
_RANGES = "".join(f"{first}-{last}" for first, last in zip(USUAL[::2], USUAL[1::2], strict=True))
_UNUSUAL = re.compile(f"[^{_RANGES}{re.escape(''.join(ONE_FOR_ONE))}]")

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_COMBINING = re.compile("[\u0300-\u036f\u0488\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_EMOJI_PART = re.compile("[\u200d\u20e3\u2640\u2642\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]")
_PICTURE = re.compile("[\U0001f000-\U0001faff]")


def has_unusual(raw: str) -> bool:
    """Whether a character needs more than `replace_one_for_one`.

    >>> has_unusual("你好，什么时候发货？"), has_unusual("你好😡")
    (False, True)
    """
    return _UNUSUAL.search(raw) is not None


def replace_one_for_one(raw: str) -> str:
    """The text in lower case and half-width punctuation, as long as before.

    >>> replace_one_for_one("ＸＬ码，Ｏｋ？")
    'xl码,ok?'
    """
    return _TO_REPLACE.sub(_replacement, raw)


def _replacement(match: re.Match[str]) -> str:
    return ONE_FOR_ONE[match[0]]


@functools.lru_cache(maxsize=4096)
def normal_form(character: str) -> str:
    r"""What one character becomes: nothing, one character or several.

    >>> [normal_form(character) for character in ("Ａ", "㎏", "①", "😡", "\u200b", "退")]
    ['a', 'kg', '1', '[生气]', '', '退']
    """
    marker = emoji_table().characters.get(character)
    if marker is not None:
        return marker
    return "".join(map(_normal_part, unicodedata.normalize("NFKC", character)))


def is_odd(character: str) -> bool:
    r"""Whether a character that became nothing is worth a note; parts of emoji and accents are not.

    >>> is_odd("\u200b"), is_odd("\ufe0f")
    (True, False)
    """
    return not _EMOJI_PART.match(character) and unicodedata.category(character) in _INVISIBLE


def _normal_part(character: str) -> str:
    if character in ONE_FOR_ONE:
        return ONE_FOR_ONE[character]
    if character.isspace():
        return " "
    if _COMBINING.match(character) or _EMOJI_PART.match(character):
        return ""
    if _PICTURE.match(character):
        return UNKNOWN
    category = unicodedata.category(character)
    if category == "Nd":  # ASCII for the digits of all scripts, so that one pattern finds all numbers
        return str(unicodedata.decimal(character))
    return "" if category in _INVISIBLE else character
