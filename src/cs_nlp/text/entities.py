"""The values in a message: one pass over the normal text, cheap when there is nothing to find.

type | value | sensitive
--- | --- | ---
`order_card` | an order card as chat windows paste it; the order number | yes
`order_id` | an order number (also of a service or repair order) | yes
`tracking_no` | a parcel number: `SF:SF1300000000000`, without `SF:` when the carrier is unknown | yes
`phone`, `landline` | a mobile number; a landline, 400 and 800 numbers among them; digits only | yes
`email` | an e-mail address | yes
`id_card`, `bank_card`, `tax_no` | digits and letters only | yes
`address`, `name` | as written, without blanks | yes
`product_id` | a product number behind `商品ID:` | no
`batch_no` | the batch number behind 批号 | no
`link`, `image` | a link; `图片`, `视频` and what else stands in brackets for something that is not text | no
`money` | in yuan: `199`, `100-200` | no
`date`, `time` | see `cs_nlp.text.dates` | no
`duration`, `quantity`, `size` | see `cs_nlp.text.figures` | no

A value that was masked before keeps its type, is its own value and is not sensitive (see `cs_nlp.text.markers`).
"""

from __future__ import annotations

import re
from itertools import pairwise
from operator import attrgetter

from cs_nlp.text import dates, figures, people, places
from cs_nlp.text.identifiers import find_batches, find_identifiers, find_spoken_phones
from cs_nlp.text.links import find_emails, find_links
from cs_nlp.text.markers import find_pasted
from cs_nlp.types import Entity

ENTITY_TYPES = (
    "order_card",
    "product_id",
    "batch_no",
    "email",
    "link",
    "tax_no",
    "id_card",
    "tracking_no",
    "bank_card",
    "phone",
    "landline",
    "order_id",
    "address",
    "name",
    "image",
    "date",
    "time",
    "size",
    "money",
    "duration",
    "quantity",
)
"""All types; where two values overlap, the one named first here wins, then the longer one."""

_RANK = {type_: rank for rank, type_ in enumerate(ENTITY_TYPES)}
_BY_LENGTH = _RANK["date"]  # from here on the longer one wins, whatever its type
_DIGIT = re.compile("[0-9]")
_SPOKEN_DIGIT = "[零〇一幺二两三四五六七八九]"
_HINT = re.compile(
    "|".join(("[0-9@.:[]", figures.SPOKEN_HINT, dates.SPOKEN_HINT, places.HINT, people.HINT, _SPOKEN_DIGIT * 3))
)
"""Finds something in every text that holds a value: most messages hold none, and one look is enough."""
_START = attrgetter("start")


def find_entities(text: str) -> tuple[Entity, ...]:
    """All values of a text in normal form, in order, not overlapping.

    >>> [(found.type, found.value) for found in find_entities("订单号20481234567买了2件,明天能到吗")]
    [('order_id', '20481234567'), ('quantity', '2件'), ('date', '明天')]
    """
    if _HINT.search(text) is None:
        return ()
    found = find_pasted(text)
    rest = _without(text, found) if found else text
    if _DIGIT.search(rest) is not None:
        found += find_identifiers(rest)
        found += find_batches(rest)
        found += figures.find_written(rest)
        found += dates.find_written_dates(rest)
    found += figures.find_spoken(rest)
    found += find_spoken_phones(rest)
    found += dates.find_spoken_dates(rest)
    found += find_emails(rest)
    found += find_links(rest)
    found += places.find_places(rest)
    found += people.find_people(rest, [entity for entity in found if entity.type in ("phone", "address")])
    return _without_overlaps(found, len(text)) if found else ()


def _without(text: str, found: list[Entity]) -> str:
    """The text with something that is no part of any value instead of what was found."""
    parts: list[str] = []
    done = 0
    for entity in sorted(found, key=lambda entity: entity.start):
        if entity.start >= done:
            parts += text[done : entity.start], "|" * (entity.end - entity.start)
            done = entity.end
    return "".join((*parts, text[done:]))


def _without_overlaps(found: list[Entity], length: int) -> tuple[Entity, ...]:
    found.sort(key=_START)
    if all(first.end <= second.start for first, second in pairwise(found)):
        return tuple(found)
    taken = bytearray(length)
    kept: list[Entity] = []
    for entity in sorted(found, key=_precedence):
        if not any(taken[entity.start : entity.end]):
            taken[entity.start : entity.end] = b"\1" * (entity.end - entity.start)
            kept.append(entity)
    return tuple(sorted(kept, key=_START))


def _precedence(entity: Entity) -> tuple[int, int, int]:
    rank = _RANK[entity.type]
    return (min(rank, _BY_LENGTH), entity.start - entity.end, rank)
