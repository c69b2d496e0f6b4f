"""What chat windows paste: order cards, pictures, and values that somebody masked before.

An order card is one entity, its value the order number. A masked value (`[手机号]`, `138****1234`, `[姓名x]`) keeps its
type, so that a masked message reads like the one it was made from; it is no longer sensitive.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cs_nlp.text.pattern import Pattern
from cs_nlp.types import Entity

MASKED_NAMES: Mapping[str, str] = {
    "订单卡片": "order_card",
    "订单": "order_card",
    "订单号": "order_id",
    "订单编号": "order_id",
    "快递单号": "tracking_no",
    "手机号": "phone",
    "电话": "phone",
    "座机": "landline",
    "联系方式": "phone",
    "邮箱": "email",
    "身份证号": "id_card",
    "银行卡号": "bank_card",
    "地址": "address",
    "姓名": "name",
    "税号": "tax_no",
    "链接": "link",
    "商品链接": "link",
    "金额": "money",
    "日期": "date",
    "时间": "time",
}
"""What stands in square brackets for a value, and the type of that value."""

IMAGES = ("图片", "照片", "截图", "图", "视频", "小视频", "语音", "文件", "image", "video", "picture", "photo")
"""What stands in square brackets for something that is not text."""

_BRACKET = Pattern(rf"\[(?:({'|'.join(MASKED_NAMES)})x?|({'|'.join(IMAGES)}))\]")
_MASKED_PHONE = Pattern(r"(?<![0-9])1[3-9][0-9][*x]{3,8}[0-9]{4}(?![0-9])")
_ID = r"[0-9a-z*-]{1,40}"
_AMOUNT = r"(?:[ ,]{0,3}订单金额: ?¥? ?[0-9.]{1,12})?"
_TIME = r"(?:[ ,]{0,3}下单时间: ?[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?: [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?)?"
_PRODUCT = r"(?:[ ,]{0,3}商品(?:id|号): ?[0-9a-z]{1,24})?"
_CARD = Pattern(
    rf"\[订单编?号: ?(?P<framed>{_ID}){_AMOUNT}{_TIME}{_PRODUCT} ?\]"
    rf"|(?:咨询|查询)订单编?号: ?(?P<open>{_ID}){_AMOUNT}{_TIME}{_PRODUCT}"
    rf"|商品(?:id|编号|号): ?(?P<product>[0-9a-z]{{1,24}})"
)


def find_pasted(text: str) -> list[Entity]:
    """Order cards, product numbers, pictures and masked values.

    >>> [(entity.type, entity.value) for entity in find_pasted("[图片] 寄到[地址],打138***1234")]
    [('image', '图片'), ('address', '[地址]'), ('phone', '138***1234')]
    >>> [card] = find_pasted("咨询订单号:20481234567 订单金额:89.00 下单时间:2024-03-08 能改地址吗")
    >>> card.type, card.value, card.end
    ('order_card', '20481234567', 44)
    """
    found: list[Entity] = []
    if "[" in text:
        found += map(_bracket, _BRACKET.finditer(text))
    if ":" in text and ("订单" in text or "商品" in text):
        found += map(_card, _CARD.finditer(text))
    if "***" in text or "xxx" in text:
        found += [Entity("phone", match[0], *match.span()) for match in _MASKED_PHONE.finditer(text)]
    return found


def _bracket(match: re.Match[str]) -> Entity:
    if match[1]:
        return Entity(MASKED_NAMES[match[1].removesuffix("x")], match[0], *match.span())
    return Entity("image", match[2], *match.span())


def _card(match: re.Match[str]) -> Entity:
    order = match["framed"] or match["open"]
    if order:
        return Entity("order_card", order, *match.span(), sensitive=True)
    return Entity("product_id", match["product"], *match.span())
