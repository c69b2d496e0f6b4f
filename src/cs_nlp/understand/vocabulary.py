"""Which of a message's features the model knows, found without spelling out each feature.

`features` says what the features are; `Vocabulary.find` finds the known ones among them: characters by one Aho-Corasick
pass, concepts as numbers that are put together by shifting. That saves a string and a look-up for nearly every feature.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple

from cs_nlp.understand.features import BLOCKS, LONGEST, MAX_CHARACTERS, MAX_PAIRED, PROFILES, View, features, shape
from cs_nlp.understand.keywords import Keywords

_WORD, _CONCEPT, _PAIR, _SKIP, _SHAPE = range(1, len(BLOCKS))
_BREAK = "\n"  # stands between names; no name has one
_BITS = 16  # for the number of a concept; neighbours stand in higher bits, and above all of them the mark of a pair
_PAIRED = 1 << 3 * _BITS


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

    Attributes:
        text: All features behind each other, with line breaks between them.
        sizes: How many each block has.

    >>> vocabulary = Vocabulary([["款", "退"], ["退款"], [], [], [], []])
    >>> vocabulary.find(View("退款", ["退款"], []))
    Known(rows=[0, 1, 2], unknown=8)
    """

    def __init__(self, names: Sequence[Iterable[str]], profile: str = PROFILES[0]) -> None:
        blocks = [list(block) for block in names]
        self.sizes = tuple(map(len, blocks))
        self.profile = profile
        self._starts = tuple(accumulate(self.sizes, initial=0))
        # one text takes less memory than so many strings, and only training and explanations need them
        self.text = _BREAK.join(chain.from_iterable(blocks))
        if profile == PROFILES[0]:
            self._characters = Keywords(blocks[0])
            parts = sorted(set(">".join([*blocks[_CONCEPT], *blocks[_PAIR]]).replace("&", ">").split(">")))
            self._numbers = {part: number for number, part in enumerate(parts, start=1)}
            self._concepts = self._numbered(blocks)
            self._words = dict(zip(blocks[_WORD], range(self._starts[_WORD], self._starts[_CONCEPT]), strict=True))
            self._skips = dict(zip(blocks[_SKIP], range(self._starts[_SKIP], self._starts[_SHAPE]), strict=True))
            self._shapes = dict(zip(blocks[_SHAPE], range(self._starts[_SHAPE], self._starts[-1]), strict=True))

    @property
    def names(self) -> tuple[list[str], ...]:
        """The features, block by block, in the order of their rows."""
        lines = self.text.split(_BREAK)
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
        hits = self._characters.find(f"^{text}$")
        size = len(text) + 2
        unknown = sum([max(size - length, 0) for length in range(LONGEST)]) - len(hits)  # so many n-grams there are
        rows: set[int | None] = {row for row, _, _ in hits}
        rows.update(self._rows_of_words(view.tokens))
        if view.hits:
            rows.update(self._rows_of_concepts(view))
        if self._skips:
            rows.update([self._skips.get(f"{a}_{b}") for a, b in zip(text, text[2:], strict=False)])
        rows.update([self._shapes.get(name) for name in shape(text, view.marks)])
        return Known([row for row in rows if row is not None], unknown)

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

    def _rows_of_words(self, tokens: Sequence[str]) -> list[int | None]:
        """The rows of words and neighbouring words; None for each that is not known."""
        words = [token for token in tokens if not token.isspace()]
        get = self._words.get
        return [*map(get, words), *[get(f"{a} {b}") for a, b in zip(words, words[1:], strict=False)]]

    def _rows_of_concepts(self, view: View) -> list[int | None]:
        """The rows of concepts, of two and three in a row, and of any two; None for each that is not known."""
        number, get = self._numbers.get, self._concepts.get
        found = [number(hit.concept, 0) for hit in view.hits]
        rows = [get(a) for a in found]
        rows += [get(a << _BITS | b) for a, b in zip(found, found[1:], strict=False)]
        rows += [get((a << _BITS | b) << _BITS | c) for a, b, c in zip(found, found[1:], found[2:], strict=False)]
        each = sorted(set(found[:MAX_PAIRED]))
        rows += [get(_PAIRED | a << _BITS | b) for i, a in enumerate(each, start=1) for b in each[i:]]
        return rows

    def _numbered(self, blocks: Sequence[Sequence[str]]) -> dict[int, int]:
        """Concept features as numbers -> row."""
        found: dict[int, int] = {}
        for row, name in enumerate(blocks[_CONCEPT], start=self._starts[_CONCEPT]):
            number = 0
            for part in name.split(">"):
                number = number << _BITS | self._numbers[part]
            found[number] = row
        for row, name in enumerate(blocks[_PAIR], start=self._starts[_PAIR]):
            first, second = name.split("&")
            found[_PAIRED | self._numbers[first] << _BITS | self._numbers[second]] = row
        return found
