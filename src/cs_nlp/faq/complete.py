"""Short codes for agents: `/物流时效`, or only its pinyin initials `/wlsx`, finds the entry, typos allowed.

An entry answers to its heading with each of its marks (`物流` + `时效`), to each mark alone, and to all its questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cs_nlp.faq.entries import FaqEntry, plain
from cs_nlp.resources import packaged
from cs_nlp.text.normalize import normalize

_READINGS = 8  # spellings kept of a label with characters of several readings
_LONGEST = 32  # characters of a prefix that are looked at
_FREE = 3  # letters a prefix needs before a typo is forgiven; from twice as many, two are
_GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Completion:
    """An entry that a short code may mean.

    Attributes:
        entry_id: The entry.
        label: What of it matched: a heading with a mark, a mark, or a question.
        code: The pinyin initials of the label.
        score: How well it matches, 0–1; 1 is the whole label.
    """

    entry_id: str
    label: str
    code: str
    score: float


@dataclass(frozen=True, slots=True)
class _Label:
    entry_id: str
    text: str
    key: str
    code: str
    rank: int


class Completer:
    """Completes short codes over the entries of a knowledge base; immutable.

    >>> completer = Completer([
    ...     FaqEntry("eta", ("一般几天能到？",), "2–5 天", topic="物流查询", tags=("时效",)),
    ...     FaqEntry("bill", ("怎么开发票？",), "在订单页申请", topic="发票", tags=("开票",)),
    ... ])
    >>> [completer.complete(text)[0].entry_id for text in ("/wlsx", "/物流时效", "/wlxs", "/物流实效", "zmkfp")]
    ['eta', 'eta', 'eta', 'eta', 'bill']
    """

    def __init__(self, entries: Iterable[FaqEntry]) -> None:
        self._labels = tuple(label for entry in entries if entry.enabled for label in _labels(entry))
        self._codes = [label.code for label in self._labels]
        self._keys = [label.key for label in self._labels]

    def complete(self, prefix: str, k: int = 5) -> list[Completion]:
        """The entries whose labels begin with a short code, or nearly.

        Args:
            prefix: Chinese text or pinyin initials, with or without a leading slash.
            k: How many at most.

        Returns:
            Completions by falling score, each entry once; none for an empty prefix.
        """
        asked = plain(normalize(prefix[: 4 * _LONGEST]).text)[:_LONGEST]
        if not asked or k < 1:
            return []
        best: dict[str, tuple[float, int, int, _Label]] = {}
        for score, label in self._scored(asked):
            found = (-score, label.rank, len(label.key), label)
            if label.entry_id not in best or found[:3] < best[label.entry_id][:3]:
                best[label.entry_id] = found
        ordered = sorted(best.values(), key=lambda item: (*item[:3], item[3].entry_id))
        return [Completion(label.entry_id, label.text, label.code, -score) for score, _, _, label in ordered[:k]]

    def _scored(self, asked: str) -> Iterator[tuple[float, _Label]]:
        code = initials(asked)[0]
        spelled = asked.isascii()
        for label in self._labels:
            score = _match(asked, label.key)
            if not spelled or not score:
                score = max(score, (1.0 if spelled else 0.9) * _match(code, label.code))
            if label.rank == 0 and not score:
                score = max(_within(asked, label.key), _within(code, label.code))
            if score:
                yield score, label
        if len(code) >= _FREE:
            for score, place in _near(code, self._codes):
                yield score, self._labels[place]
        if not spelled and len(asked) >= _FREE:
            for score, place in _near(asked, self._keys):
                yield score, self._labels[place]


def initials(text: str) -> tuple[str, ...]:
    """The pinyin initials of a text, all its readings; letters and digits stay, other characters go.

    >>> initials("物流时效"), initials("iPhone 15 保修")
    (('wlsx',), ('iphone15bx',))
    """
    table = _table()
    readings = [table.get(character, character if character.isascii() else "") for character in plain(text)]
    return tuple("".join(letters) for letters in islice(product(*(r or ("",) for r in readings)), _READINGS))


def _match(asked: str, key: str) -> float:
    """1 for the whole label, less for its beginning, less again for a part of it."""
    if asked and key.startswith(asked):
        return 0.85 + 0.15 * len(asked) / len(key)
    if len(asked) > 1 and asked in key:
        return 0.65 + 0.1 * len(asked) / len(key)
    return 0.0


def _within(asked: str, key: str) -> float:
    """Whether the letters stand in a heading with a mark in their order, the first at its beginning, the last at its end."""
    if len(asked) < _FREE or key[0:1] != asked[0] or key[-1] != asked[-1]:
        return 0.0
    rest = iter(key)
    return 0.6 + 0.15 * len(asked) / len(key) if all(letter in rest for letter in asked) else 0.0


def _near(asked: str, keys: list[str]) -> Iterator[tuple[float, int]]:
    """Labels whose beginning differs from what was asked by a typo or two."""
    allowed = 1 if len(asked) < 2 * _FREE else 2
    for size in (len(asked), len(asked) + 1, len(asked) - 1):
        cut = [key[:size] for key in keys]
        for _, distance, place in process.extract_iter(asked, cut, scorer=OSA.distance, score_cutoff=allowed):
            yield 0.6 - 0.15 * distance + 0.1 * min(size / max(len(keys[place]), 1), 1.0), place


def _labels(entry: FaqEntry) -> Iterator[_Label]:
    marks = [tag for tag in entry.tags if tag != _GENERAL]
    named = [(entry.topic + tag, 0) for tag in marks if entry.topic] + [(tag, 1) for tag in marks]
    if entry.topic and len(marks) < len(entry.tags):
        named.append((entry.topic, 0))  # the general entry of a heading
    asked = [(question, 2 if place == 0 else 3) for place, question in enumerate(entry.questions)]
    seen: set[str] = set()
    for text, rank in (*named, *asked):
        key = plain(text)
        if key and key not in seen:
            seen.add(key)
            for code in dict.fromkeys(initials(text)):
                yield _Label(entry.id, text, key, code, rank)


@cache
def _table() -> dict[str, str]:
    """The letters of each character, from `resources/pinyin_initials.txt`."""
    found: dict[str, str] = {}
    for line in packaged("pinyin_initials.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            letter, characters = line.split(" ", 1)
            for character in characters:
                found[character] = found.get(character, "") + letter
    return found
