"""What the linear model sees of a message: named features in blocks, each block with a length and a weight of its own.

char     character 1–4-grams of the text with its entities replaced, `^` and `$` for its ends
word     words and pairs of neighbouring words
concept  lexicon concepts, and two and three of them in a row
pair     any two concepts of the message, in order of their names
skip     two characters with one left out between them
shape    length, question and exclamation marks, entities, rules that fired

Languages that write blanks between words have a profile of their own, `words`, with the same blocks: `char` holds
character 3–5-grams inside words, `word` words, `skip` pairs of neighbouring words, `pair` any two words within five,
`concept` the beginnings of any two words, five letters instead of the stem, and any two lexicon concepts
of the same breadth.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from cs_nlp.understand.lexicon import ConceptHit

BLOCKS = ("char", "word", "concept", "pair", "skip", "shape")
PROFILES = ("characters", "words")
MAX_CHARACTERS = 300
LONGEST = 4
"""Characters of the longest n-gram, in the profile `characters`."""
MAX_PAIRED = 12
_REACH = 5
_BEGINNING = 5
_MOST_TOGETHER = 30
_WORD = re.compile(r"[^\W_]+|[^\w\s']")
LENGTHS = (2, 4, 6, 9, 13, 18, 25, 40, 70)
"""Up to so many characters a text has the length 0, 1 and so on."""


class View(NamedTuple):
    """A message, or one clause of it, as the features see it.

    Attributes:
        text: Text with placeholders instead of entity values.
        tokens: Its words.
        hits: Its lexicon concepts, by place.
        marks: Names of its entities and of the rules that fired.
        profile: One of `PROFILES`; it belongs to the model.
    """

    text: str
    tokens: Sequence[str]
    hits: Sequence[ConceptHit]
    marks: Sequence[str] = ()
    profile: str = "characters"


def features(view: View) -> tuple[list[str], ...]:
    """The features of a message, block by block in the order of `BLOCKS`; character n-grams with their repeats.

    >>> features(View("退款", ["退款"], []))[0]
    ['^', '退', '款', '$', '^退', '退款', '款$', '^退款', '退款$', '^退款$']
    """
    text = view.text if len(view.text) <= MAX_CHARACTERS else view.text[:MAX_CHARACTERS]
    if view.profile == "words":
        return _by_words(text, view.hits, view.marks)
    concepts = [hit.concept for hit in view.hits]
    return (_char(text), _word(view.tokens), _concept(concepts), _pair(concepts), _skip(text), shape(text, view.marks))


def _char(text: str) -> list[str]:
    padded = f"^{text}$"
    size = len(padded)
    return [padded[i : i + length] for length in range(1, LONGEST + 1) for i in range(size - length + 1)]


def words_of(text: str) -> list[str]:
    """The words of a text in which they stand apart, and its marks.

    >>> words_of("Where's my card?")
    ['where', 's', 'my', 'card', '?']
    """
    return _WORD.findall(text.lower())


def _by_words(text: str, hits: Sequence[ConceptHit], marks: Sequence[str]) -> tuple[list[str], ...]:
    """The features of a text whose words stand apart."""
    words = words_of(text)
    grams: list[str] = []
    for word in words:
        padded = f" {word} "
        size = len(padded)
        grams += [padded[i : i + length] for length in (3, 4, 5) for i in range(size - length + 1)]
    neighbours = [f"{a} {b}" for a, b in zip(words, words[1:], strict=False)]
    pairs = []
    for index, a in enumerate(words):
        pairs += [f"{a}&{b}" if a < b else f"{b}&{a}" for b in words[index + 1 : index + 1 + _REACH] if a != b]
    unique = [list(dict.fromkeys(names)) for names in (words, pairs, neighbours)]
    together = _beginnings(words) + _concepts_together(hits)
    return grams, unique[0], together, unique[1], unique[2], shape(text, marks)


def _beginnings(words: Sequence[str]) -> list[str]:
    starts = sorted(list(dict.fromkeys([word[:_BEGINNING] for word in words if word.isalnum()]))[:_MOST_TOGETHER])
    return [f"{a}+{b}" for i, a in enumerate(starts) for b in starts[i + 1 :]]


def _concepts_together(hits: Sequence[ConceptHit]) -> list[str]:
    """Any two concepts of one breadth: `THEFT/300` goes with `CARD/300`, not with `CARD/1000`."""
    levels: dict[str, dict[str, None]] = {}
    for hit in hits:
        levels.setdefault(hit.concept.partition("/")[2], {})[hit.concept] = None
    found = []
    for level in levels.values():
        names = sorted(list(level)[:_MOST_TOGETHER])
        found += [f"{a}&{b}" for i, a in enumerate(names) for b in names[i + 1 :]]
    return found


def _word(tokens: Sequence[str]) -> list[str]:
    words = [token for token in tokens if not token.isspace()]
    grams = words + [f"{a} {b}" for a, b in zip(words, words[1:], strict=False)]
    return list(dict.fromkeys(grams))


def _concept(concepts: Sequence[str]) -> list[str]:
    grams = list(concepts)
    grams += [f"{a}>{b}" for a, b in zip(concepts, concepts[1:], strict=False)]
    grams += [f"{a}>{b}>{c}" for a, b, c in zip(concepts, concepts[1:], concepts[2:], strict=False)]
    return list(dict.fromkeys(grams))


def _pair(concepts: Sequence[str]) -> list[str]:
    names = sorted(set(concepts[:MAX_PAIRED]))
    return [f"{a}&{b}" for i, a in enumerate(names) for b in names[i + 1 :]]


def _skip(text: str) -> list[str]:
    return list(dict.fromkeys([f"{a}_{b}" for a, b in zip(text, text[2:], strict=False)]))


def shape(text: str, marks: Sequence[str]) -> list[str]:
    """Features of the message as a whole.

    Args:
        text: Its text, at most `MAX_CHARACTERS`.
        marks: Names of its entities and rules.
    """
    found = [f"length:{bisect_left(LENGTHS, len(text))}"]
    if "?" in text:
        found.append("mark:?")
    if "!" in text:
        found.append("mark:!")
    found += [mark for mark in dict.fromkeys(marks) if mark not in found]
    return found
