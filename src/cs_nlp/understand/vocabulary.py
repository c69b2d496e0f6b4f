"""Which of a message's features the model knows, found without spelling out each feature.

`features` says what the features are; `Vocabulary.find` finds the known ones among them by two Aho-Corasick passes: one
over the characters, and one over words and concepts, which are written down so that a feature is a stretch of text.
That is twice as fast as making a string of every feature and looking it up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from cs_nlp.understand.features import BLOCKS, MAX_CHARACTERS, MAX_PAIRED, PROFILES, View, features, shape

_WORD, _CONCEPT, _PAIR, _SKIP, _SHAPE = range(1, len(BLOCKS))
_BREAK = "\n"  # stands around words; normal text has none
_IN_ROW, _IN_PAIR = 0xF0000, 0x100000  # letters of concepts: planes for private use, which normal text does not have
_STRANGE = chr(0xFFFFD)  # a concept that no feature is about


class Known(NamedTuple):
    """The features of one message that a model knows.

    Attributes:
        rows: Their rows in the weights, each once.
        unknown: How many of its character n-grams the model does not know, repeated ones counted.
    """

    rows: list[int]
    unknown: int


class Vocabulary:
    """The features of a model, block by block; the rows of the weights are in their order.

    Args:
        names: The features of each of `BLOCKS`.
        profile: One of `PROFILES`.

    >>> vocabulary = Vocabulary([["款", "退"], ["退款"], [], [], [], []])
    >>> vocabulary.find(View("退款", ["退款"], []))
    Known(rows=[0, 1, 2], unknown=7)
    """

    def __init__(self, names: Sequence[Iterable[str]], profile: str = PROFILES[0]) -> None:
        blocks = [list(block) for block in names]
        self.sizes = tuple(map(len, blocks))
        self.profile = profile
        self._starts = tuple(accumulate(self.sizes, initial=0))
        # one text takes a quarter of the memory of so many strings, and only training and explanations need them
        self._text = _BREAK.join(chain.from_iterable(blocks))
        if profile == PROFILES[0]:
            self._characters = _automaton(blocks[0])
            parts = sorted(set(">".join([*blocks[_CONCEPT], *blocks[_PAIR]]).replace("&", ">").split(">")))
            self._letters = {part: chr(_IN_ROW + place) for place, part in enumerate(parts)}
            self._pair_letters = {part: chr(_IN_PAIR + place) for place, part in enumerate(parts)}
            self._written = _automaton(self._writings(blocks))
            self._skips = dict(zip(blocks[_SKIP], range(self._starts[_SKIP], self._starts[_SHAPE]), strict=True))
            self._shapes = dict(zip(blocks[_SHAPE], range(self._starts[_SHAPE], self._starts[-1]), strict=True))

    @property
    def names(self) -> tuple[list[str], ...]:
        """The features, block by block, in the order of their rows."""
        lines = self._text.split(_BREAK)
        return tuple(lines[start : start + size] for start, size in zip(self._starts, self.sizes, strict=False))

    @cached_property
    def index(self) -> tuple[dict[str, int], ...]:
        """For each block feature -> row."""
        return tuple(
            dict(zip(block, range(start, start + len(block)), strict=True))
            for start, block in zip(self._starts, self.names, strict=False)
        )

    def find(self, view: View) -> Known:
        """The known features of a message."""
        if self.profile != PROFILES[0]:
            return self.look_up(features(view))
        text = view.text if len(view.text) <= MAX_CHARACTERS else view.text[:MAX_CHARACTERS]
        hits = _matches(self._characters, f"^{text}$")
        unknown = 3 * len(text) + 3 - len(hits)  # so many n-grams of one to three characters there are
        rows = {row for row, _, _ in hits}
        start = self._starts[_WORD]
        rows.update([start + row for row, _, _ in _matches(self._written, self._write(view))])
        if self._skips:
            rows.update([self._skips.get(f"{a}_{b}", -1) for a, b in zip(text, text[2:], strict=False)])
        rows.update([self._shapes.get(name, -1) for name in shape(text, view.marks)])
        rows.discard(-1)
        return Known(list(rows), unknown)

    def look_up(self, names: Sequence[Sequence[str]]) -> Known:
        """The known ones among features that are spelled out.

        Args:
            names: The features of a message, block by block.
        """
        found = [
            sorted({block[name] for name in given if name in block})
            for block, given in zip(self.index, names, strict=True)
        ]
        first = self.index[0]
        return Known([row for rows in found for row in rows], sum(name not in first for name in names[0]))

    def _write(self, view: View) -> str:
        """Words, then the letters of the concepts in their order, then those of every two concepts."""
        words = _BREAK.join([token for token in view.tokens if not token.isspace()])
        if not view.hits:
            return f"{_BREAK}{words}{_BREAK}"
        names = [hit.concept for hit in view.hits]
        letter = self._letters.get
        row = "".join([letter(name, _STRANGE) for name in names])
        letter = self._pair_letters.get
        pair = "".join(sorted({letter(name, "") for name in names[:MAX_PAIRED]}))
        # "abacad" holds ab, ac and ad; ba and ca are in it, too, but no pair of letters falls
        pairs = "".join([pair[i] + pair[i].join(pair[i + 1 :]) for i in range(len(pair) - 1)])
        return f"{_BREAK}{words}{_BREAK}{row}{pairs}"

    def _writings(self, blocks: Sequence[Sequence[str]]) -> list[str]:
        """How each feature of words, concepts and pairs is written down."""
        written = [f"{_BREAK}{name.replace(' ', _BREAK)}{_BREAK}" for name in blocks[_WORD]]
        written += ["".join([self._letters[part] for part in name.split(">")]) for name in blocks[_CONCEPT]]
        written += ["".join([self._pair_letters[part] for part in name.split("&")]) for name in blocks[_PAIR]]
        return written


def _automaton(texts: Sequence[str]) -> AhoCorasick | None:
    return AhoCorasick(texts, matchkind=MatchKind.Standard) if texts else None


def _matches(automaton: AhoCorasick | None, text: str) -> list[tuple[int, int, int]]:
    return automaton.find_matches_as_indexes(text, overlapping=True) if automaton is not None else []
