"""The label set: intents, severities, emotions, with their Chinese names, tiers and deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from cs_nlp.resources import Faults, Node, packaged, read_yaml
from cs_nlp.types import Severity

TIERS = ("bot", "junior", "senior")


@dataclass(frozen=True, slots=True)
class Intent:
    """One intent.

    Attributes:
        id: Its id, as in training data.
        name: Its Chinese name.
        group: The id of its group.
        tier: Who can settle it: `bot`, `junior` or `senior`.
        about: What belongs here, in Chinese.
    """

    id: str
    name: str
    group: str
    tier: str
    about: str


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """What a severity promises.

    Attributes:
        name: Chinese name of the level.
        meaning: What belongs here, in Chinese.
        first_response: Time until a first answer.
        resolution: Time until a solution.
    """

    name: str
    meaning: str
    first_response: timedelta
    resolution: timedelta


@dataclass(frozen=True)
class Taxonomy:
    """All labels.

    >>> Taxonomy.default().intents["refund_status"].name
    '退款进度'
    >>> Taxonomy.default().is_talk("greeting")
    True
    """

    groups: Mapping[str, str]
    intents: Mapping[str, Intent]
    unclear: str
    unclear_name: str
    levels: Mapping[Severity, ServiceLevel]
    emotions: Mapping[str, str]

    @classmethod
    def default(cls) -> Taxonomy:
        """The packaged taxonomy."""
        return _default()

    @classmethod
    def from_yaml(cls, file: Traversable | Path) -> Taxonomy:
        """Reads a taxonomy file.

        Raises:
            DataFileError: If the file has faults; all are listed.
        """
        faults = Faults()
        taxonomy = _parse(read_yaml(file, faults))
        faults.check()
        return taxonomy

    @property
    def labels(self) -> tuple[str, ...]:
        """All intent ids and `unclear`."""
        return (*self.intents, self.unclear)

    def is_talk(self, intent: str) -> bool:
        """Whether the intent is small talk (or asks for a human) rather than business."""
        found = self.intents.get(intent)
        return found is not None and found.group == "talk" and intent != "complaint"

    def name(self, intent: str) -> str:
        """Chinese name of an intent; the id itself for one that is not in the taxonomy."""
        if intent == self.unclear:
            return self.unclear_name
        found = self.intents.get(intent)
        return found.name if found else intent


@lru_cache(maxsize=1)
def _default() -> Taxonomy:
    return Taxonomy.from_yaml(packaged("taxonomy.yaml"))


def _parse(top: Node) -> Taxonomy:
    top.only("version", "groups", "intents", "unclear", "severities", "emotions")
    groups = {name: node.text("name") for name, node in top.children("groups")}
    intents = {name: _intent(name, node, tuple(groups)) for name, node in top.children("intents")}
    unclear = top.child("unclear")
    levels = {}
    for name, node in top.children("severities"):
        if name not in Severity.__members__:
            node.fail("", f"{name!r} is not known; allowed are {', '.join(Severity.__members__)}")
            continue
        levels[Severity(name)] = _level(node)
    emotions = {name: node.text("name") for name, node in top.children("emotions")}
    return Taxonomy(groups, intents, unclear.text("id"), unclear.text("name"), levels, emotions)


def _intent(name: str, node: Node, groups: tuple[str, ...]) -> Intent:
    node.only("name", "group", "tier", "about")
    return Intent(
        id=name,
        name=node.text("name"),
        group=node.text("group", among=groups),
        tier=node.text("tier", among=TIERS),
        about=node.text("about"),
    )


def _level(node: Node) -> ServiceLevel:
    node.only("name", "meaning", "first_response_minutes", "resolution_minutes")
    year = 525_600.0
    return ServiceLevel(
        name=node.text("name"),
        meaning=node.text("meaning"),
        first_response=timedelta(minutes=node.number("first_response_minutes", high=year)),
        resolution=timedelta(minutes=node.number("resolution_minutes", high=year)),
    )
