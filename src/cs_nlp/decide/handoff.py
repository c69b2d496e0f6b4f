"""The handoff: which desk, until when, and a ticket that spares the customer from repeating himself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from cs_nlp.resources import Faults, Node, packaged, read_yaml
from cs_nlp.text import mask_message, mask_value
from cs_nlp.types import Message, Severity, Ticket, Understanding
from cs_nlp.understand.taxonomy import Taxonomy

DESK_TIERS = ("junior", "senior")
_SUMMARY_CHARACTERS = 60
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The one clock that is used when the caller gives none."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """A group of human agents.

    Attributes:
        id: Its id.
        name: Its Chinese name.
        tier: `junior` or `senior`.
        intents: What it takes.
    """

    id: str
    name: str
    tier: str
    intents: tuple[str, ...]


@dataclass(frozen=True)
class Desks:
    """All desks and who takes what.

    >>> Desks.default().route("refund_status", senior=False).name
    '财务组'
    """

    desks: Mapping[str, Desk]
    fallback: str
    senior_fallback: str

    @classmethod
    def default(cls) -> Desks:
        """The packaged desks."""
        return _default()

    @classmethod
    def from_yaml(cls, file: Traversable | Path) -> Desks:
        """Reads a desk file.

        Raises:
            DataFileError: If the file has faults; all are listed.
        """
        faults = Faults()
        desks = _parse(read_yaml(file, faults))
        faults.check()
        return desks

    def route(self, intent: str, *, senior: bool) -> Desk:
        """The desk for an intent.

        Args:
            intent: What the customer wants.
            senior: Whether a senior agent is needed.
        """
        tier = "senior" if senior else "junior"
        for desk in self.desks.values():
            if desk.tier == tier and intent in desk.intents:
                return desk
        if not senior and any(intent in desk.intents for desk in self.desks.values()):
            return self.route(intent, senior=True)
        return self.desks[self.senior_fallback if senior else self.fallback]


@lru_cache(maxsize=1)
def _default() -> Desks:
    return Desks.from_yaml(packaged("desks.yaml"))


def _parse(top: Node) -> Desks:
    top.only("version", "desks", "fallback", "senior_fallback")
    desks: dict[str, Desk] = {}
    taken: dict[tuple[str, str], str] = {}
    for name, node in top.children("desks"):
        node.only("name", "tier", "intents")
        desk = Desk(name, node.text("name"), node.text("tier", among=DESK_TIERS), node.texts("intents"))
        for intent in desk.intents:
            if (desk.tier, intent) in taken:
                node.fail("intents", f"{intent!r} is already taken by desk {taken[desk.tier, intent]!r}")
            taken[desk.tier, intent] = name
        desks[name] = desk
    names = tuple(desks)
    return Desks(desks, top.text("fallback", among=names), top.text("senior_fallback", among=names))


def write_ticket(
    message: Message,
    understanding: Understanding,
    reasons: Sequence[str],
    *,
    desks: Desks,
    taxonomy: Taxonomy,
    now: datetime,
    soothing: str,
) -> Ticket:
    """Writes the ticket of a handoff; everything in it is masked.

    Args:
        message: What the customer wrote.
        understanding: What it means.
        reasons: Codes of why a human is needed.
        desks: All desks.
        taxonomy: Names and deadlines.
        now: When the ticket is made.
        soothing: What the customer is told while he waits.
    """
    intent = understanding.intents[0].id
    severity = understanding.severity
    found = taxonomy.intents.get(intent)
    senior = severity is Severity.S or (found is not None and found.tier == "senior")
    desk = desks.route(intent, senior=senior)
    level = taxonomy.levels[severity]
    masked = mask_message(message)
    return Ticket(
        desk=desk.id,
        desk_name=desk.name,
        tier=desk.tier,
        severity=severity,
        intent=intent,
        emotion=understanding.emotion,
        summary=_summary(masked, understanding, taxonomy),
        text=masked,
        entities=tuple((entity.type, mask_value(entity)) for entity in message.entities),
        reasons=tuple(reasons),
        evidence=understanding.evidence,
        created=now,
        first_response_due=now + level.first_response,
        resolution_due=now + level.resolution,
        soothing=soothing,
    )


def _summary(masked: str, understanding: Understanding, taxonomy: Taxonomy) -> str:
    names = [taxonomy.name(understanding.intents[0].id)]
    if understanding.second:
        names.append(taxonomy.name(understanding.second))
    level = taxonomy.levels[understanding.severity]
    emotion = taxonomy.emotions.get(understanding.emotion.value, understanding.emotion.value)
    text = " ".join(masked.split())
    if len(text) > _SUMMARY_CHARACTERS:
        text = text[: _SUMMARY_CHARACTERS - 1] + "…"
    return (
        f"客户来询「{'、'.join(names)}」，{level.name}（{understanding.severity.value}）级，情绪{emotion}。原话：{text}"
    )
