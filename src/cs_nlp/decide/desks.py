"""Routing: which human desk takes a case, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from cs_nlp.decide.calendar import Calendar, Hours
from cs_nlp.decide.sla import hours_of
from cs_nlp.resources import Faults, Node, packaged, read_yaml

DESK_TIERS = ("junior", "senior")
LANGUAGES = ("zh", "en")
_HAN = re.compile("[㐀-鿿]")
_LATIN_WORD = re.compile("[a-zA-Z]{2,}")


@dataclass(frozen=True, slots=True)
class Desk:
    """A group of human agents; the fields are described in `desks.yaml`. Without hours it never closes."""

    id: str
    name: str
    tier: str
    intents: tuple[str, ...]
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    hours: Hours | None = None
    next: str = ""
    overflow: str = ""

    def is_closed(self, calendar: Calendar | None, now: datetime | None) -> bool:
        """Whether nobody works there; unknown without a calendar or a time, and then it is taken to be open."""
        return (
            self.hours is not None
            and calendar is not None
            and now is not None
            and not calendar.is_open(now, self.hours)
        )


@dataclass(frozen=True, slots=True)
class Case:
    """What routing looks at.

    Attributes:
        intent: What the customer wants.
        text: The normal text of the message.
        senior: Whether a senior agent is needed.
        severe: Whether it is severity S: no tier or language desk comes before the one that is responsible.
        customer_tier: Tier of the customer, or an empty string.
        language: `zh` or `en`; found in the text when empty.
        product: Id of the product it is about, or an empty string.
    """

    intent: str
    text: str = ""
    senior: bool = False
    severe: bool = False
    customer_tier: str = ""
    language: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case goes.

    Attributes:
        desk: The desk.
        reasons: Why, as codes: `skill:屏幕碎裂`, `intent:damaged`, `closed:logistics` …
        opens: When the desk works next; None when it works now or nobody asked.
    """

    desk: Desk
    reasons: tuple[str, ...]
    opens: datetime | None = None


@dataclass(frozen=True)
class Desks:
    """All desks and who takes what.

    >>> desks = Desks.default()
    >>> desks.route("refund_status", senior=False).name
    '财务组'
    >>> desks.find(Case("damaged", "手机屏幕碎裂")).reasons
    ('skill:屏幕碎裂',)
    """

    desks: Mapping[str, Desk]
    fallback: str
    senior_fallback: str
    full: float = 0.9

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
        """The desk for an intent, whatever the hour.

        Args:
            intent: What the customer wants.
            senior: Whether a senior agent is needed.
        """
        return self._responsible(intent, senior)[0]

    def find(
        self,
        case: Case,
        *,
        calendar: Calendar | None = None,
        now: datetime | None = None,
        load: Mapping[str, float] | None = None,
    ) -> Route:
        """The desk for a case, with the reasons.

        Args:
            case: The case.
            calendar: Working days; without it every desk is taken to be open.
            now: The present time.
            load: Load of each desk, 0–1, as the caller knows it; a desk that is not named is free.
        """
        desk, reason = self._wanted(case)
        reasons = [reason]
        desk = self._moved(desk, reasons, calendar, now, load or {})
        opens = None
        if calendar is not None and now is not None and desk.is_closed(calendar, now):
            opens = calendar.opens(now, desk.hours)
            reasons.append(f"waits:{desk.id}")
        return Route(desk, tuple(reasons), opens)

    def _wanted(self, case: Case) -> tuple[Desk, str]:
        special = None if case.severe else next(self._special(case), None)
        return special or self._responsible(case.intent, case.senior or case.severe)

    def _special(self, case: Case) -> Iterator[tuple[Desk, str]]:
        """Desks that take a case whatever its intent, the strongest claim first."""
        if case.customer_tier in self._of_customers:
            yield self._of_customers[case.customer_tier], f"customer:{case.customer_tier}"
        language = case.language or language_of(case.text)
        if language in self._of_languages:
            yield self._of_languages[language], f"language:{language}"
        if not case.senior:
            product = case.product
            yield from ((desk, f"product:{product}") for start, desk in self._of_products if product.startswith(start))
            yield from ((desk, f"skill:{word}") for word, desk in self._of_skills if word in case.text)

    def _responsible(self, intent: str, senior: bool) -> tuple[Desk, str]:
        for tier in ("senior",) if senior else DESK_TIERS:
            desk = self._of_intents.get((tier, intent))
            if desk is not None:
                return desk, f"intent:{intent}"
        name = self.senior_fallback if senior else self.fallback
        return self.desks[name], "senior_fallback" if senior else "fallback"

    @cached_property
    def _of_intents(self) -> Mapping[tuple[str, str], Desk]:
        return {(desk.tier, intent): desk for desk in self._backwards for intent in desk.intents}

    @cached_property
    def _of_customers(self) -> Mapping[str, Desk]:
        return {tier: desk for desk in self._backwards for tier in desk.customers}

    @cached_property
    def _of_languages(self) -> Mapping[str, Desk]:
        return {language: desk for desk in self._backwards for language in desk.languages}

    @cached_property
    def _of_products(self) -> tuple[tuple[str, Desk], ...]:
        return tuple((start, desk) for desk in self.desks.values() for start in desk.products)

    @cached_property
    def _of_skills(self) -> tuple[tuple[str, Desk], ...]:
        return tuple((word, desk) for desk in self.desks.values() for word in desk.skills)

    @property
    def _backwards(self) -> tuple[Desk, ...]:
        """All desks, the first one last, so that in a table its claims stand."""
        return tuple(reversed(list(self.desks.values())))

    def _moved(
        self,
        desk: Desk,
        reasons: list[str],
        calendar: Calendar | None,
        now: datetime | None,
        load: Mapping[str, float],
    ) -> Desk:
        """Follows `next` and `overflow`, each desk at most once."""
        seen = {desk.id}
        while True:
            closed = desk.is_closed(calendar, now)
            full = load.get(desk.id, 0.0) >= self.full
            other = desk.next if closed else desk.overflow if full else ""
            if not other or other in seen:
                return desk
            reasons.append(f"{'closed' if closed else 'full'}:{desk.id}")
            seen.add(other)
            desk = self.desks[other]


def language_of(text: str) -> str:
    """`en` for a text of several Latin words without a Chinese character, otherwise `zh`.

    >>> language_of("where is my parcel"), language_of("iphone15有货吗"), language_of("ok")
    ('en', 'zh', 'zh')
    """
    if _HAN.search(text) is None and len(_LATIN_WORD.findall(text[:200])) >= 3:
        return "en"
    return "zh"


@lru_cache(maxsize=1)
def _default() -> Desks:
    return Desks.from_yaml(packaged("desks.yaml"))


def _parse(top: Node) -> Desks:
    top.only("version", "full", "desks", "fallback", "senior_fallback")
    nodes = dict(top.children("desks"))
    desks = {name: _desk(name, node, tuple(nodes)) for name, node in nodes.items()}
    taken: dict[tuple[str, str], str] = {}
    for name, what, value in _claims(desks):
        owner = taken.setdefault((what, value), name)
        if owner != name:
            nodes[name].fail(what.split()[-1], f"{value!r} is already taken by desk {owner!r}")
    names = tuple(desks)
    return Desks(
        desks,
        top.text("fallback", among=names),
        top.text("senior_fallback", among=names),
        top.number("full", 0.9, low=0.01),
    )


def _claims(desks: Mapping[str, Desk]) -> Iterator[tuple[str, str, str]]:
    for name, desk in desks.items():
        yield from ((name, f"{desk.tier} intents", intent) for intent in desk.intents)
        yield from ((name, "skills", word) for word in desk.skills)
        yield from ((name, "languages", language) for language in desk.languages)
        yield from ((name, "customers", tier) for tier in desk.customers)
        yield from ((name, "products", start) for start in desk.products)


def _desk(name: str, node: Node, names: tuple[str, ...]) -> Desk:
    node.only("name", "tier", "intents", "skills", "languages", "customers", "products", "hours", "next", "overflow")
    others = ("", *names)
    return Desk(
        name,
        node.text("name"),
        node.text("tier", among=DESK_TIERS),
        node.texts("intents"),
        node.texts("skills"),
        node.texts("languages", among=LANGUAGES),
        node.texts("customers"),
        node.texts("products"),
        hours_of(node, "hours") if "hours" in node else None,
        node.text("next", "", among=others),
        node.text("overflow", "", among=others),
    )
