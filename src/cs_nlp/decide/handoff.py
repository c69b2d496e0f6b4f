"""The handoff: a ticket that spares the customer from repeating himself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from cs_nlp.decide.advice import Advice
from cs_nlp.decide.desks import Case, Route
from cs_nlp.decide.session import Session, masked_value, without_values
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
    meant = turned.understanding.intents[0].id
    if turned.session is not None:
        turned = turned._replace(understanding=about(turned.understanding, turned.session, rules.taxonomy))
    route = _route(turned, rules)
    priority = max(1, _PRIORITIES[turned.understanding.severity] - rules.sla.tier(turned.tier).priority)
    told = _told(turned, meant, rules, advice)
    return _ticket(turned, tuple(reasons), soothing, route, _promise(turned, route, rules), priority, told, advice)


class _Told(NamedTuple):
    """What the conversation was, masked."""

    text: str
    summary: str
    asked: tuple[str, ...]
    entities: tuple[tuple[str, str], ...]
    suggested_reply: str
    transcript: tuple[Turn, ...]
    answers: tuple[tuple[str, str], ...]


def _told(turned: Turned, meant: str, rules: Rules, advice: Advice) -> _Told:
    message, understanding, session = turned.message, turned.understanding, turned.session
    given = _given(turned)
    text = without_values(mask_message(message), given)
    asked = asked_for(session.intents if session is not None else (), understanding, rules.taxonomy)
    entities = _entities(session, message)
    return _Told(
        text,
        summary(text, understanding, rules.taxonomy, asked, advice.tried, entities, advice.missing),
        asked,
        entities,
        without_values(advice.reply, given),
        _transcript(turned, Turn("customer", text, meant), given),
        _answers(session, given),
    )


def _ticket(
    turned: Turned,
    reasons: tuple[str, ...],
    soothing: str,
    route: Route,
    promise: Promise,
    priority: int,
    told: _Told,
    advice: Advice,
) -> Ticket:
    return Ticket(
        desk=route.desk.id,
        desk_name=route.desk.name,
        tier=route.desk.tier,
        severity=turned.understanding.severity,
        intent=turned.understanding.intents[0].id,
        emotion=turned.understanding.emotion,
        summary=told.summary,
        text=told.text,
        entities=told.entities,
        reasons=reasons,
        evidence=turned.understanding.evidence,
        created=turned.now,
        first_response_due=promise.response,
        resolution_due=promise.resolution,
        soothing=soothing,
        priority=priority,
        asked=told.asked,
        tried=advice.tried,
        missing=advice.missing,
        suggested_reply=told.suggested_reply,
        next_steps=advice.steps,
        transcript=told.transcript,
        escalation=promise.escalation,
        route=route.reasons,
        proposals=advice.proposals,
        customer_tier=mask(turned.tier) if turned.tier else "",
        answers=told.answers,
    )


def _route(turned: Turned, rules: Rules) -> Route:
    message, understanding, session = turned.message, turned.understanding, turned.session
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


def _promise(turned: Turned, route: Route, rules: Rules) -> Promise:
    severity = turned.understanding.severity
    level = rules.taxonomy.levels[severity]
    return rules.sla.promise(severity, level, turned.now, turned.tier, route.opens)


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


def _given(turned: Turned) -> list[tuple[str, str]]:
    """Personal values of this message and of the conversation before it."""
    given = [(entity.type, entity.value) for entity in turned.message.entities if entity.sensitive]
    return [*given, *turned.session.entities] if turned.session is not None else given


def _transcript(turned: Turned, last: Turn, given: list[tuple[str, str]]) -> tuple[Turn, ...]:
    before = turned.session.transcript() if turned.session is not None else ()
    return (*(replace(turn, text=without_values(turn.text, given)) for turn in before), last)


def _answers(session: Session | None, given: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    answers = session.answers if session is not None else ()
    return tuple((asked, without_values(mask(told), given)) for asked, told in answers)
