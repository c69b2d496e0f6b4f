"""What words mean, known before training: words that mean alike have vectors that point alike.

A few thousand messages do not hold all the words that customers will use. Training sees the mean vector of a message's
words beside the words themselves; what it learns from that is then put back on the words, also on those that no
training message has. Serving knows nothing of vectors: a bundle has weights of words, as ever.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cs_nlp.resources import packaged
from cs_nlp.understand.lexicon import Concept, Lexicon

_KNOWN_SHARE = 0.75
"""Below this share of known words a text is in another language, or about things of which the vectors know nothing."""


_NOTED = 5
"""So many words of a concept tell what it means."""


@dataclass(frozen=True)
class Meanings:
    """Vectors of words.

    Attributes:
        rows: For each word the row of its vector.
        vectors: Of length 1 on the average, shape (words, dimensions).
    """

    rows: Mapping[str, int]
    vectors: NDArray[np.float32]

    def suit(self, messages: Iterable[Sequence[str]]) -> bool:
        """Whether the words of most messages are known.

        Args:
            messages: The words of each message.

        >>> english().suit([["where", "is", "my", "card", "?"]]), english().suit([["wo", "ist", "meine", "karte"]])
        (True, False)
        """
        found = [word in self.rows for words in messages for word in words if word.isalpha()]
        return sum(found) > _KNOWN_SHARE * len(found)

    def of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of words, zero where none is known, shape (words, dimensions).

        >>> card, cards, weather = english().of(["card", "cards", "weather"])
        >>> bool(card @ cards > 3 * abs(card @ weather))
        True
        """
        places = np.array([self.rows.get(word, -1) for word in words], dtype=np.intp)
        return np.where(places[:, None] >= 0, self.vectors[places], np.float32(0.0))


@lru_cache(maxsize=1)
def english() -> Meanings:
    """The packaged vectors of English words, made by `benchmarks/english_meanings.py`."""
    return _packaged("english_meanings.txt")


@lru_cache(maxsize=1)
def chinese() -> Meanings:
    """The packaged vectors of Chinese words and characters, made by `benchmarks/chinese_meanings.py`.

    >>> chinese().suit([["什么", "时候", "发货"]]), chinese().suit([["いつ", "届", "きますか"]])
    (True, False)
    """
    return _packaged("chinese_meanings.txt")


def _packaged(name: str) -> Meanings:
    words, codes = zip(*[line.split(" ") for line in _lines(name)], strict=True)
    steps = np.frombuffer(b64decode("".join(codes)), dtype=np.int8).reshape(len(words), -1).astype(np.float32)
    return Meanings({word: row for row, word in enumerate(words)}, steps / np.sqrt((steps**2).sum(axis=1).mean()))


@lru_cache(maxsize=1)
def english_lexicon() -> Lexicon:
    """The packaged concepts of English: words whose vectors point alike, named after the most central one.

    Every word has three, from broad to narrow.

    >>> [hit.concept for hit in english_lexicon().find("thief")] == [hit.concept for hit in english_lexicon().find("theft")]
    True
    """
    groups = [line.split(" ") for line in _lines("english_concepts.txt")]
    return Lexicon(
        Concept(f"{words[0].upper()}/{level}", ", ".join(words[:_NOTED]), tuple(words)) for level, *words in groups
    )


def _lines(file: str) -> list[str]:
    """The lines of a packaged file after its head."""
    return packaged(file).read_text(encoding="utf-8").partition("\n\n")[2].splitlines()
