"""What a ticket says in words: two Chinese sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cs_nlp.types import Understanding
from cs_nlp.understand.taxonomy import Taxonomy

_QUOTED = 60
_ENDING = re.compile("[。！!？?；;]")
ENTITY_NAMES = {
    "order_card": "订单卡片",
    "order_id": "订单号",
    "tracking_no": "快递单号",
    "phone": "手机号",
    "landline": "座机",
    "email": "邮箱",
    "id_card": "身份证号",
    "bank_card": "银行卡号",
    "tax_no": "税号",
    "address": "地址",
    "name": "姓名",
    "product_id": "商品编号",
    "link": "链接",
    "image": "图片",
    "date": "日期",
    "time": "时间",
    "size": "尺码",
    "money": "金额",
    "duration": "时长",
    "quantity": "数量",
    "batch_no": "生产批号",
}
"""Chinese name of each entity type."""


def asked_for(intents: Sequence[str], understanding: Understanding, taxonomy: Taxonomy) -> tuple[str, ...]:
    """Names of what the customer asked for, each once, oldest first.

    Args:
        intents: Business intents of the conversation so far.
        understanding: What the present message means.
        taxonomy: The names.
    """
    best = understanding.intents[0].id
    wanted = [*intents, best, *([understanding.second] if understanding.second else [])]
    business = [intent for intent in wanted if not taxonomy.is_talk(intent) and intent != taxonomy.unclear]
    return tuple(dict.fromkeys(taxonomy.name(intent) for intent in business or wanted))


def summary(
    masked: str,
    understanding: Understanding,
    taxonomy: Taxonomy,
    asked: Sequence[str],
    tried: Sequence[str],
    entities: Sequence[tuple[str, str]],
    missing: Sequence[str],
) -> str:
    """Two sentences: who wants what and how he feels; what was said, tried, given and is missing.

    Args:
        masked: The message, masked.
        understanding: What it means.
        taxonomy: The names.
        asked: Names of what was asked.
        tried: What the bot did.
        entities: Masked values.
        missing: Entity types that are missing.
    """
    level = taxonomy.levels[understanding.severity]
    emotion = taxonomy.emotions.get(understanding.emotion.value, understanding.emotion.value)
    first = f"客户来询「{'、'.join(asked)}」，{level.name}（{understanding.severity.value}）级，情绪{emotion}。"
    parts = [f"原话“{_quoted(masked)}”"]
    if tried:
        parts.append(f"机器人已{'、'.join(tried[-2:])}")
    given = [ENTITY_NAMES.get(kind, kind) for kind, _ in entities]
    if given:
        parts.append(f"已提供{'、'.join(dict.fromkeys(given))}")
    if missing:
        parts.append(f"还缺{'、'.join(ENTITY_NAMES.get(kind, kind) for kind in missing)}")
    return first + "，".join(parts) + "。"


def _quoted(masked: str) -> str:
    """The message without signs that end sentences, so that the summary stays two sentences."""
    text = _ENDING.sub("，", " ".join(masked.split()).rstrip("。.!！?？;；"))
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"
