"""Words to be found in texts, from left to right and at each place the longest, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ahocorasick_rs import AhoCorasick, MatchKind

try:
    from cs_nlp.faq._words import Words
except ImportError:  # not compiled
    Words = None  # type: ignore[assignment, misc]

Marker = Callable[[str], int]
"""For a text the bits of all words found."""

Replacer = Callable[[str], str]
"""For a text its letters and digits, the words found replaced."""


def marker(words: Mapping[str, int]) -> Marker:
    """What finds words with their bits, at most 64.

    >>> marker({"退款": 1, "退": 2, "款式": 4})("退退款式")
    3
    """
    if Words is not None:
        return Words(list(words), list(words.values())).marks
    find, bits = _finder(words), tuple(words.values())

    def marks(text: str) -> int:
        found = 0
        for word, _, _ in find(text):
            found |= bits[word]
        return found

    return marks


def replacer(words: Mapping[str, str]) -> Replacer:
    """What replaces words; a text of nothing but words that are left out stays as it is.

    >>> replace = replacer({"退钱": "退款", "亲": ""})
    >>> replace("亲,退钱!"), replace("亲!")
    ('退款', '亲')
    """
    if Words is not None:
        return Words(list(words), list(words.values())).fold
    find, targets = _finder(words), tuple(words.values())

    def replace(text: str) -> str:
        bare = text if text.isalnum() else "".join(filter(str.isalnum, text))
        parts: list[str] = []
        done = 0
        for word, start, end in find(bare):
            parts += bare[done:start], targets[word]
            done = end
        return "".join((*parts, bare[done:])) or bare

    return replace


def _finder(words: Mapping[str, object]) -> Callable[[str], list[tuple[int, int, int]]]:
    find: Callable[[str], list[tuple[int, int, int]]] = AhoCorasick(
        list(words), matchkind=MatchKind.LeftmostLongest
    ).find_matches_as_indexes
    return find
