"""Long numbers: orders, parcels, phones, identity cards, bank cards, tax numbers.

A number is named by what stands before it (`单号`, `电话`, `卡号` …), then by what stands right behind it (`这个订单`),
then by its shape. Eleven digits that look like a mobile phone are one, unless the text calls them an order.
Groups divided by blanks, dots, dashes or low lines are read as one number where together they make a phone, a landline,
an identity card or a bank card: 138 0000 1234.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cs_nlp.text.checksums import is_bank_card, is_id_card
from cs_nlp.text.numerals import spoken_digits
from cs_nlp.text.pattern import Pattern
from cs_nlp.text.scan import scan
from cs_nlp.types import Entity

CARRIERS = ("SF", "JD", "YT", "ZTO", "STO", "YD", "EMS", "JT", "DB")
"""Carriers that stand before the colon of a `tracking_no`: SF:SF1300000000000; an unknown carrier leaves no colon."""

_LETTERS_OF = {"sf": "SF", "yt": "YT", "zto": "ZTO", "zt": "ZTO", "sto": "STO", "yd": "YD", "yunda": "YD"}
_LETTERS_OF |= {"ems": "EMS", "jt": "JT", "db": "DB", "dbl": "DB", "dpk": "DB", "dpl": "DB"}
_NAMES_OF = {"顺丰": "SF", "京东快递": "JD", "京东物流": "JD", "圆通": "YT", "中通": "ZTO", "申通": "STO"}
_NAMES_OF |= {"韵达": "YD", "ems": "EMS", "邮政": "EMS", "极兔": "JT", "德邦": "DB"}

_CONTEXT = Pattern(
    rf"(?P<carrier>{'|'.join(_NAMES_OF)})(?:快递|速递|物流)?的?(?:运?单号?|快递号)?"
    r"|(?P<tracking>(?:快递|物流|快件|包裹|运输)(?:单号|编号|单|号)|运单号?)"
    r"|(?P<product>商品(?:编?号|id)|sku(?:id)?|货号|条码|型号|批号)"
    r"|(?P<order>(?:订单|服务|售后|维修|返修|价保|退换|退货|换货|退款)(?:编号|单号|单|号)|订单|编号|工单|单号|单子|[这那]单)"
    r"|(?P<phone>电话|手机|联系|号码|致电|拨打|打给|tel|phone|座机|热线)"
    r"|(?P<code>(?:取件|验证|提货|校验)码|工号|尾号|后四位|邮编)"
    r"|(?P<id_card>身份证|证件)"
    r"|(?P<bank_card>卡号|银行卡|储蓄卡|信用卡|账号|账户)"
    r"|(?P<tax_no>税号|识别号|信用代码)"
)
_WINDOW = 16
_NEAR = 4
_AFTER = Pattern(r"[ ,]{0,2}(?:就?是|这个?)?(?:就?是)?(?:我的|的)?[新老原]?(?:订单|单号|商品单号|单子|[这一]单)")
_NUMBER = Pattern(
    r"(?<![0-9a-z])(?:"
    r"(?P<tax>9[1-3][0-9]{6}(?![0-9]{10})[0-9a-z]{10})"
    r"|(?P<letters>[a-z]+)-?(?P<code>[0-9]{5,30}[0-9a-z]{0,4})"
    r")(?![0-9a-z@])"
    r"|(?<![0-9])[0-9]+(?:[ ._·•-]{1,3}[0-9]+)*x?"
)
_BATCH = Pattern(
    r"批(?:号|次号?)[ :,]{0,2}(?:就?是|为|写的是?)?[ :,]{0,2}((?:lot ?)?[a-z]{0,4}[0-9][0-9a-z-]{3,19})(?![0-9a-z年月日个件])"
)
_NUMBER_HEADS = Pattern("[a-z]+|[0-9]+")
_LONG = Pattern(r"[0-9](?:[\W_]{0,3}[0-9]){5}")
_GROUP = Pattern(r"[0-9]+x?")
_HAN_DIGITS = "零〇一幺二两三四五六七八九"
_SPOKEN_PHONE = Pattern(
    rf"[1一幺][3-9三四五六七八九][0-9{_HAN_DIGITS}]{{9}}(?![0-9{_HAN_DIGITS}])(?<![0-9{_HAN_DIGITS}]{{12}})"
)
_DIVIDED = Pattern(
    r"(?P<phone>(?<![0-9])1[3-9][0-9](?=(?:\W{1,3}[0-9]{4})?\W{0,2}[^\w .-])\W{1,3}[0-9]{4}\W{1,3}[0-9]{4}(?![0-9]))"
    r"|(?P<landline>\(0[0-9]{2,3}\)[ -]{0,2}[2-8][0-9]{6,7}(?![0-9]))"
)
_TAX = Pattern(r"(?:税号|识别号|信用代码)[是为这个改成:\[ ]{0,6}(?P<number>[0-9a-z]{6,20})(?![0-9a-z])")
_MOBILE = Pattern(r"(?:(?:00)?86)?(1[3-9][0-9]{9})")
_LANDLINE = Pattern(r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}|[48]00[0-9]{7}")
_SHAPES = {"EMS": Pattern("1[01][0-9]{11}"), "ZTO": Pattern("7[3-9][0-9]{12}"), "STO": Pattern("77[0-9]{13}")}
_MAX_JOINED = 24
_MAX_GROUPS = 13  # 86 and eleven single digits


def find_identifiers(text: str) -> list[Entity]:
    """Long numbers of all kinds.

    >>> [(entity.type, entity.value) for entity in find_identifiers("订单号20481234567 电话 138 0000 1234")]
    [('order_id', '20481234567'), ('phone', '13800001234')]
    >>> [entity.value for entity in find_identifiers("顺丰单号sf1300000000000 到哪了")]
    ['SF:SF1300000000000']
    """
    found: list[Entity] = []
    if _LONG.search(text) is not None:
        for match in scan(_NUMBER_HEADS, _NUMBER, text):
            found += _number(text, match)
        found += map(_divided, _DIVIDED.finditer(text))
    if "税" in text or "代码" in text or "识别号" in text:
        for match in _TAX.finditer(text):
            found.append(_entity("tax_no", match["number"].upper(), *match.span("number")))
    return found


def find_batches(text: str) -> list[Entity]:
    """Batch numbers, behind the word for it.

    >>> [batch.value for batch in find_batches("罐底批号写的是 20241103a,同批次的也这样")]
    ['20241103A']
    """
    if "批" not in text:
        return []
    return [Entity("batch_no", match[1].upper(), *match.span(1)) for match in _BATCH.finditer(text)]


def find_spoken_phones(text: str) -> list[Entity]:
    """Mobile numbers with Chinese digits in them.

    >>> [entity.value for entity in find_spoken_phones("打幺三八零零零零1234")]
    ['13800001234']
    """
    if len(text) < 11:
        return []
    found = [match for match in _SPOKEN_PHONE.finditer(text) if not match[0].isdecimal()]
    return [_entity("phone", spoken_digits(match[0]), *match.span()) for match in found]


def _entity(type_: str, value: str, start: int, end: int) -> Entity:
    return Entity(type_, value, start, end, sensitive=True)


def _number(text: str, match: re.Match[str]) -> Iterable[Entity]:
    if match["tax"]:
        return (_entity("tax_no", match["tax"].upper(), *match.span()),)
    if match["code"]:
        return _code(text, match)
    return _digits(text, match) if match.end() - match.start() > 5 else ()


def _divided(match: re.Match[str]) -> Entity:
    return _entity(match.lastgroup or "", re.sub(r"\D", "", match[0]), *match.span())


def _context(text: str, start: int, phone_like: bool = False) -> tuple[str, str]:
    """What the text before says the number is, and the carrier if it names one.

    To say that a number is nothing personal, or that what looks like a phone is none, it must stand right before.
    """
    found = list(_CONTEXT.finditer(text, max(0, start - _WINDOW), start))
    if not found:
        return "", ""
    last = found[-1]
    name = last.lastgroup or ""
    between = text[last.end() : start]
    if name in ("product", "code") and between.strip(" :#是为"):
        return "", ""
    if phone_like and name != "phone" and len(between) > _NEAR:
        return "", ""
    return ("tracking", _NAMES_OF[last["carrier"]]) if name == "carrier" else (name, "")


def _tracking(carrier: str, number: str, start: int, end: int) -> Entity:
    value = number.upper()
    return _entity("tracking_no", f"{carrier}:{value}" if carrier else value, start, end)


def _code(text: str, match: re.Match[str]) -> Iterator[Entity]:
    """A number with letters before it: a parcel of the carrier the letters name, or what the context says."""
    letters, number = match["letters"], match["code"]
    start, end = match.span()
    carrier = "JD" if letters.startswith("jd") else _LETTERS_OF.get(letters, "")
    if number.endswith("cn") and len(letters) == 2 and len(number) == 11:
        carrier = "EMS"
    digits = sum(character.isdecimal() for character in number)
    mobile = _MOBILE.match(number) if digits == 11 else None
    context, named = _context(text, start, phone_like=mobile is not None)
    if carrier and digits >= 8:
        yield _tracking(carrier, match[0], start, end)
    elif context == "tracking":
        yield _tracking(named, match[0], start, end)
    elif mobile and context != "order":
        yield _entity("phone", mobile[1], *match.span("code"))
    elif digits >= 10 or context == "order":
        yield _entity("order_id", match[0].upper(), start, end)


def _digits(text: str, match: re.Match[str]) -> Iterator[Entity]:
    """One number, or groups that may belong together."""
    groups = [(group[0], group.start(), group.end()) for group in _GROUP.finditer(text, *match.span())]
    first = 0
    while first < len(groups):
        last, type_ = (first, "") if len(groups) == 1 else _joined(text, groups, first)
        start, end = groups[first][1], groups[last][2]
        if type_:
            sign = "-" if type_ == "order_id" and "-" in text[start:end] else ""
            value = sign.join(group for group, _, _ in groups[first : last + 1])
            yield _entity(type_, value[-11:] if type_ == "phone" else value, start, end)
        else:
            entity = _single(text, groups[first][0], start, end)
            if entity:
                yield entity
        first = last + 1


def _joined(text: str, groups: list[tuple[str, int, int]], first: int) -> tuple[int, str]:
    """The most groups from `first` on that make one number, and its type; `first` alone has an empty type."""
    best, best_type, number = first, "", groups[first][0]
    context, _ = _context(text, groups[first][1])
    for last in range(first + 1, min(first + _MAX_GROUPS, len(groups))):
        number += groups[last][0]
        if len(number) > _MAX_JOINED:
            break
        type_ = _joined_type(text, number, groups[first : last + 1], context) if len(number) >= 10 else ""
        if type_:
            best, best_type = last, type_
    return best, best_type


def _joined_type(text: str, number: str, groups: list[tuple[str, int, int]], context: str) -> str:
    sizes = [len(group) for group, _, _ in groups]
    if _MOBILE.fullmatch(number):
        return "phone"
    if _LANDLINE.fullmatch(number) and sizes[0] in (3, 4):
        return "landline"
    if len(number) == 18 and is_id_card(number):
        return "id_card"
    in_fours = len(number) >= 16 and sizes[:-1] == [4] * (len(sizes) - 1)
    if in_fours and (context == "bank_card" or is_bank_card(number)):
        return "bank_card"
    if len(sizes) == 2 and sizes[0] == 6 and sizes[1] >= 7 and text[groups[0][2]] == "-":
        return "order_id"  # as one large platform writes them: the day, then the rest
    is_date = sizes[0] == 4 and sizes[1] <= 2
    if context == "order" and max(sizes) < 10 and number.isdecimal() and not is_date:
        return "order_id"
    return ""


def _single(text: str, number: str, start: int, end: int) -> Entity | None:
    if len(number) < 6:
        return None
    if number.endswith("x") and len(number) != 18:
        number, end = number[:-1], end - 1
    mobile = _MOBILE.fullmatch(number)
    context, carrier = _context(text, start, phone_like=mobile is not None)
    is_phone = context == "phone" or (context not in ("order", "tracking", "product") and not _AFTER.match(text, end))
    if mobile and is_phone:
        return _entity("phone", mobile[1], start, end)
    if context in ("product", "code"):
        return None
    if context == "tracking" and len(number) >= 8:
        return _tracking(carrier, number, start, end)
    type_ = _single_type(number, context)
    if type_ == "tracking_no":
        carrier = next(name for name, shape in _SHAPES.items() if shape.fullmatch(number))
        return _tracking(carrier, number, start, end)
    return _entity(type_, number, start, end) if type_ else None


def _single_type(number: str, context: str) -> str:
    size = len(number)
    if (size == 18 and is_id_card(number)) or (context == "id_card" and size in (15, 18)):
        return "id_card"
    if context == "order":
        return "order_id"
    if _LANDLINE.fullmatch(number) or (context == "phone" and size in (7, 8)):
        return "landline"
    if context == "tax_no" and size in (15, 18, 20):
        return "tax_no"
    if (context == "bank_card" and 12 <= size <= 19) or (number[:1] in "456" and is_bank_card(number)):
        return "bank_card"
    if not context and any(shape.fullmatch(number) for shape in _SHAPES.values()):
        return "tracking_no"
    return "order_id" if size >= 10 else ""
