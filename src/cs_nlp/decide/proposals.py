"""Facts about order and customer, and what automation proposes from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cs_nlp.decide.automation import known_fields
from cs_nlp.decide.session import Session
from cs_nlp.decide.turned import Rules, Turned, about
from cs_nlp.types import Message, Proposal

if TYPE_CHECKING:
    from cs_nlp.decide.orders import Lookup

_ORDER_TYPES = ("order_id", "order_card")


def with_proposals(turned: Turned, session: Session, rules: Rules, lookup: Lookup | None) -> Turned:
    """The message with what automation proposes, and with a note when the source of facts did not answer.

    Args:
        turned: The message.
        session: The conversation before it; facts about the customer are added to it once.
        rules: Automation, and what is small talk.
        lookup: Where facts come from, or None.
    """
    automation = rules.automation
    if lookup is None and automation.needs_facts and not session.facts and not session.customer:
        return turned  # the usual case: nothing is known that a rule could ask for
    notes = [_read_customer(session, lookup)]
    order, note = _order(turned.message, session, lookup)
    notes = [code for code in dict.fromkeys((*notes, note)) if code]
    facts = bool(order or session.customer)
    proposals: tuple[Proposal, ...] = ()
    if facts or not automation.needs_facts:
        understanding = about(turned.understanding, session, rules.taxonomy)
        known = known_fields(understanding, turned.message, dict(session.entities), order, session.customer)
        proposals = automation.propose(known, facts=facts)
    if not proposals and not notes:
        return turned
    return turned._replace(proposals=proposals, notes=(*turned.notes, *notes))


def _order(message: Message, session: Session, lookup: Lookup | None) -> tuple[Mapping[str, str], str]:
    """Facts about the order that was named last, and a note when the source did not answer."""
    if lookup is None:
        return session.facts, ""
    given = [entity.value for entity in message.entities if entity.type in _ORDER_TYPES]
    order_id = given[-1] if given else session.value("order_id") or session.value("order_card")
    if not order_id:
        return session.facts, ""
    looked = lookup.order(order_id)
    return {**session.facts, **looked.facts}, looked.note


def _read_customer(session: Session, lookup: Lookup | None) -> str:
    """Adds what the source knows about the customer, once; what the caller said stands. A note when it did not answer."""
    customer_id = session.known("id")
    if lookup is None or not customer_id or session.looked_up == customer_id:
        return ""
    looked = lookup.customer(customer_id)
    if not looked.note:
        session.looked_up = customer_id
        session.customer = {**looked.facts, **session.customer}
    return looked.note
