"""Checks of a knowledge base that loading does not make: it can be read, but would answer badly."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from cs_nlp.faq.entries import ENTITY_SLOTS, FaqEntry, plain, slots_of
from cs_nlp.faq.index import FaqIndex
from cs_nlp.resources import Faults, packaged, read_yaml

NEAR = 0.93
"""Score from which two questions of different entries are near-equal."""

STRAY = 0.75
"""Score from which a variant may be taken for one of another entry."""

_REVIEW = timedelta(days=365)


class Level(str, enum.Enum):
    """How much a finding matters: an `error` makes the bot say something wrong, a `warning` may."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the linter found.

    Attributes:
        level: Error or warning.
        code: What kind: `duplicate_variant`, `near_questions`, `stray_variant`, `slot`, `expired`, `review`,
            `unknown_intent`, `uncovered_intent`, `promise`.
        entry_id: The entry, or an empty string when it is about the whole.
        message: What was found and what to do.
        place: `file:line` of the entry, or an empty string.
    """

    level: Level
    code: str
    entry_id: str
    message: str
    place: str


def lint(
    entries: Iterable[FaqEntry],
    index: FaqIndex,
    *,
    today: date | None = None,
    intents: Collection[str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Checks the entries of a knowledge base.

    Args:
        entries: All entries, disabled ones too.
        index: An index of them.
        today: Day for expiry and reviews; None leaves these checks out.
        intents: The ids of the taxonomy's intents; None leaves checks of intents out.
        settings: Values of the {slots}; None leaves checks of slots out.

    Returns:
        What was found: errors first, then by entry id and code.

    Examples:
        >>> entry = FaqEntry("arrive", ("今天能到吗",), "您好，保证今天送到。", intents=("delivery_status",))
        >>> [(found.code, found.message) for found in lint([entry], FaqIndex.build([entry]))]
        [('promise', "the answer says '保证', a promise; reword it")]
    """
    known = list(entries)
    found = [*_twice(known), *_promises(known)]
    for entry in known:
        if entry.enabled:
            found.extend(_near(entry, index))
        if today is not None:
            found.extend(_aged(entry, today))
        if settings is not None:
            found.extend(_unfilled(entry, settings))
    if intents is not None:
        found.extend(_intents(known, intents))
    return sorted(found, key=lambda one: (one.level is not Level.ERROR, one.entry_id, one.code, one.message))


def _finding(entry: FaqEntry, level: Level, code: str, message: str) -> Finding:
    return Finding(level, code, entry.id, message, entry.place)


def _twice(entries: list[FaqEntry]) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for entry in entries:
        for question in entry.questions:
            owner = owners.setdefault(plain(question), entry.id)
            if owner != entry.id:
                message = f"{question!r} stands in {owner!r} too; keep it in one entry"
                yield _finding(entry, Level.ERROR, "duplicate_variant", message)


def _near(entry: FaqEntry, index: FaqIndex) -> Iterator[Finding]:
    for question in entry.questions:
        hits = index.search(question, k=3)
        others = [hit for hit in hits if hit.entry_id != entry.id]
        if not others or plain(others[0].question) == plain(question):
            continue
        other = others[0]
        if other.score >= NEAR and index.entry(other.entry_id).answer != entry.answer:
            message = f"{question!r} is near {other.question!r} of {other.entry_id!r}, which answers differently"
            yield _finding(entry, Level.WARNING, "near_questions", f"{message}; merge the entries or reword")
        if other.score >= STRAY and _stray(question, entry, index, other.question):
            message = f"{question!r} is nearer to {other.question!r} of {other.entry_id!r} than to its own entry"
            yield _finding(entry, Level.WARNING, "stray_variant", f"{message}; move or reword it")


def _stray(question: str, entry: FaqEntry, index: FaqIndex, rival: str) -> bool:
    """Whether another entry fits a question better than the rest of its own entry does."""
    rest = tuple(other for other in entry.questions if other != question)
    return bool(rest) and index.likeness(question, rest) < index.likeness(question, [rival]) - 0.1


def _aged(entry: FaqEntry, today: date) -> Iterator[Finding]:
    if entry.valid_until and entry.valid_until < today:
        message = f"holds until {entry.valid_until} only; renew or delete it"
        yield _finding(entry, Level.ERROR if entry.enabled else Level.WARNING, "expired", message)
    if entry.reviewed is None:
        yield _finding(entry, Level.WARNING, "review", "was never reviewed; check it and set reviewed")
    elif today - entry.reviewed > _REVIEW:
        message = f"was last reviewed on {entry.reviewed}, over {_REVIEW.days} days ago; check it again"
        yield _finding(entry, Level.WARNING, "review", message)


def _unfilled(entry: FaqEntry, settings: Mapping[str, str]) -> Iterator[Finding]:
    for slot in slots_of(entry.answer):
        if not settings.get(slot):
            message = (
                f"the slot {{{slot}}} of the answer has no value, so the entry is never used; add it to the settings"
            )
            yield _finding(entry, Level.ERROR, "slot", message)
    for answer in entry.answers:
        for slot in slots_of(answer.text):
            if slot not in ENTITY_SLOTS and not settings.get(slot):
                message = f"the slot {{{slot}}} has no value, so {answer.text!r} is never used"
                yield _finding(entry, Level.WARNING, "slot", message)


def _intents(entries: list[FaqEntry], intents: Collection[str]) -> Iterator[Finding]:
    covered: set[str] = set()
    for entry in entries:
        if entry.enabled:
            covered.update(entry.intents)
        for intent in entry.intents:
            if intent not in intents:
                message = f"the intent {intent!r} does not exist, so it is never asked for; correct it"
                yield _finding(entry, Level.ERROR, "unknown_intent", message)
    for intent in sorted(set(intents) - covered):
        message = f"no enabled entry answers the intent {intent!r}"
        yield Finding(Level.WARNING, "uncovered_intent", "", message, "")


def _promises(entries: list[FaqEntry]) -> Iterator[Finding]:
    pattern = _promise_pattern()
    for entry in entries:
        for text in (entry.answer, *(answer.text for answer in entry.answers)):
            for word in dict.fromkeys(match[1] for match in pattern.finditer(text) if match[1]):
                yield _finding(entry, Level.ERROR, "promise", f"the answer says {word!r}, a promise; reword it")


@cache
def _promise_pattern() -> re.Pattern[str]:
    faults = Faults()
    top = read_yaml(packaged("faq_promises.yaml"), faults)
    top.only("version", "forbidden", "allowed")
    allowed, forbidden = (sorted(top.texts(key), key=len, reverse=True) for key in ("allowed", "forbidden"))
    faults.check()
    return re.compile(f"(?:{'|'.join(map(re.escape, allowed))})|({'|'.join(map(re.escape, forbidden))})")
