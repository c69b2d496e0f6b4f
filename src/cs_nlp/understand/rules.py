"""Keyword rules from YAML: ordered, explainable, negation-aware, linear in the text.

A rule fires when all that it asks for is there:

* `any` / `all`: one term of each group occurs; a term is a keyword, or a lexicon concept written `@CONCEPT`;
* `near`: one term of each of its groups occurs, within so many characters, in order if `ordered`;
* `regex`: one of the patterns matches;
* `none`: no term of the list occurs;
* `whole`: the rest of the message is only punctuation, particles and politeness;
* `longest`: the message has at most so many characters.

A term in the scope of a negation does not count, except in `none`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from cs_nlp.resources import Faults, Node, packaged, read_yaml, yaml_files
from cs_nlp.understand.lexicon import ConceptHit
from cs_nlp.understand.negation import is_negated
from cs_nlp.understand.patterns import anchors, check_linear

KINDS = ("intent", "severity", "emotion", "flag")
FLAGS = ("repeated",)
Place = tuple[int, int]
_ANCHOR = "\0"  # marks the name of a text that a pattern needs; no keyword can begin with it
_FILLER = re.compile(r"[\W_啊呀哦噢喔嗯呢吧吗么嘛了的呗哈哟啦喽请亲您你好麻烦帮我给一下客服在]*")


@dataclass(frozen=True, slots=True)
class Near:
    """Terms that must stand close together.

    Attributes:
        groups: One term of each group is needed.
        within: Most characters from the first character to the last.
        ordered: Whether they must stand in the order of the groups.
    """

    groups: tuple[tuple[str, ...], ...]
    within: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; see the module for what the fields ask for.

    Attributes:
        id: Unique name.
        kind: What it sets: `intent`, `severity`, `emotion` or a `flag`.
        label: What it sets it to.
        score: How often it is right, 0–1.
        source: `file:line`.
        anchors: For each pattern the texts of which one must occur, where they were worked out before (in a bundle).
        examples: Messages on which it must fire.
        counterexamples: Messages on which it must not.
    """

    id: str
    kind: str
    label: str
    score: float
    source: str
    all: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()
    near: Near | None = None
    regex: tuple[str, ...] = ()
    whole: bool = False
    longest: int = 0
    note: str = ""
    anchors: tuple[tuple[str, ...], ...] = ()
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """Every keyword and concept the rule mentions."""
        near = self.near.groups if self.near else ()
        return tuple(term for group in (*self.all, *near, self.none) for term in group)


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that fired, with the spans in the normal text that made it fire."""

    rule: Rule
    spans: tuple[tuple[int, int], ...]


class _Found:
    """Where terms occur in one text; negated places are sorted out at first use."""

    __slots__ = ("_meant", "places", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: dict[str, list[tuple[int, int]]] = {}
        self._meant: dict[str, list[tuple[int, int]]] = {}

    def meant(self, term: str) -> list[tuple[int, int]]:
        """Places of a term that occurs, without the negated ones."""
        places = self._meant.get(term)
        if places is None:
            places = [place for place in self.places[term] if not is_negated(self.text, place[0])]
            self._meant[term] = places
        return places

    def of(self, group: Mapping[str, int]) -> list[tuple[int, int]]:
        """Places of the terms of a group, in the order of the group.

        A message has a dozen terms and a group may have hundreds: so the terms of the message are looked up.
        """
        terms = [term for term in self.places if term in group]
        if len(terms) > 1:
            terms.sort(key=group.__getitem__)
        return [place for term in terms for place in self.meant(term)]


class _Compiled:
    """A rule made ready: groups as term -> rank, terms that forbid it as a set, patterns compiled."""

    __slots__ = ("_ready", "forbidden", "groups", "near", "regexes", "rule")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.groups = [_ranks(group) for group in rule.all]
        self.near = [_ranks(group) for group in rule.near.groups] if rule.near else []
        self.forbidden = frozenset(rule.none)
        needed = rule.anchors or tuple(tuple(anchors(pattern) or ()) for pattern in rule.regex)
        self.regexes = [
            (pattern, frozenset(_ANCHOR + text for text in texts))
            for pattern, texts in zip(rule.regex, needed, strict=True)
        ]
        self._ready: dict[str, re.Pattern[str]] = {}

    def starters(self) -> list[str] | None:
        """Terms of which one must occur before the rule needs a closer look; None when it always needs one."""
        groups = self.groups or self.near
        if groups:
            return list(groups[0])
        if all(needed for _, needed in self.regexes):
            return sorted(term for _, needed in self.regexes for term in needed)
        return None

    def terms(self) -> list[str]:
        """Every term that must be looked for."""
        return [*self.rule.terms, *sorted(term for _, needed in self.regexes for term in needed)]

    def fires(self, found: _Found) -> tuple[tuple[int, int], ...] | None:
        """The spans that make the rule fire, or None."""
        rule = self.rule
        if (rule.longest and len(found.text) > rule.longest) or not self.forbidden.isdisjoint(found.places):
            return None
        spans: list[tuple[int, int]] = []
        for group in self.groups:
            places = found.of(group)
            if not places:
                return None
            spans.append(places[0])
        if rule.near:
            close = _close(rule.near, [found.of(group) for group in self.near])
            if close is None:
                return None
            spans.extend(close)
        if self.regexes:
            span = self._match(found)
            if span is None:
                return None
            spans.append(span)
        if rule.whole and not _covers(found.text, spans):
            return None
        return tuple(sorted(set(spans)))

    def _match(self, found: _Found) -> tuple[int, int] | None:
        """Where the first pattern that matches unnegated does."""
        for regex, needed in self.regexes:
            if not needed or not needed.isdisjoint(found.places):
                for match in self._pattern(regex).finditer(found.text):
                    if not is_negated(found.text, match.start()):
                        return match.span()
        return None

    def _pattern(self, pattern: str) -> re.Pattern[str]:
        """A pattern, compiled at its first use: most are never needed, and compiling all takes 0.1 s."""
        if pattern not in self._ready:
            self._ready[pattern] = re.compile(pattern)
        return self._ready[pattern]


def _ranks(group: Sequence[str]) -> dict[str, int]:
    return {term: rank for rank, term in reversed(list(enumerate(group)))}


class RuleBook:
    """All rules of a bundle; immutable, safe to share between threads.

    >>> rule = Rule("cancel", "intent", "order_cancel", 0.95, "demo:1", all=(("取消订单",),))
    >>> [hit.rule.id for hit in RuleBook([rule]).find("帮我取消订单", [])]
    ['cancel']
    >>> RuleBook([rule]).find("不要取消订单", [])
    []
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._compiled = [_Compiled(rule) for rule in self.rules]
        self._always: list[int] = []
        self._anchored: dict[str, list[int]] = {}
        keywords: dict[str, None] = {}
        for index, compiled in enumerate(self._compiled):
            starters = compiled.starters()
            if starters is None:
                self._always.append(index)
            for term in starters or ():
                self._anchored.setdefault(term, []).append(index)
            keywords |= dict.fromkeys(term for term in compiled.terms() if not term.startswith("@"))
        texts = list(dict.fromkeys(term.removeprefix(_ANCHOR) for term in keywords))
        # for each text its names as an anchor and as a term, and whether it can stand inside a number
        self._names = [
            (_ANCHOR + text if _ANCHOR + text in keywords else "", text if text in keywords else "", _has_digit(text))
            for text in texts
        ]
        self._matcher = AhoCorasick(texts, matchkind=MatchKind.Standard) if texts else None

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
                rule = _rule(node, intents)
                if rule.id in rules:
                    node.fail("id", f"{rule.id!r} is taken by {rules[rule.id].source}")
                rules[rule.id] = rule
        faults.check()
        return cls(rules.values())

    @classmethod
    def from_json(cls, rows: Sequence[dict[str, Any]]) -> RuleBook:
        """Restores what `to_json` gave."""
        return cls(_from_json(row) for row in rows)

    def to_json(self) -> list[dict[str, Any]]:
        """The rules as JSON values, without their examples."""
        return [_to_json(rule) for rule in self.rules]

    def find(self, text: str, hits: Sequence[ConceptHit]) -> list[RuleHit]:
        """Rules that fire on a normal text, in their order.

        Args:
            text: Normal text.
            hits: Its lexicon concepts.
        """
        found = _Found(text)
        places = found.places
        if self._matcher is not None:
            for index, start, end in self._matcher.find_matches_as_indexes(text, overlapping=True):
                anchor, term, numeric = self._names[index]
                if anchor:
                    places[anchor] = []
                if term and not (numeric and _inside_number(text, start, end)):
                    places.setdefault(term, []).append((start, end))
        for concept, start, end in hits:
            places.setdefault("@" + concept, []).append((start, end))
        candidates = set(self._always)
        for term in places:
            candidates.update(self._anchored.get(term, ()))
        fired = []
        for index in sorted(candidates):
            spans = self._compiled[index].fires(found)
            if spans is not None:
                fired.append(RuleHit(self.rules[index], spans))
        return fired


def _has_digit(text: str) -> bool:
    return any("0" <= character <= "9" for character in text)


def _inside_number(text: str, start: int, end: int) -> bool:
    """Whether a keyword of digits is only a part of a longer number: 12345 in an order number is no hotline."""
    before = start > 0 and text[start].isdigit() and text[start - 1].isdigit()
    return before or (end < len(text) and text[end - 1].isdigit() and text[end].isdigit())


def _close(near: Near, places: Sequence[Sequence[Place]]) -> list[Place] | None:
    """The first places, one a group, that lie within the window without overlapping."""
    ordered = [sorted(group) for group in places]
    for first, start in enumerate(ordered[:1] if near.ordered else ordered):
        for place in start:
            chosen = _window(near, ordered, first, place)
            if chosen is not None:
                return chosen
    return None


def _window(near: Near, places: Sequence[Sequence[Place]], first: int, start: Place) -> list[Place] | None:
    """Places of all groups in the window that begins with `start` of group `first`."""
    chosen = [start]
    for index, group in enumerate(places):
        if index == first:
            continue
        low = chosen[-1][1] if near.ordered else start[0]
        for place in group[bisect_left(group, (low, 0)) :]:
            if place[0] >= start[0] + near.within:
                return None
            if place[1] <= start[0] + near.within and not any(_overlap(place, other) for other in chosen):
                chosen.append(place)
                break
        else:
            return None
    return chosen


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _covers(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether nothing but filler stands outside the spans."""
    position = 0
    for start, end in sorted(spans):
        if start > position and not _FILLER.fullmatch(text, position, start):
            return False
        position = max(position, end)
    return _FILLER.fullmatch(text, position) is not None


_FIELDS = (
    "id", "sets", "label", "score", "any", "all", "none", "near", "regex", "whole", "longest", "note", "examples",
    "counterexamples",
)  # fmt: skip


def _rule(node: Node, intents: tuple[str, ...] | None) -> Rule:
    node.only(*_FIELDS)
    kind = node.text("sets", "intent", among=KINDS)
    among = {"severity": ("S", "A", "B"), "emotion": ("anxious", "angry"), "flag": FLAGS}.get(kind, intents)
    some = node.texts("any")
    groups = ((some,) if some else ()) + node.lists("all")
    regex = node.texts("regex")
    for position, pattern in enumerate(regex):
        if reason := check_linear(pattern):
            node.fail(f"regex[{position}]", reason)
    near = _near(node.child("near")) if "near" in node else None
    if not groups and not near and not regex:
        node.fail("", "a rule needs any, all, near or regex")
    for group in (*groups, *(near.groups if near else ())):
        if not group:
            node.fail("", "a group of terms is empty; delete it or fill it")
    return Rule(
        id=node.text("id"),
        kind=kind,
        label=node.text("label", among=among),
        score=node.number("score", 0.95),
        source=f"{node.file}:{node.line}",
        all=groups,
        none=node.texts("none"),
        near=near,
        regex=regex,
        whole=node.flag("whole", False),
        longest=int(node.number("longest", 0, high=2000)),
        note=node.text("note", ""),
        examples=node.texts("examples"),
        counterexamples=node.texts("counterexamples"),
    )


def _near(node: Node) -> Near:
    node.only("all", "within", "ordered")
    groups = node.lists("all")
    if len(groups) < 2:
        node.fail("all", "at least two groups of terms are needed")
    return Near(groups, int(node.number("within", 10, low=2, high=200)), node.flag("ordered", False))


_STORED = ("id", "kind", "label", "score", "source", "all", "none", "regex", "whole", "longest", "note")


def _to_json(rule: Rule) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(rule, name) for name in _STORED if getattr(rule, name)}
    if rule.regex:
        row["anchors"] = [anchors(pattern) or [] for pattern in rule.regex]
    if rule.near:
        row["near"] = [rule.near.groups, rule.near.within, rule.near.ordered]
    return row


def _from_json(row: dict[str, Any]) -> Rule:
    values = dict(row)
    near = values.pop("near", None)
    for name in ("none", "regex"):
        values[name] = tuple(values.get(name, ()))
    for name in ("all", "anchors"):
        values[name] = tuple(tuple(group) for group in values.get(name, ()))
    if near:
        values["near"] = Near(tuple(tuple(group) for group in near[0]), int(near[1]), bool(near[2]))
    return Rule(**values)
