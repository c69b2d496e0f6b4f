"""What a conversation remembers between two messages: plain data, bounded, JSON both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cs_nlp.text import mask, mask_value
from cs_nlp.types import Action, Entity, OpenQuestion, Option, Reply, Severity, Turn

BOT = "bot"
CUSTOMER, AGENT = "customer", "agent"
VERSION = 1
MOST_TURNS = 40
MOST_CHARACTERS = 300
_MOST_INTENTS = 20
_MOST_ENTITIES = 24
_MOST_SAID = 60
_MOST_ANSWERS = 12
_ANSWER, _CLARIFY, _HANDOFF = Action.ANSWER, Action.CLARIFY, Action.HANDOFF  # a member of an enumeration is slow to get
SENSITIVE = frozenset(
    """order_card order_id tracking_no phone landline email id_card bank_card tax_no address name""".split()
)
"""Entity types whose values are personal data."""


def masked_value(kind: str, value: str) -> str:
    """A value of an entity type, or a fact about customer or order, as others may see it.

    >>> masked_value("order_id", "20481234567"), masked_value("order_id", "[订单号]"), masked_value("money", "199")
    ('[订单号]', '[订单号]', '199')
    """
    if kind in SENSITIVE and "*" not in value and not value.startswith("["):
        return mask_value(Entity(kind, value, 0, len(value), sensitive=True))
    return mask(value)


def without_values(text: str, given: Iterable[tuple[str, str]]) -> str:
    """A text, masked already, without personal values that stand in it in a place where they are not told by themselves.

    Args:
        text: The text.
        given: Entity types with values known from elsewhere.

    >>> without_values("王芳您好", [("name", "王芳"), ("money", "199")])
    '[姓名]您好'
    """
    for kind, value in given:
        if kind in SENSITIVE and value and value in text:
            text = text.replace(value, masked_value(kind, value))
    return text


@dataclass(slots=True)
class Session:
    """The state of one conversation; the caller keeps it and passes it to each `reply`.

    Its lists grow in place: a copy that is to stay as it is needs `copy.deepcopy`, or the JSON both ways.

    Attributes:
        owner: Who speaks: `bot`, or the id of the desk that took over. While a desk owns it the bot is silent.
        failures: Clarifying questions in a row that the bot had to ask.
        turns: What was said, the last `MOST_TURNS`, each cut to `MOST_CHARACTERS`.
        intents: What the customer wanted so far, in context, business only, oldest first.
        entities: Values the customer gave, type and value, latest last.
        question: Our question that waits for an answer, or None.
        said: Sentences and questions that must not be said again.
        problems: How often each matter of severity A or S came back after we had answered it.
        answered: Intents that were answered already.
        answers: Our questions that the customer answered, each with his answer.
        severity: The worst level so far; it never falls.
        customer: What the caller knows about the customer, as text: `tier`, `language`, `contacts`, `promise_due` …
        facts: What the caller knows about the order, as text.
        looked_up: Id of the customer whose facts an `OrderSource` gave already, or an empty string.

    >>> session = Session(customer={"tier": "vip"})
    >>> session.hear_agent("请问您的订单号是多少？")
    >>> Session.from_json(session.to_json()) == session
    True
    """

    owner: str = BOT
    failures: int = 0
    turns: list[Turn] = field(default_factory=list)
    intents: list[str] = field(default_factory=list)
    entities: list[tuple[str, str]] = field(default_factory=list)
    question: OpenQuestion | None = None
    said: list[str] = field(default_factory=list)
    problems: dict[str, int] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    severity: Severity = Severity.N
    customer: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    looked_up: str = ""

    @property
    def topic(self) -> str:
        """What the conversation is about: the last business intent, or an empty string."""
        return self.intents[-1] if self.intents else ""

    def hear(self, text: str, entities: tuple[Entity, ...] = (), intent: str = "", *, business: bool = False) -> None:
        """Takes note of what the customer said.

        Args:
            text: What he said.
            entities: The values in it.
            intent: What he wants, in context.
            business: Whether that is business rather than small talk.
        """
        self.turns.append(Turn(CUSTOMER, text[:MOST_CHARACTERS], intent))
        del self.turns[:-MOST_TURNS]
        if business and intent:
            self.intents.append(intent)
            del self.intents[:-_MOST_INTENTS]
        for entity in entities:
            pair = (entity.type, entity.value)
            self.entities = [*[kept for kept in self.entities if kept != pair], pair][-_MOST_ENTITIES:]

    def hear_answer(self, text: str) -> None:
        """Takes note of what the customer answered to the open question."""
        if self.question is not None:
            self.answers.append((self.question.text, text[:MOST_CHARACTERS]))
            del self.answers[:-_MOST_ANSWERS]

    def hear_agent(self, text: str) -> None:
        """Takes note of what a human agent said."""
        self.turns.append(Turn(AGENT, text[:MOST_CHARACTERS]))
        del self.turns[:-MOST_TURNS]

    def remember(self, reply: Reply) -> None:
        """Takes over what a reply means for the next message."""
        action, question, text = reply.action, reply.question, reply.text
        if text:
            self.turns.append(Turn(BOT, text[:MOST_CHARACTERS]))
            del self.turns[:-MOST_TURNS]
        if action is _HANDOFF and reply.ticket is not None:
            self.owner = reply.ticket.desk
        if action is _ANSWER and reply.intents:
            intent, answered = reply.intents[0].id, self.answered
            if intent in answered:
                answered.remove(intent)
            answered.append(intent)
            del answered[:-_MOST_INTENTS]
        follows_up = action is not _CLARIFY or (question is not None and question.faq)
        self.failures = 0 if follows_up else self.failures + 1
        self.question = question
        if reply.severity is not self.severity and reply.severity.rank > self.severity.rank:
            self.severity = reply.severity

    def say(self, *sentences: str) -> None:
        """Takes note of sentences that must not be said again."""
        said = self.said
        for text in sentences:
            if text and text not in said:
                said.append(text)
        del said[:-_MOST_SAID]

    def value(self, kind: str) -> str:
        """The latest value of an entity type, or an empty string."""
        for given, value in reversed(self.entities):
            if given == kind:
                return value
        return ""

    def known(self, fact: str) -> str:
        """A fact about the customer as text, or an empty string."""
        return str(self.customer.get(fact, ""))

    def give_back(self) -> None:
        """The desk is done: the bot may speak again."""
        self.owner = BOT
        self.failures = 0

    def transcript(self, *, masked: bool = True) -> tuple[Turn, ...]:
        """What was said, without personal data unless asked otherwise."""
        if not masked:
            return tuple(self.turns)
        return tuple(Turn(turn.role, self.masked(turn.text), turn.intent) for turn in self.turns)

    def masked(self, text: str) -> str:
        """A text without personal data, that which was given earlier included."""
        return without_values(mask(text), self.entities)

    def to_json(self, *, masked: bool = False) -> dict[str, Any]:
        """The session as JSON values.

        Args:
            masked: Whether personal data is left out; such a session understands the next turn all the same, but
                cannot look up an order.
        """
        question = self.question
        return {
            "version": VERSION,
            "owner": self.owner,
            "failures": self.failures,
            "turns": [[turn.role, turn.text, turn.intent] for turn in self.transcript(masked=masked)],
            "intents": list(self.intents),
            "entities": [[kind, masked_value(kind, value) if masked else value] for kind, value in self.entities],
            "question": None
            if question is None
            else {
                "text": self.masked(question.text) if masked else question.text,
                "options": [[option.text, option.intent, option.faq] for option in question.options],
                "slot": question.slot,
                "faq": question.faq,
            },
            "said": [self.masked(text) for text in self.said] if masked else list(self.said),
            "problems": dict(self.problems),
            "answered": list(self.answered),
            "answers": [[self.masked(text) if masked else text for text in pair] for pair in self.answers],
            "severity": self.severity.value,
            "customer": _facts(self.customer, masked=masked),
            "facts": _facts(self.facts, masked=masked),
            "looked_up": self.masked(self.looked_up) if masked else self.looked_up,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Session:
        """Restores what `to_json` gave; longer lists than a session holds are cut.

        Raises:
            ValueError: If it is not the JSON of a session of this version.
        """
        if not isinstance(values, Mapping) or values.get("version") != VERSION:
            raise ValueError(f"not a session of version {VERSION}")
        try:
            return cls(
                owner=str(values["owner"]),
                failures=int(values["failures"]),
                turns=[Turn(str(r), str(t)[:MOST_CHARACTERS], str(i)) for r, t, i in values["turns"]][-MOST_TURNS:],
                intents=[str(intent) for intent in values["intents"]][-_MOST_INTENTS:],
                entities=[(str(kind), str(value)) for kind, value in values["entities"]][-_MOST_ENTITIES:],
                question=_question(values["question"]),
                said=[str(text) for text in values["said"]][-_MOST_SAID:],
                problems={str(key): int(count) for key, count in values["problems"].items()},
                answered=[str(intent) for intent in values["answered"]][-_MOST_INTENTS:],
                answers=[(str(asked), str(told)) for asked, told in values.get("answers", ())][-_MOST_ANSWERS:],
                severity=Severity(values["severity"]),
                customer={str(key): str(value) for key, value in values["customer"].items()},
                facts={str(key): str(value) for key, value in values["facts"].items()},
                looked_up=str(values.get("looked_up", "")),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"not a session: {type(error).__name__}: {error}") from error


def _facts(facts: Mapping[str, object], *, masked: bool) -> dict[str, str]:
    return {name: masked_value(name, str(value)) if masked else str(value) for name, value in facts.items()}


def _question(values: Mapping[str, Any] | None) -> OpenQuestion | None:
    if values is None:
        return None
    options = tuple(Option(str(text), str(intent), faq) for text, intent, faq in values["options"])
    return OpenQuestion(str(values["text"]), options, str(values["slot"]), str(values.get("faq", "")))
