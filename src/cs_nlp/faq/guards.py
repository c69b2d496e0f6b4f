"""Guards: what two questions must not differ in to count as the same, however alike their characters are.

The table is `resources/faq_guards.yaml`. A question is read once into a `Signature`; comparing two is integer work.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from cs_nlp.faq.words import Marker, marker
from cs_nlp.resources import Faults, Node, packaged, read_yaml

_CODE = re.compile(r"(?<![a-z0-9])(?=[a-z0-9]{0,30}[0-9])(?=[a-z0-9]{0,30}[a-z])[a-z0-9]{2,31}(?![a-z0-9])")
_MOST = 48  # as many sides as all conflicts can have together
_SIDES = (1 << _MOST) - 1
_DIGIT = re.compile(r"[0-9一二两三四五六七八九十]")
_NUMERALS = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5"} | {
    "六": "6", "七": "7", "八": "8", "九": "9", "十": "10"
}  # fmt: skip


class Signature(NamedTuple):
    """What the guards see in a question.

    Attributes:
        sides: One bit a side of a conflict.
        marks: One bit a mark.
        numbers: Numbers with their unit.
        codes: Model or product codes.
    """

    sides: int = 0
    marks: int = 0
    numbers: tuple[tuple[str, str], ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Guards:
    """The table, ready to use; make one with `read_guards` or take the packaged `guards()`.

    Attributes:
        words: Finds the words of sides and marks: the bits of the sides, and those of the marks above them.
        conflicts: Bits of a conflict's sides, with its factor and name.
        marks: Bit of a mark, with its factor and name.
        quantity: Pattern of a number with a unit.
        number_factor: What different numbers of one unit cost.
        code_factor: What different codes cost.
        asked: For a question what kinds of thing it asks for, one bit a kind.
        kinds: The names of these kinds.
        declines: Finds the words that say a matter is not wanted, one bit for each of `declinable`.
        declinable: The intents that can be declined.

    >>> table = guards()
    >>> table.asked("多久到账") == table.asked("什么时候到账") != table.asked("怎么到账")
    True
    """

    words: Marker
    conflicts: tuple[tuple[int, float, str], ...]
    marks: tuple[tuple[int, float, str], ...]
    quantity: re.Pattern[str]
    number_factor: float
    code_factor: float
    asked: Marker
    kinds: tuple[str, ...]
    declines: Marker
    declinable: tuple[str, ...]

    def declined(self, text: str) -> frozenset[str]:
        """The intents that a question in its normal form says are not wanted.

        >>> sorted(guards().declined("不用给我开发票")), sorted(guards().declined("不开发票怎么办"))
        (['invoice'], [])
        """
        found = self.declines(text)
        return frozenset([intent for bit, intent in enumerate(self.declinable) if found >> bit & 1])

    def read(self, text: str) -> Signature:
        """The signature of a question in its normal form."""
        found = self.words(text)
        sides, marks = found & _SIDES, found >> _MOST
        if not _DIGIT.search(text):
            return Signature(sides, marks)
        amounts = sorted({(_NUMERALS.get(number, number), unit) for number, unit in self.quantity.findall(text)})
        return Signature(sides, marks, tuple(amounts), tuple(sorted(set(_CODE.findall(text)) - _written(amounts))))

    def factor(self, one: Signature, other: Signature) -> float:
        """What is left of the score, 0–1.

        >>> table = guards()
        >>> table.factor(table.read("怎么申请退货"), table.read("如何退货"))
        1.0
        >>> table.factor(table.read("怎么申请退货"), table.read("怎么申请换货")) < 0.8
        True
        """
        if one == other:
            return 1.0
        quiet = one.marks == other.marks and not (one.numbers and other.numbers) and not (one.codes and other.codes)
        if quiet and (one.sides == other.sides or not one.sides or not other.sides):
            return 1.0
        return math.prod([factor for factor, _ in self._spoken(one, other)])

    def reasons(self, one: Signature, other: Signature) -> tuple[str, ...]:
        """The names of the guards that speak between two questions.

        >>> table = guards()
        >>> table.reasons(table.read("能退吗"), table.read("不退了"))
        ('不要做',)
        """
        return tuple(name for _, name in self._spoken(one, other))

    def _spoken(self, one: Signature, other: Signature) -> Iterator[tuple[float, str]]:
        if one.sides != other.sides:
            shared = one.sides & other.sides
            for bits, factor, name in self.conflicts:
                if one.sides & bits and other.sides & bits and not shared & bits:
                    yield factor, name
        if one.marks != other.marks:
            for bit, factor, name in self.marks:
                if (one.marks ^ other.marks) & bit:
                    yield factor, name
        if one.numbers and other.numbers and _differ(one.numbers, other.numbers):
            yield self.number_factor, "numbers"
        if one.codes and other.codes and not set(one.codes) & set(other.codes):
            yield self.code_factor, "codes"


def read_guards(file: Path | Traversable) -> Guards:
    """Reads a table of guards.

    Args:
        file: YAML as `resources/faq_guards.yaml` describes it.

    Returns:
        The guards.

    Raises:
        DataFileError: If the file has faults; all are listed.
    """
    faults = Faults()
    top = read_yaml(file, faults)
    top.only("version", "conflicts", "marks", "numbers", "codes", "asks", "declines")
    words: dict[str, int] = {}
    conflicts = _conflicts(top, words)
    marks = _marks(top, words)
    numbers, codes = top.child("numbers"), top.child("codes")
    units = sorted(numbers.texts("units"), key=lambda unit: (-len(unit), unit))
    kinds = top.child("asks") if "asks" in top else ()
    declines = _declines(top)
    declinable = tuple(dict.fromkeys(intent for intents in declines.values() for intent in intents))
    table = Guards(
        marker(words),
        conflicts,
        marks,
        re.compile(rf"([0-9]{{1,9}}(?:\.[0-9]{{1,3}})?|[{''.join(_NUMERALS)}])({'|'.join(map(re.escape, units))})"),
        numbers.number("factor"),
        codes.number("factor"),
        marker(_kinds(top)),
        tuple(kinds),
        marker({word: sum([1 << declinable.index(one) for one in intents]) for word, intents in declines.items()}),
        declinable,
    )
    faults.check()
    return table


@cache
def guards() -> Guards:
    """The packaged guards, read once."""
    return read_guards(packaged("faq_guards.yaml"))


def _conflicts(top: Node, words: dict[str, int]) -> tuple[tuple[int, float, str], ...]:
    found: list[tuple[int, float, str]] = []
    bit = 1
    for node in top.nodes("conflicts"):
        node.only("name", "factor", "sides")
        sides = node.child("sides")
        bits = 0
        for side in sides:
            for word in sides.texts(side):
                words[word] = words.get(word, 0) | bit
            bits |= bit
            bit <<= 1
        found.append((bits, node.number("factor"), node.text("name")))
    if bit > _SIDES + 1:
        top.fail("conflicts", f"they have more than {_MOST} sides together")
    return tuple(found)


def _marks(top: Node, words: dict[str, int]) -> tuple[tuple[int, float, str], ...]:
    found: list[tuple[int, float, str]] = []
    for position, node in enumerate(top.nodes("marks")):
        node.only("name", "factor", "words", "except")
        for word in node.texts("words"):
            words[word] = words.get(word, 0) | 1 << (_MOST + position)
        for word in node.texts("except"):
            words.setdefault(word, 0)
        found.append((1 << position, node.number("factor"), node.text("name")))
    return tuple(found)


def _kinds(top: Node) -> dict[str, int]:
    kinds = top.child("asks") if "asks" in top else None
    found: dict[str, int] = {}
    for position, kind in enumerate(kinds or ()):
        for word in kinds.texts(kind) if kinds else ():
            found[word] = found.get(word, 0) | 1 << position
    return found


def _declines(top: Node) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for node in top.nodes("declines") if "declines" in top else ():
        node.only("intents", "words", "except")
        for word in node.texts("words"):
            found[word] = tuple(dict.fromkeys((*found.get(word, ()), *node.texts("intents"))))
        for word in node.texts("except"):
            found.setdefault(word, ())
    return found


def _differ(one: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...]) -> bool:
    units = {unit for _, unit in one} & {unit for _, unit in other}
    return any({n for n, unit in one if unit == same} != {n for n, unit in other if unit == same} for same in units)


def _written(quantities: list[tuple[str, str]]) -> set[str]:
    return {number + unit for number, unit in quantities}
