"""Addresses, without a gazetteer: chains of place words that get smaller, such as 省 市 区 路 号 栋 室.

A named place (幸福小区, 人民路) needs its name before it, a numbered one (12号, 3栋) its number. Two named places in
falling size, a named and a numbered one, two numbered parts of a building, or a community behind 地址 make an address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cs_nlp.text.pattern import Pattern
from cs_nlp.types import Entity

_NAMED = {
    1: "(?<!节)省(?![钱心事时力电去略内外的点了得下]) | 自治区 | 自治州",
    2: "(?<![超城夜])市(?![场面价区民值内中])",
    3: "新区 | 开发区 | (?<![地专郊景灾校园小社])区(?![别分域间块号]) | 县(?![城级])",
    4: "街道 | 镇(?![上里]) | 乡(?![下镇村])",
    5: "社区 | (?<!农)村(?![里民])",
    6: "大道 | 大街 | 胡同 | 巷 | (?<![铁公线走半思网电退马道])路(?![由过上线费况径途人口边]) | (?<![逛条整])街(?![道拍头])",
    8: "小区 | 花园 | 花苑 | 家园 | 公寓 | 公馆 | 大厦 | 广场 | 新村 | 苑 | 学校 | 大学 | 中学 | 医院",
}
_NUMBERED = {
    7: "号院?(?![楼码称召柜线店门机色])",
    9: "号楼 | 弄 | 栋 | 幢 | 座 | 期",
    10: "单元 | 楼 | 层 | 门(?![口店市卫诊牌])",
    11: "室 | 房 | 户",
}
_NUMBER = "(?:[0-9a-z-]{1,6}|[一二三四五六七八九十]{1,3})"
_PLACE = Pattern(
    "|".join(
        [f"(?P<n{rank}> {_NUMBER} (?:{words}))" for rank, words in _NUMBERED.items()]
        + [f"(?P<r{rank}> {words})" for rank, words in _NAMED.items()]
    ),
    re.VERBOSE,
)
HINT = "[省市区县镇乡村路街道巷弄号苑栋幢座室园寓厦场馆]"
"""A pattern that finds something in every address."""
_HINT = Pattern(HINT)
_OTHER = Pattern(HINT[:-1] + "州胡同校单元楼层门房户期学院]")  # a character of every place word
_NUMBER_SIGN = Pattern("[0-9]")
_NAME = Pattern(r"[\u4e00-\u9fff0-9a-z ,#-]{0,12}")
_STOP = Pattern("成(?!都)|[到在是为去给住叫改写寄送发收址我你您他们的了这哪把被让请问要想能不没有就还也跟吗吧呢啊啦]")
_PROVINCE = Pattern(
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海"
    "|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)[ ,]?$"
)
_TAIL = Pattern(r"[0-9]{1,5}(?:-[0-9]{1,5}){0,2}[a-z]?(?:室|号|户)?(?![0-9a-z.元件天块个点月年:])")
_NAME_LENGTH = 8


@dataclass(slots=True)
class _Chain:
    """Place words that follow each other in falling size."""

    start: int
    end: int
    rank: int
    named: int
    numbered: int


def find_places(text: str) -> list[Entity]:
    """Addresses.

    >>> [place.value for place in find_places("地址改到江苏省苏州市和平路77号6幢1503,谢谢")]
    ['江苏省苏州市和平路77号6幢1503']
    >>> find_places("超市的路由器是3号柜吗")
    []
    """
    if not _has_two(text):
        return []
    found: list[Entity | None] = []
    chain: _Chain | None = None
    for match in _PLACE.finditer(text):
        link = _link(text, match, chain)
        if link is None:
            continue
        if chain is not None and link is not chain:
            found.append(_address(text, chain))
        chain = link
    if chain is not None:
        found.append(_address(text, chain))
    return [place for place in found if place is not None]


def _has_two(text: str) -> bool:
    """Whether there are two place words, one before a number, or one and 地址: less makes no address."""
    hint = _HINT.search(text)
    return hint is not None and (
        _OTHER.search(text, hint.end()) is not None
        or _OTHER.search(text, 0, hint.start()) is not None
        or _NUMBER_SIGN.search(text, hint.end()) is not None
        or "地址" in text
    )


def _link(text: str, match: re.Match[str], chain: _Chain | None) -> _Chain | None:
    """The chain that the place word continues or begins; None when it has no name."""
    group = match.lastgroup or ""
    rank, numbered = int(group[1:]), group[0] == "n"
    if chain is not None and rank > chain.rank - numbered:
        gap = text[chain.end : match.start()]
        name = gap.strip(" ,")
        if (name or numbered) and len(name) <= _NAME_LENGTH and _NAME.fullmatch(gap) and not _STOP.search(gap):
            chain.end, chain.rank = match.end(), rank
            chain.named += not numbered
            chain.numbered += numbered
            return chain
    start = match.start() if numbered else _name_start(text, match.start(), chain.end if chain else 0)
    if start == match.start() and not numbered:
        return None
    return _Chain(start, match.end(), rank, int(not numbered), int(numbered))


def _name_start(text: str, end: int, low: int) -> int:
    """Where the name that ends at `end` begins."""
    start = end
    while start > max(low, end - _NAME_LENGTH) and "\u4e00" <= text[start - 1] <= "\u9fff":
        start -= 1
    for stop in _STOP.finditer(text, start, end):
        start = stop.end()
    return start


def _address(text: str, chain: _Chain) -> Entity | None:
    start, end = chain.start, chain.end
    tail = _TAIL.match(text, end) if chain.rank >= 6 else None
    if tail:
        end = tail.end()
    numbers = chain.numbered + (tail is not None)
    labelled = chain.rank == 8 and end - start >= 4 and "地址" in text[max(0, start - 8) : start]
    if chain.named + numbers < 2 and not labelled:
        return None
    if chain.named == 0 and chain.rank < 9:
        return None
    province = _PROVINCE.search(text, max(0, start - 4), start)
    if province:
        start = province.start()
    return Entity("address", text[start:end].replace(" ", ""), start, end, sensitive=True)
