"""Short figures: money, durations, quantities, sizes, whether written 3天 or 三天. Dates and times are in `dates`.

Values have one form: `199` or `100-200` (money, in yuan), `3天` (durations), `2件` (quantities), `42码` (sizes).
A question is no figure: 几天, 多少钱 stay text. Nor are words that only look like figures: 一个, 一块, 三包, 四件套.
"""

from __future__ import annotations

import re

from cs_nlp.text.numerals import number, plain
from cs_nlp.text.pattern import Pattern
from cs_nlp.text.scan import scan
from cs_nlp.types import Entity

_UNITS = r"""
    (?: (?P<duration>
          秒钟? | 分钟 | 个?半?小时 | 个?钟头 | 个?工作日 | 天 | 周(?![年边末一二三四五六日])
        | 个?(?:星期|礼拜)(?![一二三四五六日天]) | 个半?月 | 年(?![底初货]) )
      | (?P<money> 元 | 块钱 | 块 | 毛钱? | 角钱 | rmb | 人民币 ) (?P<tail>[0-9](?![0-9]))?
      | (?P<quantity>
          件(?!套) | 双 | 箱 | 盒 | 瓶 | 包(?![邮裹装退赔换括]) | 袋 | 台 | 份 | 张 | 把 | 支 | 桶 | 罐 | 条 | 套(?![餐路装])
        | 本(?![来身人店月]) | 部(?![分门]) | 只(?![要能是有退]) | 个(?!人|样) | 副 | 枚 | 卷 | 斤 | 公斤 | 千克 | kg
        | 颗 | 片 | 组 | 床 | 辆 ) )
"""
_LENGTH = "cm|厘米|公分"
_WEIGHT = "斤|公斤|千克|kg"
_WRITTEN = Pattern(
    rf"""(?![0-9]{{9}})(?<![0-9.a-z])(?:
      (?P<size>
        [1-9][0-9]{{2}}/[0-9]{{2,3}}[a-z]?(?![0-9a-z]) | [2-7]xl(?![a-z0-9])码? | [1-9][0-9]{{1,2}}(?:\.5)?码
      | 1米[0-9]{{1,2}}(?![0-9]) | [12]\.[0-9]{{1,2}}米
      | 1[4-9][0-9](?:{_LENGTH})?[ ,]?(?:体重)?[0-9]{{2,3}}(?:\.[0-9])?(?:{_WEIGHT})
      | 1[4-9][0-9](?:{_LENGTH}) | [4-9][0-9](?:\.[0-9])?(?:kg|公斤|千克) | (?:[89][0-9]|1[0-9]{{2}}|2[0-4][0-9])斤 )
    | (?P<head>[0-9]{{1,8}}(?:\.[0-9]{{1,2}})?) (?:(?:[-~]|到|至)(?P<to>[0-9]{{1,6}}))? (?P<ten>万)?[多来]?[ ]? {_UNITS}
    ) | [¥$][ ]?(?P<price>[0-9]{{1,9}}(?:\.[0-9]{{1,2}})?)(?:元|块)?""",
    re.VERBOSE,
)
_SPOKEN = Pattern(
    rf"""(?P<head>[一二两三四五六七八九十半][零一二两三四五六七八九十百千万]{{0,7}}|好几)[几多来]?{_UNITS}
    | (?P<size>
        均码 | 一米[五六七八九][零一二三四五六七八九]?
      | (?<![^\W\u4e00-\u9fff])(?<![a-z0-9'][ '])(?<!')  # not beside other letters, nor behind an English word
        (?:x{{1,4}}[ls]|[sml])(?:码|号)?(?![^\W\u4e00-\u9fff]|[ ][a-z])
      | (?:身高|体重|[胸腰臀]围|脚长|肩宽)[是有大概约在:, ]{{0,3}}[0-9]{{2,3}}(?:\.[0-9])?(?:{_LENGTH}|{_WEIGHT})? )""",
    re.VERBOSE,
)
_WRITTEN_HEADS = Pattern("[0-9]+|[¥$]")
_SPOKEN_HEADS = Pattern("[一二两三四五六七八九十半好均身体胸腰臀脚肩smlx]")
SPOKEN_HINT = (
    "[一二两三四五六七八九十百千万零半几多来]"
    "[秒分个小半钟工天周星礼年元块毛角r人件双箱盒瓶包袋台份张把支桶罐条套本部只副枚卷斤公千k颗片组床辆]"
    "|[smlx]|[均一身体胸腰臀脚肩][码米高重围长宽]"
)
"""A pattern that finds something in every figure in words."""
_SPOKEN_HINT = Pattern(SPOKEN_HINT)
_NOT_FIGURES = frozenset({"一个", "三包", "半个", "半张", "半条"})
_NOT_AFTER = "第几统万唯专单之逐同"
_UNIT_NAMES = {"钟头": "小时", "星期": "周", "礼拜": "周", "秒钟": "秒", "千克": "公斤", "kg": "公斤"}


def find_written(text: str) -> list[Entity]:
    """Figures with ASCII digits.

    >>> [(entity.type, entity.value) for entity in find_written("2件共¥199.5，3-5天，42码")]
    [('quantity', '2件'), ('money', '199.5'), ('duration', '3-5天'), ('size', '42码')]
    """
    return [_figure(match) for match in scan(_WRITTEN_HEADS, _WRITTEN, text)]


def find_spoken(text: str) -> list[Entity]:
    """Figures in Chinese numerals, and sizes in words.

    >>> [(entity.type, entity.value) for entity in find_spoken("两百块买了三双，等了半个月")]
    [('money', '200'), ('quantity', '3双'), ('duration', '0.5个月')]
    """
    if _SPOKEN_HINT.search(text) is None:
        return []
    return [_figure(match) for match in scan(_SPOKEN_HEADS, _SPOKEN, text) if _is_figure(match)]


def _is_figure(match: re.Match[str]) -> bool:
    found, start = match[0], match.start()
    if found in _NOT_FIGURES or (start and match.string[start - 1] in _NOT_AFTER):
        return False
    return match["money"] != "块" or len(found) > 2 or found[0] == "十"  # 一块 is together, 两块 may be pieces


def _figure(match: re.Match[str]) -> Entity:
    start, end = match.span()
    if match.lastgroup == "price":
        return Entity("money", plain(float(match["price"])), start, end)
    if match["size"]:
        return Entity("size", match["size"], start, end)
    type_, unit = next((name, match[name]) for name in ("duration", "money", "quantity") if match[name])
    value = number(match["head"])
    if value is None:
        return Entity(type_, match[0].replace(" ", ""), start, end)
    if type_ == "money":
        return Entity("money", _money(match, value), start, end)
    value += 0.5 if "半" in unit else 0
    unit = unit.replace("半", "") if unit[-1] in "个月" else unit.lstrip("个").replace("半", "")
    to = match["to"] if "to" in match.re.groupindex else None
    return Entity(type_, f"{plain(value)}{f'-{to}' if to else ''}{_UNIT_NAMES.get(unit, unit)}", start, end)


def _money(match: re.Match[str], value: float) -> str:
    parts = match.groupdict()
    if parts.get("ten"):
        value *= 10000
    if match["money"][0] in "毛角":
        value /= 10
    if match["tail"]:
        value += int(match["tail"]) / 10
    return f"{plain(value)}-{parts['to']}" if parts.get("to") else plain(value)
