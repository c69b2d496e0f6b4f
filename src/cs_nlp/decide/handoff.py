"""The handoff: a ticket that spares the customer from repeating himself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cs_nlp.decide.advice import Advice
from cs_nlp.decide.clock import Clock, utc_now
from cs_nlp.decide.desks import Case, Desk, Desks, Route
from cs_nlp.decide.session import Session, masked_value
from cs_nlp.decide.sla import Sla
from cs_nlp.decide.summary import asked_for, summary
from cs_nlp.decide.turned import about
from cs_nlp.text import mask, mask_message, mask_value
from cs_nlp.types import Message, Severity, Ticket, Turn, Understanding
from cs_nlp.understand.taxonomy import Taxonomy

__all__ = ["Clock", "Desk", "Desks", "needs_senior", "utc_now", "write_ticket"]

_PRIORITIES = {Severity.S: 1, Severity.A: 2, Severity.B: 4, Severity.N: 3}


def needs_senior(understanding: Understanding, taxonomy: Taxonomy) -> bool:
    """Whether a matter is for a senior agent: severity S, or one that is senior by nature."""
    found = taxonomy.intents.get(understanding.intents[0].id)
    return understanding.severity is Severity.S or (found is not None and found.tier == "senior")


def write_ticket(
    message: Message,
    understanding: Understanding,
    reasons: Sequence[str],
    *,
    desks: Desks,
    taxonomy: Taxonomy,
    now: datetime,
    soothing: str,
    sla: Sla | None = None,
    session: Session | None = None,
    load: Mapping[str, float] | None = None,
    advice: Advice | None = None,
) -> Ticket:
    """Writes the ticket of a handoff; everything in it is masked.

    Args:
        message: What the customer wrote.
        understanding: What it means, in context.
        reasons: Codes of why a human is needed.
        desks: All desks.
        taxonomy: Names and deadlines.
        now: When the ticket is made.
        soothing: What the customer is told while he waits; from the shop's own files.
        sla: Calendar and clocks; the packaged ones by default.
        session: The conversation before this message.
        load: Load of each desk, 0–1.
        advice: What the agent is given beside the facts.
    """
    sla, session, advice = sla or Sla.default(), session or Session(), advice or Advice()
    meant = understanding.intents[0].id
    understanding = about(understanding, session, taxonomy)
    tier = session.known("tier")
    route = _route(message, understanding, taxonomy, desks, sla, session, now, load)
    level = taxonomy.levels[understanding.severity]
    promise = sla.promise(understanding.severity, level, now, tier, route.opens)
    masked = mask_message(message)
    asked = asked_for(session.intents, understanding, taxonomy)
    entities = _entities(session, message)
    personal = bool(session.entities) or any(entity.sensitive for entity in message.entities)
    return Ticket(
        desk=route.desk.id,
        desk_name=route.desk.name,
        tier=route.desk.tier,
        severity=understanding.severity,
        intent=understanding.intents[0].id,
        emotion=understanding.emotion,
        summary=summary(masked, understanding, taxonomy, asked, advice.tried, entities, advice.missing),
        text=masked,
        entities=entities,
        reasons=tuple(reasons),
        evidence=understanding.evidence,
        created=now,
        first_response_due=promise.response,
        resolution_due=promise.resolution,
        soothing=soothing,
        priority=max(1, _PRIORITIES[understanding.severity] - sla.tier(tier).priority),
        asked=asked,
        tried=advice.tried,
        missing=advice.missing,
        suggested_reply=mask(advice.reply) if personal else advice.reply,
        next_steps=advice.steps,
        transcript=(*session.transcript(), Turn("customer", masked, meant)),
        escalation=promise.escalation,
        route=route.reasons,
        proposals=advice.proposals,
        customer_tier=mask(tier) if tier else tier,
    )


def _route(
    message: Message,
    understanding: Understanding,
    taxonomy: Taxonomy,
    desks: Desks,
    sla: Sla,
    session: Session,
    now: datetime,
    load: Mapping[str, float] | None,
) -> Route:
    case = Case(
        understanding.intents[0].id,
        message.text,
        senior=needs_senior(understanding, taxonomy),
        severe=understanding.severity is Severity.S,
        customer_tier=session.known("tier"),
        language=session.known("language"),
        product=_product(message, session),
    )
    return desks.find(case, calendar=sla.calendar, now=now, load=load)


def _product(message: Message, session: Session) -> str:
    named = [entity.value for entity in message.entities if entity.type == "product_id"]
    return named[-1] if named else session.value("product_id") or str(session.facts.get("product_id", ""))


def _entities(session: Session, message: Message) -> tuple[tuple[str, str], ...]:
    """What was given so far, then what this message gives, masked, each once."""
    before = [(kind, masked_value(kind, value)) for kind, value in session.entities]
    return tuple(dict.fromkeys((*before, *((entity.type, mask_value(entity)) for entity in message.entities))))
