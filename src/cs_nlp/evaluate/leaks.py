"""Test messages that the model has seen in training: a figure that rests on them is not a figure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from cs_nlp.text import normalize

LEAST_LETTERS = 6
NEAR = 0.9


@dataclass(frozen=True, slots=True)
class Leak:
    """A test message that stands in the training data, too.

    Attributes:
        test: Position of the test message.
        training: Position of the training message.
        likeness: 1.0 when they have the same letters, else how alike they are, 0–1.
    """

    test: int
    training: int
    likeness: float


def find_leaks(test: Sequence[str], training: Sequence[str], *, near: float = NEAR) -> list[Leak]:
    """The test messages that are equal or nearly equal to a training message, at most one leak each.

    Signs, spaces, letter case, width and script of the characters do not count. Messages of fewer than six letters
    (你好, 怎么退货) are what many customers type by themselves; they are passed over.

    Args:
        test: Test messages.
        training: Training messages.
        near: From which likeness on two messages count as the same, 0–1.

    >>> [(leak.test, leak.likeness) for leak in find_leaks(["我的快递到哪里了？", "你好"], ["我的快递到哪里了", "你好"])]
    [(0, 1.0)]
    """
    known: dict[str, int] = {}
    for index, text in enumerate(training):
        known.setdefault(letters(text), index)
    pool = sorted((text for text in known if len(text) >= LEAST_LETTERS), key=lambda text: (len(text), text))
    sizes = [len(text) for text in pool]
    found = []
    for index, raw in enumerate(test):
        text = letters(raw)
        if len(text) < LEAST_LETTERS:
            continue
        if text in known:
            found.append(Leak(index, known[text], 1.0))
            continue
        reach = near / (2.0 - near)  # beyond this ratio of lengths no likeness of `near` is possible
        part = pool[bisect_left(sizes, int(len(text) * reach)) : bisect_right(sizes, int(len(text) / reach) + 1)]
        best = process.extractOne(text, part, scorer=fuzz.ratio, score_cutoff=near * 100)
        if best is not None:
            found.append(Leak(index, known[best[0]], round(best[1] / 100, 4)))
    return found


def letters(text: str) -> str:
    """What is compared: letters and digits of the normal form.

    >>> letters("在嗎？ 我要ＡＢ！")
    '在吗我要ab'
    """
    return "".join(character for character in normalize(text).text.lower() if character.isalnum())


def leak_figures(leaks: Sequence[Leak], messages: int) -> dict[str, Any]:
    """`messages`, `share`, `exact` and `near` of a test with so many messages."""
    exact = sum(leak.likeness == 1.0 for leak in leaks)
    return {
        "messages": len(leaks),
        "share": round(len(leaks) / messages, 4) if messages else None,
        "exact": exact,
        "near": len(leaks) - exact,
    }
