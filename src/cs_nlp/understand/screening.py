"""Which rules can fire on a text at all, decided for all rules at once.

Nearly every rule fails on nearly every message because something it asks for is nowhere in it. So every rule has one
bit in each of a few blocks of a long number: a block for its first group of terms, one for its second and so on, and
one for the terms that forbid it. Each term knows the bits it sets. The numbers of all terms of a message are joined by
`|`, and left are the rules whose groups are all there and whose forbidden terms are not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.understand.keywords import Keywords, Occurrence
from cs_nlp.understand.lexicon import ConceptHit, Lexicon
from cs_nlp.understand.patterns import anchors
from cs_nlp.understand.rule import Rule

if TYPE_CHECKING:
    from cs_nlp.understand._screener import Screener

_DIGIT = re.compile("[0-9]")
_DIGITS = frozenset("0123456789")
_WORD = 64  # bits
_ANCHOR = "\0"  # marks a text with digits that a pattern needs; no keyword can begin with it


class Screen:
    """Finds terms, and the rules that may fire; immutable, safe to share between threads.

    Args:
        rules: All rules, in order.
        words: Other texts to look for in the same pass, numbered from 0 on.

    Attributes:
        numbers: Number of each word and term.
        anchors: For each rule and each of its patterns the numbers of the texts of which one must occur; empty where
            none must.
    """

    def __init__(self, rules: Sequence[Rule], words: Sequence[str] = ()) -> None:
        names = [_anchor_names(rule) for rule in rules]
        terms = [_terms(rule, anchored) for rule, anchored in zip(rules, names, strict=True)]
        keywords = [term for term in dict.fromkeys(chain.from_iterable(terms)) if term[0] != "@"]
        texts = dict.fromkeys(chain(words, keywords))
        self._texts = [text.removeprefix(_ANCHOR) for text in texts]
        concepts = {term for term in chain.from_iterable(terms) if term[0] == "@"}
        self.numbers = {text: number for number, text in enumerate((*texts, *sorted(concepts)))}
        self._concepts = {term[1:]: self.numbers[term] for term in concepts}
        self._numeric = {self.numbers[term] for term in keywords if term[0] != _ANCHOR and _DIGIT.search(term)}
        self.anchors = [[frozenset(map(self.numbers.__getitem__, one)) for one in anchored] for anchored in names]
        self._set_bits(rules, [_groups(rule, anchored) for rule, anchored in zip(rules, names, strict=True)])
        bounds = sorted({rule.longest for rule in rules if rule.longest})
        self._bounds = bounds
        self._fitting = [_bits(not rule.longest or rule.longest >= bound for rule in rules) for bound in bounds]
        self._fitting.append(_bits(not rule.longest for rule in rules))

    def _set_bits(self, rules: Sequence[Rule], groups: Sequence[Sequence[Iterable[str]]]) -> None:
        """Works out which bits each term sets, and which are set from the start: those of groups a rule has not."""
        self._size = size = max(1, -(-len(rules) // _WORD)) * _WORD  # of a block, in whole words
        blocks = max(map(len, groups), default=0)
        self._steps = [block * size for block in range(1, blocks)]
        self._forbidden = blocks * size
        self._given = 0
        bits = [0] * len(self.numbers)
        for at, (rule, asked) in enumerate(zip(rules, groups, strict=True)):
            for block in range(len(asked), blocks):
                self._given |= 1 << (at + block * size)
            for block, terms in (*enumerate(asked), (blocks, rule.none)):
                bit = 1 << (at + block * size)
                for term in terms:
                    bits[self.numbers[term]] |= bit
        shared = {number: number for number in bits}  # the terms of a group mostly set the same bits
        self._bits = [shared[number] for number in bits]

    def compiled(self, lexicon: Lexicon) -> Screener | None:
        """What finds words and terms, and concepts and rules at once; None without the C module.

        Args:
            lexicon: The lexicon whose words are the first ones of this screen.
        """
        try:
            from cs_nlp.understand._screener import Screener
        except ImportError:  # installed without a C compiler; Python does it, too
            return None
        try:
            return Screener(**self._tables(), hit=ConceptHit, texts=self._texts, meanings=lexicon.meanings)
        except OverflowError:  # more words than it has room for
            return None

    def _tables(self) -> dict[str, Any]:
        """The bits as the C module reads them."""
        width, blocks = self._size // _WORD, self._forbidden // self._size + 1
        kept = {bits: place for place, bits in enumerate(dict.fromkeys(filter(None, self._bits)))}
        return {
            "concepts": self._concepts,
            "rows_of": [kept[bits] if bits else -1 for bits in self._bits],
            "blocks": blocks,
            "width": width,
            "rows": _packed(kept, blocks * width),
            "given": _packed((self._given,), blocks * width),
            "bounds": np.array(self._bounds, np.intp),
            "fitting": _packed(self._fitting, width),
            "numeric": bytes(number in self._numeric for number in range(len(self._texts))),
        }

    @cached_property
    def _keywords(self) -> Keywords:
        """Made at its first use: the compiled screener finds them by itself."""
        return Keywords(self._texts)

    def scan(self, text: str) -> list[Occurrence]:
        """Where words and terms occur in a text, overlapping ones, too."""
        return self._keywords.find(text)

    def sift(self, text: str, found: Iterable[Occurrence], hits: Iterable[ConceptHit]) -> tuple[int, list[Occurrence]]:
        """The rules that may fire on a text, as the bits of a number, and the occurrences that matter to rules.

        Args:
            text: Normal text.
            found: Where words and terms occur in it.
            hits: Its lexicon concepts.
        """
        bits, numbers, joined = self._bits, self._concepts, self._given
        kept: list[Occurrence] = []
        if _DIGIT.search(text) is not None:
            found = [one for one in found if one[0] not in self._numeric or not _inside_number(text, one[1], one[2])]
        for one in found:
            bit = bits[one[0]]
            if bit:
                joined |= bit
                kept.append(one)
        for concept, start, end in hits:
            if concept in numbers:
                number = numbers[concept]
                joined |= bits[number]
                kept.append((number, start, end))
        left = joined & self._fitting[bisect_left(self._bounds, len(text))]
        for step in self._steps:
            left &= joined >> step
        return left & ~(joined >> self._forbidden), kept


def _anchor_names(rule: Rule) -> list[list[str]]:
    """The texts each pattern of a rule needs, as terms.

    Those with digits are terms of their own: a pattern may match inside a number where a keyword does not count.
    """
    needed = rule.anchors or [anchors(pattern) or () for pattern in rule.regex]
    return [[_ANCHOR + text if _DIGIT.search(text) else text for text in texts] for texts in needed]


def _groups(rule: Rule, anchored: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Groups of terms of which the rule needs one each."""
    groups: list[Sequence[str]] = [*rule.all, *(rule.near.groups if rule.near else ())]
    if anchored and all(anchored):
        groups.append([term for terms in anchored for term in terms])
    return groups


def _terms(rule: Rule, anchored: Iterable[Iterable[str]]) -> list[str]:
    return [*rule.terms, *(term for terms in anchored for term in terms)]


def _bits(values: Iterable[bool]) -> int:
    """A number with a bit for each true value."""
    return sum(1 << at for at, value in enumerate(values) if value)


def _packed(numbers: Iterable[int], width: int) -> NDArray[np.uint64]:
    """Long numbers as so many words each, the lowest first."""
    size = width * _WORD // 8
    words = np.frombuffer(b"".join([bits.to_bytes(size, "little") for bits in numbers]), "<u8")
    return words.astype(np.uint64, copy=False)  # in the byte order of this machine


def _inside_number(text: str, start: int, end: int) -> bool:
    """Whether a keyword of digits is only a part of a longer number: 12345 in an order number is no hotline."""
    before = start > 0 and text[start] in _DIGITS and text[start - 1] in _DIGITS
    return before or (end < len(text) and text[end - 1] in _DIGITS and text[end] in _DIGITS)
