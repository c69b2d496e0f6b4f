"""Splits that keep a test a test: conversations and near-duplicates stay on one side."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from cs_nlp.train.dataset import Example

LIKENESS = 0.8
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that are nearly the same.

    Attributes:
        first: Position of the earlier one.
        second: Position of the later one.
        likeness: Share of character pairs (of letters: fours) they have in common (Jaccard), 0–1.
    """

    first: int
    second: int
    likeness: float


def letters(text: str) -> str:
    """What is compared of a text: letters and characters in lower case, any number as one 0.

    >>> letters("订单 20481234，到哪了？") == letters("订单 30592345 到哪了")
    True
    """
    return _DIGITS.sub("0", "".join(character for character in text.lower() if character.isalnum()))


def near_pairs(texts: Sequence[str], likeness: float = LIKENESS) -> list[Pair]:
    """All pairs of texts at least so alike; exact, by prefix filtering (Bayardo et al. 2007), not by comparing all.

    Texts with the same letters are linked to the first of them only.

    Args:
        texts: The texts.
        likeness: Least share of common character pairs, above 0.

    >>> [(pair.first, pair.second) for pair in near_pairs(["怎么退货？", "到哪了", "怎么退货"])]
    [(0, 2)]
    """
    first_of: dict[str, int] = {}
    found: list[Pair] = []
    for index, text in enumerate(texts):
        first = first_of.setdefault(letters(text), index)
        if first != index:
            found.append(Pair(first, index, 1.0))
    keys = {index: _grams(key) for key, index in first_of.items() if key}
    found += _joined(keys, likeness)
    return sorted(found, key=lambda pair: (pair.first, pair.second))


def _grams(key: str) -> frozenset[str]:
    padded = f"^{key}$"
    size = 2 if any(character >= "\u2e80" for character in key) else 4  # pairs of letters tell little
    return frozenset(padded[i : i + size] for i in range(max(len(padded) - size + 1, 1)))


def _joined(grams: dict[int, frozenset[str]], likeness: float) -> Iterator[Pair]:
    """Two sets that alike share one of their rarest grams: only those are indexed and compared."""
    frequency = Counter(gram for own in grams.values() for gram in own)
    index: defaultdict[str, list[int]] = defaultdict(list)
    for here in sorted(grams, key=lambda position: (len(grams[position]), position)):
        own = grams[here]
        rare = sorted(own, key=lambda gram: (frequency[gram], gram))
        prefix = rare[: len(own) - ceil(likeness * len(own) - 1e-9) + 1]
        least = likeness * len(own)
        for there in sorted({other for gram in prefix for other in index[gram] if len(grams[other]) >= least}):
            common = len(own & grams[there])
            share = common / (len(own) + len(grams[there]) - common)
            if share >= likeness:
                yield Pair(min(here, there), max(here, there), round(share, 4))
        for gram in prefix:
            index[gram].append(here)


def groups(examples: Sequence[Example], likeness: float = LIKENESS) -> NDArray[np.intp]:
    """A number for each example; those of a conversation, and near-duplicates, share one.

    >>> groups([Example("怎么退货？", "a"), Example("到哪了", "b"), Example("怎么退货", "a")]).tolist()
    [0, 1, 0]
    """
    parent = list(range(len(examples)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(a: int, b: int) -> None:
        low, high = sorted((root(a), root(b)))
        parent[high] = low

    leaders: dict[str, int] = {}
    for index, example in enumerate(examples):
        if example.group:
            join(leaders.setdefault(example.group, index), index)
    for pair in near_pairs([example.text for example in examples], likeness):
        join(pair.first, pair.second)
    return np.array([root(index) for index in range(len(examples))], dtype=np.intp)


def grouped_folds(examples: Sequence[Example], folds: int, *, seed: int = 0) -> NDArray[np.intp]:
    """The fold of each example: groups whole, labels and sizes even.

    Large groups are placed first, each into the fold that has fewest of its labels so far.

    Args:
        examples: Labelled messages.
        folds: How many folds.
        seed: Another seed gives another split, the same seed the same one.

    Raises:
        ValueError: If there are fewer than two folds.
    """
    if folds < 2:
        raise ValueError(f"{folds} folds; at least 2 are needed")
    members: defaultdict[int, list[int]] = defaultdict(list)
    for index, group in enumerate(groups(examples).tolist()):
        members[group].append(index)
    order = sorted(members, key=lambda group: (-len(members[group]), _shuffled(examples[group].text, seed), group))
    held: list[Counter[str]] = [Counter() for _ in range(folds)]
    sizes = [0] * folds
    fold_of = np.zeros(len(examples), dtype=np.intp)
    for group in order:
        inside = members[group]
        wanted = Counter(examples[index].intent for index in inside)
        start = _shuffled(examples[group].text, seed + 1) % folds

        def burden(fold: int, wanted: Counter[str] = wanted, start: int = start) -> tuple[int, int, int]:
            return sum(held[fold][label] for label in wanted), sizes[fold], (fold - start) % folds

        best = min(range(folds), key=burden)
        fold_of[inside] = best
        held[best].update(wanted)
        sizes[best] += len(inside)
    return fold_of


def split(examples: Sequence[Example], share: float = 0.2, *, seed: int = 0) -> tuple[list[Example], list[Example]]:
    """Training and test messages.

    Args:
        examples: Labelled messages.
        share: Share of the test, 0–0.5.
        seed: Another seed gives another split.

    Raises:
        ValueError: If the share is out of bounds.

    >>> shop = [Example(f"{word}{end}", "a") for word in ("怎么退货", "到哪了", "有货吗", "发票呢") for end in ("", "？")]
    >>> train, test = split(shop, 0.25)
    >>> len(train), len({letters(example.text) for example in test})
    (6, 1)
    """
    if not 0.0 < share <= 0.5:
        raise ValueError(f"share {share} is not between 0 and 0.5")
    folds = max(2, round(1 / share))
    fold_of = grouped_folds(examples, folds, seed=seed)
    train = [example for example, fold in zip(examples, fold_of.tolist(), strict=True) if fold != 0]
    test = [example for example, fold in zip(examples, fold_of.tolist(), strict=True) if fold == 0]
    return train, test


def _shuffled(text: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\0{text}".encode("utf-8", "replace")).digest()[:6], "big")
