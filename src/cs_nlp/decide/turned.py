"""What decisions are made of: the rules of the shop, and one message on its way to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from cs_nlp.decide.automation import Automation
from cs_nlp.decide.clarify import Clarify
from cs_nlp.decide.desks import Desks
from cs_nlp.decide.policy import Policy
from cs_nlp.decide.session import Session
from cs_nlp.decide.sla import Sla
from cs_nlp.decide.tone import Tone
from cs_nlp.types import Message, OpenQuestion, Proposal, Understanding
from cs_nlp.understand.taxonomy import Taxonomy


@dataclass(frozen=True)
class Rules:
    """All that a shop may set, besides the knowledge base; each has a packaged default."""

    policy: Policy = field(default_factory=Policy.default)
    desks: Desks = field(default_factory=Desks.default)
    sla: Sla = field(default_factory=Sla.default)
    tone: Tone = field(default_factory=Tone.default)
    clarify: Clarify = field(default_factory=Clarify.default)
    automation: Automation = field(default_factory=Automation.default)
    taxonomy: Taxonomy = field(default_factory=Taxonomy.default)


class Turned(NamedTuple):
    """One message on its way to a reply; a named tuple, because one is made for every message.

    Attributes:
        message: The message.
        understanding: What it means, history included.
        notes: Codes of input and conversation that the policy may ask for.
        session: The conversation before it, or None.
        now: The present time.
        load: Load of each desk.
        proposals: What automation rules propose.
        follow_up: What is to be asked next, or None.
    """

    message: Message
    understanding: Understanding
    notes: tuple[str, ...]
    session: Session | None
    now: datetime
    load: Mapping[str, float] | None = None
    proposals: tuple[Proposal, ...] = ()
    follow_up: OpenQuestion | None = None

    @property
    def tier(self) -> str:
        """Tier of the customer, or an empty string."""
        return self.session.known("tier") if self.session is not None else ""


def about(understanding: Understanding, session: Session | None, taxonomy: Taxonomy) -> Understanding:
    """What a message is about: itself, or for small talk (转人工, 好的, an order number) the topic of the conversation.

    Args:
        understanding: What the message means.
        session: The conversation before it.
        taxonomy: Which intents are small talk.
    """
    best = understanding.intents[0]
    if session is None or not session.topic or not (taxonomy.is_talk(best.id) or best.id == taxonomy.unclear):
        return understanding
    return replace(understanding, intents=(replace(best, id=session.topic), *understanding.intents[1:]))
