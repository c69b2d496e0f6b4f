"""The lexicon: what customers mean by which words. 退钱, 把钱退给我 and 返款 are one concept, `REFUND`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from cs_nlp.resources import Faults, Node, packaged, read_yaml, yaml_files
from cs_nlp.text.pattern import Pattern
from cs_nlp.understand.keywords import Keywords, Occurrence
from cs_nlp.understand.patterns import MAX_EXPANSION, check_linear, expand

_DIGIT = re.compile("[0-9]")
_PLACE = itemgetter(1, 2, 0)


@dataclass(frozen=True, slots=True)
class Concept:
    """One meaning and the words for it.

    Attributes:
        id: Upper-case name, e.g. `REFUND`.
        note: What it means, in Chinese.
        words: Surface words in normal form.
        patterns: Linear-time regular expressions for what cannot be listed. A finite one is spelled out when the
            lexicon is built; any other must have a digit in it, so that texts without digits skip them all.
    """

    id: str
    note: str
    words: tuple[str, ...]
    patterns: tuple[str, ...] = ()


class ConceptHit(NamedTuple):
    """A concept found at `[start, end)` of the normal text; a tuple, because a message has a dozen of them."""

    concept: str
    start: int
    end: int


class Lexicon:
    """Finds concepts in a text; immutable, safe to share between threads.

    Of words that overlap the leftmost counts, of those that start together the longest.

    Attributes:
        concepts: All concepts.
        number: Place of each concept in `concepts`.
        words: All words, those that finite patterns mean among them.
        meanings: For each word its concepts.

    >>> lexicon = Lexicon([Concept("REFUND", "退钱", ("退款", "退钱")), Concept("WHEN", "何时", ("什么时候",))])
    >>> [hit.concept for hit in lexicon.find("什么时候退款")]
    ['WHEN', 'REFUND']
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts = tuple(concepts)
        self.number: Mapping[str, int] = {concept.id: number for number, concept in enumerate(self.concepts)}
        meanings: dict[str, tuple[str, ...]] = {}
        regexes: list[tuple[str, str]] = []
        for concept in self.concepts:
            words = [*concept.words]
            for pattern in concept.patterns:
                spelled = expand(pattern)
                if spelled is None:
                    regexes.append((concept.id, pattern))
                words += spelled or ()
            own = (concept.id,)
            for word in words:
                known = meanings.setdefault(word, own)
                if known is not own and concept.id not in known:
                    meanings[word] = known + own
        self.words = tuple(meanings)
        self.meanings = tuple(meanings.values())
        self._regexes = [(concept, Pattern(pattern)) for concept, pattern in regexes]
        self._any_regex = Pattern("|".join(f"(?:{pattern})" for _, pattern in regexes) or "(?!)")

    @classmethod
    def default(cls) -> Lexicon:
        """The packaged lexicon."""
        return cls.from_yaml(packaged("lexicon"))

    @classmethod
    def from_yaml(cls, place: Traversable | Path) -> Lexicon:
        """Reads a lexicon file, or all files of a folder.

        Raises:
            DataFileError: If a file has faults; all are listed.
        """
        faults = Faults()
        concepts: dict[str, Concept] = {}
        for file in yaml_files(place):
            for name, node in read_yaml(file, faults).children("concepts"):
                if name in concepts:
                    node.fail("", f"the concept {name} stands in another file, too; merge them")
                concepts[name] = _concept(name, node)
        faults.check()
        return cls(concepts.values())

    @classmethod
    def from_json(cls, rows: Sequence[Sequence[Any]]) -> Lexicon:
        """Restores what `to_json` gave."""
        return cls(Concept(str(id_), str(note), tuple(words), tuple(patterns)) for id_, note, words, patterns in rows)

    def to_json(self) -> list[list[Any]]:
        """The concepts as JSON values."""
        return [[c.id, c.note, list(c.words), list(c.patterns)] for c in self.concepts]

    @cached_property
    def _keywords(self) -> Keywords:
        """Made at its first use: most find the words together with those of the rules."""
        return Keywords(self.words)

    def has_figures(self, text: str) -> bool:
        """Whether a concept that is a pattern with digits is in a text."""
        return _DIGIT.search(text) is not None and self._any_regex.search(text) is not None

    def find(self, text: str, found: Sequence[Occurrence] | None = None) -> list[ConceptHit]:
        """Concepts of a normal text, by place.

        Args:
            text: Normal text.
            found: Where its words occur, by their ends, overlapping ones, too, each as its number in `words`; what has
                a higher number is no word. By default they are looked for.
        """
        size = len(self.words)
        longest: dict[int, Occurrence] = {}
        for one in self._keywords.find(text) if found is None else found:
            if one[0] < size:
                longest[one[1]] = one  # of two that start together the longer one ends later
        concepts_of, made, done = self.meanings, tuple.__new__, 0  # skips the checks of ConceptHit(...)
        hits: list[ConceptHit] = []
        for begin in sorted(longest):
            if begin >= done:
                number, start, done = longest[begin]
                for concept in concepts_of[number]:
                    hits.append(made(ConceptHit, (concept, start, done)))
        if self.has_figures(text):
            for concept, regex in self._regexes:
                hits += [ConceptHit(concept, *match.span()) for match in regex.finditer(text)]
            hits.sort(key=_PLACE)
        return hits


def _concept(name: str, node: Node) -> Concept:
    node.only("note", "words", "patterns")
    patterns = node.texts("patterns")
    for position, pattern in enumerate(patterns):
        if reason := check_linear(pattern):
            node.fail(f"patterns[{position}]", reason)
        elif expand(pattern) is None and "[0-9]" not in pattern:
            node.fail(f"patterns[{position}]", f"means over {MAX_EXPANSION} texts and has no [0-9]; list the words")
    words = node.texts("words")
    if not words and not patterns:
        node.fail("words", "a concept needs words or patterns")
    return Concept(name, node.text("note"), words, patterns)
