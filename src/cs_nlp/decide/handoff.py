"""The handoff: a ticket that spares the customer from repeating himself."""

from __future__ import annotations

from collections.abc import Sequence

from cs_nlp.decide.advice import Advice
from cs_nlp.decide.desks import Case, Route
from cs_nlp.decide.session import SENSITIVE, Session, masked_value
from cs_nlp.decide.sla import Promise
from cs_nlp.decide.summary import asked_for, summary
from cs_nlp.decide.turned import Rules, Turned, about
from cs_nlp.text import mask, mask_message, mask_value
from cs_nlp.types import Message, Severity, Ticket, Turn, Understanding
from cs_nlp.understand.taxonomy import Taxonomy

_PRIORITIES = {Severity.S: 1, Severity.A: 2, Severity.B: 4, Severity.N: 3}
_NOTHING = Advice()


def needs_senior(understanding: Understanding, taxonomy: Taxonomy) -> bool:
    """Whether a matter is for a senior agent: severity S, or one that is senior by nature."""
    found = taxonomy.intents.get(understanding.intents[0].id)
    return understanding.severity is Severity.S or (found is not None and found.tier == "senior")


def write_ticket(
    turned: Turned, reasons: Sequence[str], rules: Rules, *, soothing: str, advice: Advice = _NOTHING
) -> Ticket:
    """Writes the ticket of a handoff; everything in it is masked.

    Args:
        turned: What the customer wrote, what it means and what came before it.
        reasons: Codes of why a human is needed.
        rules: Desks, names and clocks.
        soothing: What the customer is told while he waits; from the shop's own files.
        advice: What the agent is given beside the facts.
    """
    message, session = turned.message, turned.session
    understanding = about(turned.understanding, session, rules.taxonomy)
    route = _route(turned, understanding, rules)
    promise = _promise(turned, understanding, route, rules)
    masked, tier = mask_message(message), turned.tier
    asked = asked_for(session.intents if session is not None else (), understanding, rules.taxonomy)
    entities = _entities(session, message)
    said = Turn("customer", masked, turned.understanding.intents[0].id)
    return Ticket(
        desk=route.desk.id,
        desk_name=route.desk.name,
        tier=route.desk.tier,
        severity=understanding.severity,
        intent=understanding.intents[0].id,
        emotion=understanding.emotion,
        summary=summary(masked, understanding, rules.taxonomy, asked, advice.tried, entities, advice.missing),
        text=masked,
        entities=entities,
        reasons=tuple(reasons),
        evidence=understanding.evidence,
        created=turned.now,
        first_response_due=promise.response,
        resolution_due=promise.resolution,
        soothing=soothing,
        priority=max(1, _PRIORITIES[understanding.severity] - rules.sla.tier(tier).priority),
        asked=asked,
        tried=advice.tried,
        missing=advice.missing,
        suggested_reply=_impersonal(advice.reply, turned),
        next_steps=advice.steps,
        transcript=(*session.transcript(), said) if session is not None else (said,),
        escalation=promise.escalation,
        route=route.reasons,
        proposals=advice.proposals,
        customer_tier=mask(tier) if tier else tier,
        answers=tuple((asked, mask(told)) for asked, told in session.answers) if session is not None else (),
    )


def _route(turned: Turned, understanding: Understanding, rules: Rules) -> Route:
    message, session = turned.message, turned.session
    case = Case(
        understanding.intents[0].id,
        message.text,
        senior=needs_senior(understanding, rules.taxonomy),
        severe=understanding.severity is Severity.S,
        customer_tier=turned.tier,
        language=session.known("language") if session is not None else "",
        product=_product(message, session),
    )
    return rules.desks.find(case, calendar=rules.sla.calendar, now=turned.now, load=turned.load)


def _promise(turned: Turned, understanding: Understanding, route: Route, rules: Rules) -> Promise:
    level = rules.taxonomy.levels[understanding.severity]
    return rules.sla.promise(understanding.severity, level, turned.now, turned.tier, route.opens)


def _product(message: Message, session: Session | None) -> str:
    for entity in reversed(message.entities):
        if entity.type == "product_id":
            return entity.value
    return session.value("product_id") or str(session.facts.get("product_id", "")) if session is not None else ""


def _entities(session: Session | None, message: Message) -> tuple[tuple[str, str], ...]:
    """What was given so far, then what this message gives, masked, each once."""
    before = session.entities if session is not None else ()
    given = [(kind, masked_value(kind, value)) for kind, value in before]
    return tuple(dict.fromkeys((*given, *((entity.type, mask_value(entity)) for entity in message.entities))))


def _impersonal(reply: str, turned: Turned) -> str:
    """A suggested reply without what the customer gave: only its slots can have brought that in."""
    given = [(entity.type, entity.value) for entity in turned.message.entities if entity.sensitive]
    given += turned.session.entities if turned.session is not None else []
    for kind, value in given:
        if kind in SENSITIVE and value and value in reply:
            reply = reply.replace(value, masked_value(kind, value))
    return reply
