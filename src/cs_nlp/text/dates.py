"""Dates and times of day, written 3月5号 15:30 or said 明天下午三点.

Values: `2024-01-02`, `2024-01`, `03-05`, `03月` or `05号` where numbers say it, otherwise the word itself (明天, 春节);
times `15:30`, or the part of the day alone (下午). Nothing is computed from today's date: a message may be read later.
"""

from __future__ import annotations

import re

from cs_nlp.text.numerals import number
from cs_nlp.text.pattern import Pattern
from cs_nlp.text.scan import scan
from cs_nlp.types import Entity

_MINUTES = r"(?:半(?!天)|一刻|钟|[0-5]?[0-9]分?(?![0-9])|[二三四五]?十[一二三四五六七八九]?分?)?"
_NOT_A_DAY = "楼线店码机柜门色"  # 5号楼, 3号线 …
_WRITTEN = Pattern(
    rf"""(?![0-9]{{5}})(?<![0-9.a-z-])(?:
      (?P<date>
        (?P<year>(?:19|20)[0-9]{{2}})
          (?: [-/.](?P<month>[01]?[0-9])[-/.](?P<day>[0-3]?[0-9])(?![0-9])
            | 年(?:(?P<m>[01]?[0-9])月(?:(?P<d>[0-3]?[0-9])[日号]?(?![0-9])|份|底|初)?)? )
      | (?P<only_month>[01]?[0-9])月(?:(?P<its_day>[0-3]?[0-9])(?:[日号]|(?![0-9]))|份|底|初|中旬)?
      | (?P<dotted>[01]?[0-9])[./](?P<dotted_day>[0-3]?[0-9])[日号]
      | (?P<only_day>[0-3]?[0-9][日号](?![0-9a-z{_NOT_A_DAY}]))
      | 618(?![0-9.元块号a-z]) )
    | (?P<time>
        (?P<hour>[0-2]?[0-9])
          (?: :(?P<minute>[0-5][0-9])(?::[0-5][0-9])?(?![0-9:]) | 点(?![击评赞名数])(?P<minutes>{_MINUTES}) ) )
    )""",
    re.VERBOSE,
)
_HOUR = "十[一二]|[一二两三四五六七八九十]"
_WEEKDAY = "[一二三四五六日末天]"
_SPOKEN = Pattern(
    rf"""(?P<date>
        大?[今明昨后前][天日](?!猫) | [今明昨][晚早] | 当[天日]
      | [这本上下]{{1,2}}个?(?:周|星期|礼拜)(?:{_WEEKDAY}(?!天))?
      | (?:周|星期|礼拜){_WEEKDAY}(?!天|年)
      | [本上下这]个?月(?:初|底|末|中旬|[0-3]?[0-9][日号])? | 月[底初末]
      | [去今明前]年 | (?<![0-9一二两三四五六七八九十半几多])年[底初前后]
      | 春节 | 过年 | 除夕 | 元旦 | 国庆节? | 中秋节? | 端午节? | 清明节? | 五一(?!二) | 六一 | 七夕 | 情人节 | 圣诞节?
      | 儿童节 | 双(?:11|12|十一|十二) | 黑五 | 年货节
      | (?<!个)(?:{_HOUR})月(?:[二三]?十?[一二三四五六七八九十][日号]|份|底|初)?
      | [二三]?十[一二三四五六七八九]?号(?![{_NOT_A_DAY}]) )
    | (?P<time>
        (?<![一整])(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜)[ ]?
          (?: (?P<hour>[0-2]?[0-9]|(?!一点[都也儿点])(?:{_HOUR}))
              (?: :(?P<minute>[0-5][0-9]) | 点(?P<minutes>{_MINUTES}) ) )?
      | (?P<plain_hour>{_HOUR})点(?P<plain_minutes>半(?!天)|一刻|钟) )""",
    re.VERBOSE,
)
_WRITTEN_HEADS = Pattern("[0-9]+")
_SPOKEN_HEADS = Pattern(
    "[大今明昨后前当这本上下周星礼月去年春过除元国中端清五六七情圣儿双黑一二两三四八九十凌早傍晚夜半]"
)
SPOKEN_HINT = (
    "[今明昨后前当去][天日晚早年]|[周期拜][一二三四五六日末天]|[本上下这个][周星礼]|[本上下这个一二两三四五六七八九十]月|月[底初末]|年[底初前后货]"
    "|[凌清早晚上中下半夜傍][晨上午夜里晚]|[一二两三四五六七八九十][号点一]|双[1十]"
    "|[春除元国过中端清七情圣儿黑][节夕旦庆年秋午明人诞童五]"
)
"""A pattern that finds something in every date and time in words."""
_SPOKEN_HINT = Pattern(SPOKEN_HINT)
_FROM = {"下午": 1, "傍晚": 4, "晚上": 5, "夜里": 6, "半夜": 8}  # from this hour on it means the second half of the day
_NIGHT = ("晚上", "夜里", "半夜")


def find_written_dates(text: str) -> list[Entity]:
    """Dates and times in ASCII digits.

    >>> [(entity.type, entity.value) for entity in find_written_dates("2024-01-02 18:30，3月5号8点")]
    [('date', '2024-01-02'), ('time', '18:30'), ('date', '03-05'), ('time', '08:00')]
    """
    return [_written(match) for match in scan(_WRITTEN_HEADS, _WRITTEN, text)]


def find_spoken_dates(text: str) -> list[Entity]:
    """Dates and times in words.

    >>> [(entity.type, entity.value) for entity in find_spoken_dates("明天下午三点半，下周二，春节")]
    [('date', '明天'), ('time', '15:30'), ('date', '下周二'), ('date', '春节')]
    """
    if _SPOKEN_HINT.search(text) is None:
        return []
    return [_spoken(match) for match in scan(_SPOKEN_HEADS, _SPOKEN, text)]


def _written(match: re.Match[str]) -> Entity:
    if match["date"]:
        return Entity("date", _date(match), *match.span())
    return Entity("time", _clock("", match["hour"], match["minute"] or match["minutes"] or ""), *match.span())


def _spoken(match: re.Match[str]) -> Entity:
    if match["date"]:
        return Entity("date", match["date"], *match.span())
    hour, part = match["hour"] or match["plain_hour"], match["part"] or ""
    if hour is None:
        return Entity("time", part, match.start(), match.start() + len(part))
    minutes = match["minute"] or match["minutes"] or match["plain_minutes"] or ""
    return Entity("time", _clock(part, hour, minutes), *match.span())


def _date(match: re.Match[str]) -> str:
    month = match["month"] or match["m"] or match["only_month"] or match["dotted"]
    day = match["day"] or match["d"] or match["its_day"] or match["dotted_day"]
    if match["only_day"]:
        return f"{match['only_day'][:-1]:0>2}号"
    if not (match["year"] or month):
        return match[0]
    return "-".join(part.zfill(2) for part in (match["year"], month, day) if part) + (
        "" if match["year"] or day else "月"
    )


def _clock(part: str, hour_text: str, minutes: str) -> str:
    hour = int(number(hour_text) or 0)
    if _FROM.get(part, 12) <= hour < 12 or (part == "中午" and hour < 3):
        hour += 12
    elif part in _NIGHT and hour == 12:
        hour = 0
    return f"{hour:02d}:{_minute(minutes):02d}"


def _minute(text: str) -> int:
    if text in ("半", "一刻"):
        return 30 if text == "半" else 15
    return int(number(text.rstrip("分钟")) or 0)
