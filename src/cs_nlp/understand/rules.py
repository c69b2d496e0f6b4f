"""Keyword rules: ordered, explainable, negation-aware, linear in the text.

What a rule may ask for is described in `cs_nlp.understand.rule`. Most rules are sorted out together
(`cs_nlp.understand.screening`), the few that are left are looked at one by one (`cs_nlp.understand.matching`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cs_nlp.resources import Faults, packaged, read_yaml, yaml_files
from cs_nlp.understand.keywords import Occurrence
from cs_nlp.understand.lexicon import ConceptHit, Lexicon
from cs_nlp.understand.matching import Matcher, Place
from cs_nlp.understand.rule import FLAGS, KINDS, Near, Rule, read_rule
from cs_nlp.understand.screening import Screen

if TYPE_CHECKING:
    from cs_nlp.understand._screener import Screener

__all__ = ["FLAGS", "KINDS", "Near", "Rule", "RuleBook", "RuleHit"]


class RuleHit(NamedTuple):
    """A rule that fired, with the spans in the normal text that made it fire."""

    rule: Rule
    spans: tuple[Place, ...]


class RuleBook:
    """All rules of a bundle; immutable, safe to share between threads.

    Args:
        rules: The rules, in order.
        words: Other texts that `scan` looks for in the same pass, such as the words of a lexicon.

    >>> rule = Rule("cancel", "intent", "order_cancel", 0.95, "demo:1", all=(("取消订单",),))
    >>> [hit.rule.id for hit in RuleBook([rule]).find("帮我取消订单", [])]
    ['cancel']
    >>> RuleBook([rule]).find("不要取消订单", [])
    []
    """

    def __init__(self, rules: Iterable[Rule], words: Sequence[str] = ()) -> None:
        self.rules = tuple(rules)
        self._words = words
        self._matchers: list[Matcher | None] = [None] * len(self.rules)

    @cached_property
    def _screen(self) -> Screen:
        """Made at its first use: a bundle's rules are read, then taken over together with the words of its lexicon."""
        return Screen(self.rules, self._words)

    @classmethod
    def default(cls) -> RuleBook:
        """The packaged rules."""
        return cls.from_yaml(packaged("rules"))

    @classmethod
    def from_yaml(cls, place: Traversable | Path, labels: Iterable[str] | None = None) -> RuleBook:
        """Reads a rule file, or all files of a folder.

        Args:
            place: The file or folder.
            labels: Intents that may be set; any when None.

        Raises:
            DataFileError: If a file has faults; all are listed.
        """
        faults = Faults()
        intents = tuple(labels) if labels is not None else None
        rules: dict[str, Rule] = {}
        for file in yaml_files(place):
            top = read_yaml(file, faults)
            top.only("version", "lists", "rules")
            for node in top.nodes("rules"):
                rule = read_rule(node, intents)
                if rule.id in rules:
                    node.fail("id", f"{rule.id!r} is taken by {rules[rule.id].source}")
                rules[rule.id] = rule
        faults.check()
        return cls(rules.values())

    @classmethod
    def from_json(cls, rows: Sequence[Mapping[str, Any]]) -> RuleBook:
        """Restores what `to_json` gave."""
        return cls(map(Rule.from_json, rows))

    def to_json(self) -> list[dict[str, Any]]:
        """The rules as JSON values, without their examples."""
        return [rule.to_json() for rule in self.rules]

    def scan(self, text: str) -> list[Occurrence]:
        """Where the words and the keywords occur in a text; the words are numbered from 0 on."""
        return self._screen.scan(text)

    def find(self, text: str, hits: Sequence[ConceptHit], found: Sequence[Occurrence] | None = None) -> list[RuleHit]:
        """Rules that fire on a normal text, in their order.

        Args:
            text: Normal text.
            hits: Its lexicon concepts.
            found: What `scan` gave, where that is known.
        """
        left, found = self._screen.sift(text, self.scan(text) if found is None else found, hits)
        return self.fire(text, _places(left), found)

    def fire(self, text: str, places: Iterable[int], found: Sequence[Occurrence]) -> list[RuleHit]:
        """Those that fire among the rules that may.

        Args:
            text: Normal text.
            places: The places of these rules, in order.
            found: Where the terms of rules occur in the text.
        """
        fired: list[RuleHit] = []
        for place in places:
            spans = self._matcher(place).fires(text, found)
            if spans is not None:
                fired.append(RuleHit(self.rules[place], spans))
        return fired

    def compiled(self, lexicon: Lexicon) -> Screener | None:
        """What reads the concepts of a lexicon, whose words this book scans for, and sifts the rules; see `Screen`."""
        return self._screen.compiled(lexicon)

    def _matcher(self, index: int) -> Matcher:
        """A rule made ready at its first use: most are never needed, and preparing all would slow every start."""
        matcher = self._matchers[index]
        if matcher is None:
            matcher = Matcher(self.rules[index], self._screen.numbers, self._screen.anchors[index])
            self._matchers[index] = matcher
        return matcher


def _places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, in order."""
    while bits:
        lowest = bits & -bits
        bits ^= lowest
        yield lowest.bit_length() - 1
