"""One rule: what it asks for, read from YAML or from a bundle.

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

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cs_nlp.resources import Node
from cs_nlp.understand.patterns import anchors, check_linear

KINDS = ("intent", "severity", "emotion", "flag")
FLAGS = ("repeated",)
_STORED = ("id", "kind", "label", "score", "source", "all", "none", "regex", "whole", "longest", "note")


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

    def to_json(self) -> dict[str, Any]:
        """The rule as JSON values, without its examples."""
        row: dict[str, Any] = {name: getattr(self, name) for name in _STORED if getattr(self, name)}
        if self.regex:
            row["anchors"] = [anchors(pattern) or [] for pattern in self.regex]
        if self.near:
            row["near"] = [self.near.groups, self.near.within, self.near.ordered]
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Rule:
        """Restores what `to_json` gave."""
        values = dict(row)
        near = values.pop("near", None)
        for name in ("none", "regex"):
            values[name] = tuple(values.get(name, ()))
        for name in ("all", "anchors"):
            values[name] = tuple(map(tuple, values.get(name, ())))
        if not values["anchors"]:
            values["anchors"] = tuple(tuple(anchors(pattern) or ()) for pattern in values["regex"])
        if near:
            values["near"] = Near(tuple(map(tuple, near[0])), int(near[1]), bool(near[2]))
        return cls(**values)


_FIELDS = (
    "id", "sets", "label", "score", "any", "all", "none", "near", "regex", "whole", "longest", "note", "examples",
    "counterexamples",
)  # fmt: skip


def read_rule(node: Node, intents: tuple[str, ...] | None) -> Rule:
    """Reads one rule of a file; what is wrong with it becomes faults of the node.

    Args:
        node: The rule in the file.
        intents: Intents that may be set; any when None.
    """
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
