"""Personal data out of a text, before it is stored or shown.

type | what stands there instead
--- | ---
`phone` | `138****1234`
`landline` | `[座机]`
`email` | `[邮箱]`
`id_card`, `bank_card`, `tax_no` | `[身份证号]`, `[银行卡号]`, `[税号]`
`address`, `name` | `[地址]`, `[姓名]`
`order_card`, `order_id`, `tracking_no` | `[订单卡片]`, `[订单号]`, `[快递单号]`

Everything else stays as it was typed. All of the text is masked, also beyond the 2,000 characters that are read.
Masking twice changes nothing, and a masked text is read like the one it was made from (`cs_nlp.text.markers`).
"""

from __future__ import annotations

from collections.abc import Mapping

from cs_nlp.text.entities import find_entities
from cs_nlp.text.normalize import normalize
from cs_nlp.types import Entity, Message

MASKS: Mapping[str, str] = {
    "order_card": "[订单卡片]",
    "order_id": "[订单号]",
    "tracking_no": "[快递单号]",
    "landline": "[座机]",
    "email": "[邮箱]",
    "id_card": "[身份证号]",
    "bank_card": "[银行卡号]",
    "address": "[地址]",
    "name": "[姓名]",
    "tax_no": "[税号]",
}
"""What stands for a sensitive value of each type; a phone keeps its first three and last four digits."""

HIDDEN = "[内容已隐藏]"
_ROUNDS = 8


def mask(raw: str) -> str:
    """The text without personal data.

    Args:
        raw: Any text, of any length.

    Returns:
        The text with sensitive values replaced. A text so odd that new values keep appearing is `HIDDEN` altogether.

    >>> mask("订单号２０４８１２３４５６７，打138 0000 1234，收件人王芳")
    '订单号[订单号]，打138****1234，收件人[姓名]'
    """
    for _ in range(_ROUNDS):  # what is beside a value may be seen as one only when that is gone; mostly two rounds
        normal = normalize(raw, limit=None)
        masked = _replaced(Message(raw, normal.text, normal.offsets, find_entities(normal.text)))
        if masked == raw:
            return raw
        raw = masked
    return HIDDEN


def mask_message(message: Message) -> str:
    """The raw text of a message that was read, without personal data; the same as `mask(message.raw)`.

    >>> from cs_nlp.text.reading import read
    >>> mask_message(read("我的电话是 138-0000-1234"))
    '我的电话是 138****1234'
    """
    if "truncated" in message.notes:
        return mask(message.raw)
    masked = _replaced(message)
    return masked if masked == message.raw else mask(masked)


def mask_value(entity: Entity) -> str:
    """The value of an entity as others may see it.

    >>> mask_value(Entity("phone", "13800001234", 0, 11, sensitive=True)), mask_value(Entity("money", "199", 0, 4))
    ('138****1234', '199')
    """
    if not entity.sensitive:
        return entity.value
    if entity.type == "phone":
        return f"{entity.value[:3]}****{entity.value[-4:]}"
    return MASKS[entity.type]


def _replaced(message: Message) -> str:
    parts: list[str] = []
    done = 0
    for entity in message.entities:
        span = message.span(entity.start, entity.end)
        if entity.sensitive and span.end > done:
            parts += message.raw[done : span.start], mask_value(entity)
            done = span.end
    return "".join((*parts, message.raw[done:])) if parts else message.raw
