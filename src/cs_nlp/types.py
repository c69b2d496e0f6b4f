"""The values that travel between the parts of the library. All are frozen; none holds behaviour beyond a view of itself.

Positions are half-open `[start, end)` in characters. `Message.text` is the normal form that everything inside works
on; `Message.span` maps a position there back to the text the customer typed.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


class Severity(str, enum.Enum):
    """How bad it is: `S` urgent, `A` something went wrong, `B` suggestion, `N` ordinary question."""

    S = "S"
    A = "A"
    B = "B"
    N = "N"

    @property
    def rank(self) -> int:
        """3 for `S` down to 0 for `N`; a higher rank is worse."""
        return _SEVERITY_RANK[self]


_SEVERITY_RANK = {"N": 0, "B": 1, "A": 2, "S": 3}


class Emotion(str, enum.Enum):
    """How the customer feels."""

    CALM = "calm"
    ANXIOUS = "anxious"
    ANGRY = "angry"


class Action(str, enum.Enum):
    """What will be done: the bot answers, asks back, or hands over to a human."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    HANDOFF = "handoff"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original text, `[start, end)`.

    >>> Span(1, 3).of("要退货吗")
    '退货'
    """

    start: int
    end: int

    def of(self, raw: str) -> str:
        """The characters of `raw` that the span covers."""
        return raw[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Entity:
    """A value found in a message.

    Attributes:
        type: What it is, e.g. `order_id`, `phone`, `money` (see `cs_nlp.text.entities`).
        value: Normal form of the value, e.g. `13800000000`.
        start: Start in the normal text.
        end: End in the normal text.
        sensitive: Whether it is personal data that must be masked when stored or shown to others.
    """

    type: str
    value: str
    start: int
    end: int
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A customer's message, read.

    Attributes:
        raw: The text as it came.
        text: Its normal form.
        offsets: For each character of `text` (and its end) the position in `raw`; None when both are the same.
        entities: Values found, in order, not overlapping; positions in `text`.
        notes: Codes of what was odd about the input: `empty`, `truncated`, `control_characters`.
    """

    raw: str
    text: str
    offsets: tuple[int, ...] | None = None
    entities: tuple[Entity, ...] = ()
    notes: tuple[str, ...] = ()

    def span(self, start: int, end: int) -> Span:
        """The span of `raw` that `text[start:end]` came from.

        >>> Message("退ＡＢ", "退ab", (0, 1, 2, 3)).span(1, 3).of("退ＡＢ")
        'ＡＢ'
        """
        if self.offsets is None:
            return Span(start, end)
        first = self.offsets[start]
        return Span(first, self.offsets[end - 1] + 1 if end > start else first)


@dataclass(frozen=True, slots=True)
class Label:
    """An intent with its score, a calibrated probability 0–1."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something was decided.

    Attributes:
        kind: `rule`, `feature`, `faq`, `entity`, `threshold`, `policy`.
        id: Which one: a rule id, a feature name, an FAQ entry id, a reason code.
        score: Its weight: a rule's score 0–1, a feature's contribution (log-odds), a threshold's value.
        span: Where in the original text, or None when it is about the whole message.
        source: `file:line` of the rule, or an empty string.
        note: What it means, in words for a human reader.
    """

    kind: str
    id: str
    score: float = 0.0
    span: Span | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means, before anything is decided.

    Attributes:
        intents: Best intents first, scores 0–1; at most three. The id `unclear` is possible.
        second: The second thing the customer asks for, or None.
        severity: How bad it is.
        emotion: How the customer feels.
        clear: Probability that the message can be understood without the turns before it, 0–1.
        flags: What else rules noticed, e.g. `repeated`: it is not the first time.
        evidence: What spoke for intent, severity and emotion.
    """

    intents: tuple[Label, ...]
    second: str | None
    severity: Severity
    emotion: Emotion
    clear: float
    flags: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class FaqHit:
    """An FAQ entry that matches a question.

    Attributes:
        entry_id: The entry.
        score: How well it matches, 0–1.
        question: The variant that matched.
    """

    entry_id: str
    score: float
    question: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a question that the bot asks back.

    Attributes:
        text: What the customer sees.
        intent: The intent that choosing it means.
        faq: The FAQ entry that answers it, or None.
    """

    text: str
    intent: str
    faq: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance of a conversation.

    Attributes:
        role: `customer`, `bot` or `agent`.
        text: What was said.
        intent: What the customer wanted, in context; empty for the others.
    """

    role: str
    text: str
    intent: str = ""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question of ours that the customer has not answered yet.

    Attributes:
        text: What was asked.
        options: The choices offered, in order.
        slot: The entity type that was asked for, or an empty string.
        faq: The FAQ entry whose follow-up it is, or an empty string.
    """

    text: str
    options: tuple[Option, ...] = ()
    slot: str = ""
    faq: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something the shop's own code may do now; the library never does it.

    Attributes:
        rule: Id of the automation rule.
        action: What to do, e.g. `fast_refund`.
        text: What it means, in Chinese.
        data: What the action needs, by name; masked in a ticket, as it is in a reply.
    """

    rule: str
    action: str
    text: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when, while a ticket stays open.

    Attributes:
        at: When.
        to: Role that is told, in Chinese.
        code: Reason code, e.g. `response_warning`.
    """

    at: datetime
    to: str
    code: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a human desk receives, so that the customer need not repeat himself. Everything in it is masked.

    Attributes:
        desk: Id of the desk; `desk_name` is its Chinese name.
        tier: `junior` or `senior`.
        severity: S, A, B or N.
        intent: Primary intent.
        emotion: How the customer feels.
        summary: What it is about, in two Chinese sentences.
        text: The masked message.
        entities: Type and masked value of what was found.
        reasons: Why a human is needed.
        evidence: The rules that fired, with their places in the original text (positions only, no text).
        created: When the ticket was made.
        first_response_due: When a human must have answered.
        resolution_due: When it must be solved.
        soothing: What the customer is told while he waits.
        priority: 1 (first) to 4.
        asked: What the customer asked for in this conversation, Chinese names, oldest first.
        tried: What the bot did about it, in Chinese, oldest first.
        missing: Entity types the desk needs and the customer has not given.
        suggested_reply: A first answer for the agent, from the knowledge base; may be empty.
        next_steps: What the agent should do, in Chinese.
        transcript: The conversation, masked.
        escalation: Who is told when, while the ticket stays open.
        route: Why this desk: codes.
        proposals: What automation rules propose, masked.
        customer_tier: Tier of the customer, or an empty string.
        answers: What the bot asked and the customer answered, oldest first.
    """

    desk: str
    desk_name: str
    tier: str
    severity: Severity
    intent: str
    emotion: Emotion
    summary: str
    text: str
    entities: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    created: datetime
    first_response_due: datetime
    resolution_due: datetime
    soothing: str
    priority: int = 3
    asked: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    suggested_reply: str = ""
    next_steps: tuple[str, ...] = ()
    transcript: tuple[Turn, ...] = ()
    escalation: tuple[Escalation, ...] = ()
    route: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    customer_tier: str = ""
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of `Assistant.reply`.

    Attributes:
        action: Answer, clarify or hand over.
        text: What the customer is told, in Chinese. Empty when there is nothing to tell: a desk owns the conversation, and
            the bot is silent until the desk gives it back.
        intents: Best intents first, at most three.
        severity: How bad it is.
        emotion: How the customer feels.
        faq: Id of the FAQ entry that answered, or None.
        ticket: The ticket of a handoff, or None.
        reasons: Codes of why this was decided; never empty.
        entities: What was found in the message.
        options: The choices of a clarifying question.
        second: The second thing the customer asks for, or None.
        evidence: The rules that fired, with their places in the original text.
        question: What the bot asks for at the end of `text`, or None.
        proposals: What automation rules propose; the caller's code decides and does it.
    """

    action: Action
    text: str
    intents: tuple[Label, ...]
    severity: Severity
    emotion: Emotion
    faq: str | None
    ticket: Ticket | None
    reasons: tuple[str, ...]
    entities: tuple[Entity, ...]
    options: tuple[Option, ...] = ()
    second: str | None = None
    evidence: tuple[Evidence, ...] = ()
    question: OpenQuestion | None = None
    proposals: tuple[Proposal, ...] = ()
