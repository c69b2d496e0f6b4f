"""For whom and when an answer must hold: the day, and the shop and product of message, session or order."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cs_nlp.decide.turned import Turned
from cs_nlp.faq import FaqEntry


class Scope(NamedTuple):
    """For whom and when an entry must hold; None asks for nothing.

    Attributes:
        at: The day.
        shop: The shop.
        product: The product.

    >>> Scope(shop="mall").holds(FaqEntry("hours", ("几点开门",), "十点", shops=("flagship",)))
    False
    """

    at: date | None = None
    shop: str | None = None
    product: str | None = None

    def holds(self, entry: FaqEntry) -> bool:
        """Whether an entry is for this day, shop and product."""
        return (
            (self.at is None or (entry.valid_from or self.at) <= self.at <= (entry.valid_until or self.at))
            and (self.shop is None or not entry.shops or self.shop in entry.shops)
            and (self.product is None or not entry.products or self.product in entry.products)
        )


def scope_of(turned: Turned) -> Scope:
    """The scope of a message: what it names itself comes before what the session and the order know."""
    at, entities, session, named = turned.now.date(), turned.message.entities, turned.session, None
    if entities:
        named = next((entity.value for entity in entities if entity.type == "product_id"), None)
    if session is None or not (session.customer or session.facts or session.entities):
        return Scope(at, None, named)
    facts = session.facts
    shop = session.known("shop") or facts.get("shop")
    return Scope(at, shop or None, named or session.value("product_id") or facts.get("product_id") or None)
