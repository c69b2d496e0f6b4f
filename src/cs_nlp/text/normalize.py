"""Raw text to its normal form, with the way back.

What is done, in this order (each step leaves its own result alone, so normalizing twice changes nothing):

1. Only the first 2,000 characters count (note `truncated`).
2. Every character gets its normal form (`cs_nlp.text.characters`): NFKC, half width, lower case, emoji to markers such
   as `[生气]`; control characters, zero-width characters and lone surrogates vanish (note `control_characters`).
3. Traditional characters become simplified ones (`cs_nlp.text.traditional`).
4. Bracket codes of chat programs become the markers of the same emoji; a marker said twice in a row stands once.
5. White space of any length becomes one blank; none at the ends.
6. Spellings that dodge a filter are undone, as listed in `EVASIONS` and nowhere else.
7. A character repeated more than three times stands three times; digits, Chinese ones too, are left alone:
   they are parts of numbers.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import NamedTuple

from cs_nlp.text.characters import ONE_FOR_ONE, USUAL, has_unusual, is_odd, normal_form, replace_one_for_one
from cs_nlp.text.emoji import UNKNOWN, emoji_table
from cs_nlp.text.traditional import TRADITIONAL, has_traditional, simplify

try:
    from cs_nlp.text._plain import Plain
except ImportError:  # not compiled
    Plain = None  # type: ignore[assignment, misc]

MAX_CHARACTERS = 2000

EVASIONS = {
    **dict.fromkeys(("tui款", "退kuan", "tuikuan"), "退款"),
    **dict.fromkeys(("tui货", "退huo", "tuihuo"), "退货"),
    **dict.fromkeys(("tui钱", "退qian"), "退钱"),
    **dict.fromkeys(("微x", "薇x", "v信", "wei信", "微xin", "weixin"), "微信"),
    **dict.fromkeys(("加v", "加vx"), "加微信"),
    **dict.fromkeys(("12三15", "123幺5", "1二三15", "12三1五", "幺二三幺五", "一二三一五"), "12315"),
    **dict.fromkeys(("tou诉", "投su", "tousu"), "投诉"),
    **dict.fromkeys(("举bao", "ju报", "jubao"), "举报"),
    **dict.fromkeys(("曝guang", "bao光"), "曝光"),
    **dict.fromkeys(("骗zi", "pian子", "pianzi"), "骗子"),
    **dict.fromkeys(("假huo", "jia货", "jiahuo"), "假货"),
    **dict.fromkeys(("差ping", "cha评", "chaping"), "差评"),
    **dict.fromkeys(("好ping", "hao评", "haoping"), "好评"),
    **dict.fromkeys(("la圾", "垃ji", "laji", "垃级"), "垃圾"),
    **dict.fromkeys(("人gong", "ren工", "rengong"), "人工"),
    **dict.fromkeys(("客fu", "ke服", "kefu"), "客服"),
    **dict.fromkeys(("快di", "kuai递", "kuaidi"), "快递"),
    **dict.fromkeys(("发piao", "fa票", "fapiao"), "发票"),
    **dict.fromkeys(("发huo", "fa货", "fahuo"), "发货"),
}
"""Spellings that dodge a filter, and what they mean. Beside another letter or digit they are left alone."""

_EVASION = re.compile("|".join(sorted(EVASIONS, key=len, reverse=True)))
_TELLTALES = "abcdefghijklmnopqrstuvwxyz三幺级"
"""Every evasion has one of these."""
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_CODE = re.compile(r"\[[^\[\]]{1,5}\]|#e-s\d\d?(?!\d)")
_BLANKS = re.compile(" {2,}")
_NUMERALS = "0123456789零〇一幺二三四五六七八九"
_RUN = re.compile(rf"([^{_NUMERALS}])\1{{3,}}")
_plain = (
    Plain(USUAL, "".join(ONE_FOR_ONE), "".join(ONE_FOR_ONE.values()), f"{TRADITIONAL}[#{_TELLTALES}", _NUMERALS).form
    if Plain is not None
    else None
)
"""Gives the normal form of the texts that need no more than `replace_one_for_one`; of some of them, not of all."""


_made = tuple.__new__  # skips the checks of a named tuple's own constructor, which takes twice as long


class Normalized(NamedTuple):
    """A text in normal form.

    Attributes:
        text: The normal form.
        offsets: For each of its characters (and its end) the position in the raw text; None when both are the same.
        notes: `truncated`, `control_characters`.
    """

    text: str
    offsets: tuple[int, ...] | None = None
    notes: tuple[str, ...] = ()


def normalize(raw: str, limit: int | None = MAX_CHARACTERS) -> Normalized:
    """Brings a text to its normal form; never fails, whatever the text.

    Args:
        raw: The text as it came.
        limit: How many characters count; None for all.

    Returns:
        The normal form, which normalizes to itself.

    >>> normalize("请問　這個什麼時候發貨？？？？？😭").text
    '请问 这个什么时候发货???[哭]'
    >>> normalize(" tui款 ")
    Normalized(text='退款', offsets=(1, 4, 6), notes=())
    """
    notes: tuple[str, ...] = ()
    if limit is not None and len(raw) > limit:
        raw, notes = raw[:limit], ("truncated",)
    if _plain is not None and (text := _plain(raw)) is not None:
        return _made(Normalized, (text, None, notes))
    if not has_unusual(raw) and not has_traditional(raw):
        text = replace_one_for_one(raw)
        if _is_settled(text):
            return Normalized(text, None, notes)
    return _thorough(raw, limit, notes)


def _is_settled(text: str) -> bool:
    return not (
        _RUN.search(text)
        or (" " in text and ("  " in text or text[0] == " " or text[-1] == " "))
        or _EVASION.search(text)
        or (("[" in text or "#" in text) and _CODE.search(text))
    )


class _Draft:
    """A text on its way to the normal form, with the raw position of each character."""

    __slots__ = ("offsets", "text")

    def __init__(self, text: str, offsets: list[int]) -> None:
        self.text = text
        self.offsets = offsets

    def replace(self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> None:
        """Replaces matches; the ends of what comes instead point to the ends of what was there."""
        parts: list[str] = []
        offsets: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = replacement(match)
            if new == match[0]:
                continue
            start, end = match.span()
            parts += self.text[done:start], new
            offsets += self.offsets[done:start]
            offsets += [self.offsets[start]] * (len(new) - 1)
            offsets.append(self.offsets[end - 1] if len(new) > 1 else self.offsets[start])
            done = end
        if parts:
            self.text = "".join((*parts, self.text[done:]))
            self.offsets = offsets + self.offsets[done:]

    def cut(self, start: int, end: int) -> None:
        """Keeps `[start, end)` only."""
        self.text = self.text[start:end]
        self.offsets = self.offsets[start:end]


def _thorough(raw: str, limit: int | None, notes: tuple[str, ...]) -> Normalized:
    draft, odd = _by_character(raw)
    _settle(draft)
    while limit is not None and len(draft.text) > limit:
        draft.cut(0, limit)
        _settle(draft)
        notes = ("truncated",)
    if odd:
        notes = (*notes, "control_characters")
    if draft.offsets == list(range(len(raw))):
        return Normalized(draft.text, None, notes)
    return Normalized(draft.text, (*draft.offsets, len(raw)), notes)


def _by_character(raw: str) -> tuple[_Draft, bool]:
    parts: list[str] = []
    offsets: list[int] = []
    odd = False
    for position, character in enumerate(raw):
        form = normal_form(character)
        if len(form) == 1:
            offsets.append(position)
        elif form:
            offsets += [position] * len(form)
        else:
            odd = odd or is_odd(character)
        parts.append(form)
    return _Draft("".join(parts), offsets), odd


def _settle(draft: _Draft) -> None:
    draft.text = simplify(draft.text)
    if "[" in draft.text or "#" in draft.text:
        draft.replace(_CODE, _marker)
        draft.replace(_repeated_marker(), lambda match: match[1])
    draft.replace(_BLANKS, lambda _: " ")
    draft.cut(draft.text.startswith(" "), len(draft.text) - draft.text.endswith(" "))
    before = ""
    while before != draft.text:  # a spelling undone may set free the one beside it
        before = draft.text
        draft.replace(_EVASION, _meant)
    draft.replace(_RUN, lambda match: match[1] * 3)


def _marker(match: re.Match[str]) -> str:
    code = match[0]
    return UNKNOWN if code.startswith("#") else emoji_table().codes.get(code, code)


@functools.cache
def _repeated_marker() -> re.Pattern[str]:
    markers = "|".join(map(re.escape, emoji_table().markers))
    return re.compile(rf"({markers})\1+")


def _meant(match: re.Match[str]) -> str:
    text, (start, end) = match.string, match.span()
    inside_word = (match[0][0] in _LETTERS and text[start - 1 : start] in _LETTERS) or (
        match[0][-1] in _LETTERS and text[end : end + 1] in _LETTERS
    )
    return match[0] if inside_word else EVASIONS[match[0]]
