"""FAQ entries: what customers ask, what the shop answers, and how both are read from YAML.

The files are described in their own heads (`faq/*.yaml`); `settings.yaml` beside them holds the values of the {slots}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from cs_nlp.resources import Faults, Node, read_yaml, yaml_files

ENTITY_SLOTS = ("order_id", "tracking_no", "phone", "amount", "date", "product")
"""Slots that a message can fill; an entry's plain `answer` must not need them."""

_SETTINGS = "settings.yaml"
_SLOT = re.compile(r"\{([^{}]*)\}")
_NOISE = re.compile(r"[^\w一-鿿]+")
_FIELDS = (
    *("id", "question", "variants", "answer", "answers", "intents", "topic", "tags", "follow_ups", "related"),
    *("products", "shops", "valid_from", "valid_until", "enabled", "source", "reviewed"),
)


@dataclass(frozen=True, slots=True)
class FaqAnswer:
    """A more specific answer of an entry, tried before the plain one.

    Attributes:
        text: What the customer is told; may hold {slots}.
        channel: Channels it is for; empty means all.
        tier: Customer tiers it is for; empty means all.
    """

    text: str
    channel: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()

    def fits(self, channel: str | None, tier: str | None) -> bool:
        """Whether its conditions hold."""
        return (not self.channel or channel in self.channel) and (not self.tier or tier in self.tier)


class Forms(NamedTuple):
    """The questions of an entry as the search compares them; those of one plain form stand once.

    Attributes:
        source: The questions these forms were made of.
        asked: The questions that are kept.
        folded: For each its folded form.
        normal: For each its normal form in lower case.
    """

    source: tuple[str, ...]
    asked: tuple[str, ...]
    folded: tuple[str, ...]
    normal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One thing customers ask, with its answer.

    Attributes:
        id: Unique name.
        questions: The standard question, then the other ways to ask it.
        answer: What the customer is told; may hold {slots}.
        answers: More specific answers, tried first.
        intents: Intents it may answer, the main one first; empty means any.
        topic: Heading it stands under.
        tags: Free marks, e.g. `general`.
        follow_ups: Questions to ask back.
        related: Ids of entries on neighbouring matters.
        products: Product ids it is for; empty means all.
        shops: Shop ids it is for; empty means all.
        valid_from: First day it holds, or None.
        valid_until: Last day it holds, or None.
        enabled: Whether it is used at all.
        source: Where the policy stands.
        reviewed: Day somebody last checked it, or None.
        place: `file:line`, or an empty string.
        forms: What the search compares, when it was made before; not part of what the entry says.
    """

    id: str
    questions: tuple[str, ...]
    answer: str
    answers: tuple[FaqAnswer, ...] = ()
    intents: tuple[str, ...] = ()
    topic: str = ""
    tags: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    shops: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    enabled: bool = True
    source: str = ""
    reviewed: date | None = None
    place: str = ""
    forms: Forms | None = field(default=None, compare=False, repr=False)


def slots_of(text: str) -> tuple[str, ...]:
    """The names of the {slots} in a text, in order.

    >>> slots_of("签收后 {return_days} 天内可退，客服时间 {hours}")
    ('return_days', 'hours')
    """
    return tuple(_SLOT.findall(text))


def plain(question: str) -> str:
    """A question without case, spaces and punctuation: two questions with the same plain form are the same.

    >>> plain("电子发票 在哪下载？") == plain("电子发票在哪下载")
    True
    """
    return _NOISE.sub("", question.lower())


def render(
    entry: FaqEntry, slots: Mapping[str, str], channel: str | None = None, tier: str | None = None
) -> str | None:
    """The first answer whose conditions hold and whose {slots} can all be filled.

    Args:
        entry: The entry.
        slots: Values by slot name: the shop's settings and what the message gave.
        channel: Channel of the conversation, e.g. `app`.
        tier: Tier of the customer, e.g. `plus`.

    Returns:
        The text for the customer, or None when no answer can be given; the entry is not to be used then.

    Examples:
        >>> entry = FaqEntry("fee", ("运费多少",), "满 {free} 元包邮", (FaqAnswer("会员免运费", tier=("plus",)),))
        >>> render(entry, {"free": "59"}), render(entry, {}, tier="plus"), render(entry, {})
        ('满 59 元包邮', '会员免运费', None)
    """
    for answer in entry.answers:
        if answer.fits(channel, tier):
            text = _filled(answer.text, slots)
            if text is not None:
                return text
    return _filled(entry.answer, slots)


def load_settings(folder: Path | Traversable) -> dict[str, str]:
    """Reads the values of the {slots} from `settings.yaml` of a folder; a folder without that file has none.

    Args:
        folder: The folder of the knowledge base.

    Returns:
        Text by slot name.

    Raises:
        DataFileError: If the file has faults; all are listed.
    """
    faults = Faults()
    settings = _settings(folder, faults)
    faults.check()
    return settings


def load_entries(folder: Path | Traversable) -> tuple[FaqEntry, ...]:
    """Reads the FAQ entries of a folder (or of one file), sorted by file name, then as they stand there.

    Args:
        folder: The folder of the knowledge base, with `settings.yaml` beside the entries.

    Returns:
        The entries.

    Raises:
        DataFileError: If a file has faults; all faults of all files are listed.
    """
    faults = Faults()
    settings = _settings(folder, faults)
    found = [pair for file in yaml_files(folder) if file.name != _SETTINGS for pair in _entries(file, settings, faults)]
    if not found and not faults.lines:
        faults.add(folder.name or str(folder), 1, "entries", "no FAQ entry found; write at least one")
    _check_together(found)
    faults.check()
    return tuple(entry for entry, _ in found)


def _settings(folder: Path | Traversable, faults: Faults) -> dict[str, str]:
    if folder.is_file() or not (folder / _SETTINGS).is_file():
        return {}
    top = read_yaml(folder / _SETTINGS, faults)
    top.only("version", "settings")
    values = top.child("settings")
    return {name: values.text(name) for name in values}


def _entries(file: Path | Traversable, settings: Mapping[str, str], faults: Faults) -> list[tuple[FaqEntry, Node]]:
    top = read_yaml(file, faults)
    top.only("version", "topic", "entries")
    topic = top.text("topic", "")
    return [(read_entry(node, topic, settings), node) for node in top.nodes("entries")]


def read_entry(node: Node, topic: str, settings: Mapping[str, str]) -> FaqEntry:
    """Reads one entry; its faults go where the node's go."""
    node.only(*_FIELDS)
    question = node.text("question")
    entry = FaqEntry(
        id=node.text("id"),
        questions=tuple(dict.fromkeys((question, *node.texts("variants")))),
        answer=node.text("answer"),
        answers=tuple(_answer(item, settings) for item in node.nodes("answers")),
        intents=node.texts("intents"),
        topic=node.text("topic", topic),
        tags=node.texts("tags"),
        follow_ups=node.texts("follow_ups"),
        related=node.texts("related"),
        products=node.texts("products"),
        shops=node.texts("shops"),
        valid_from=_day(node, "valid_from"),
        valid_until=_day(node, "valid_until"),
        enabled=node.flag("enabled", True),
        source=node.text("source", ""),
        reviewed=_day(node, "reviewed"),
        place=f"{node.file}:{node.line}",
    )
    _check_slots(node, "answer", entry.answer, settings)
    if entry.valid_from and entry.valid_until and entry.valid_from > entry.valid_until:
        node.fail("valid_until", f"{entry.valid_until} is before valid_from {entry.valid_from}")
    return entry


def _answer(node: Node, settings: Mapping[str, str]) -> FaqAnswer:
    node.only("text", "channel", "tier")
    text = node.text("text")
    _check_slots(node, "text", text, (*settings, *ENTITY_SLOTS))
    return FaqAnswer(text, node.texts("channel"), node.texts("tier"))


def _check_slots(node: Node, key: str, text: str, known: Mapping[str, str] | tuple[str, ...]) -> None:
    for slot in slots_of(text):
        if slot in known:
            continue
        if slot in ENTITY_SLOTS:
            node.fail(key, f"only a message can fill {{{slot}}}; move this text to answers and write a plain answer")
        else:
            node.fail(key, f"the slot {{{slot}}} is not known; add it to {_SETTINGS} or correct its name")


def _check_together(found: list[tuple[FaqEntry, Node]]) -> None:
    ids: dict[str, str] = {}
    asked: dict[str, tuple[str, str]] = {}
    for entry, node in found:
        first = ids.setdefault(entry.id, entry.place)
        if first != entry.place:
            node.fail("id", f"{entry.id!r} stands at {first} already; ids are unique over all files")
        for question in entry.questions:
            owner, text = asked.setdefault(plain(question), (entry.id, question))
            if owner != entry.id:
                node.fail("variants", f"{question!r} stands in {owner!r} already (as {text!r}); keep it in one entry")
    for entry, node in found:
        for other in entry.related:
            if other not in ids:
                node.fail("related", f"no entry has the id {other!r}")


def _day(node: Node, key: str) -> date | None:
    text = node.text(key, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        node.fail(key, f"a day like 2026-11-20 is needed, found {text!r}")
        return None


def _filled(text: str, slots: Mapping[str, str]) -> str | None:
    if "{" not in text:
        return text
    if not all(slots.get(slot) for slot in slots_of(text)):
        return None
    return _SLOT.sub(lambda match: slots[match[1]], text)
