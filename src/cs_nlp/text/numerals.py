"""Chinese numerals to numbers: 两百五 is 250."""

from __future__ import annotations

_DIGITS = {"零": 0, "〇": 0, "一": 1, "幺": 1, "二": 2, "两": 2, "三": 3, "四": 4}
_DIGITS |= {"五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_TO_ASCII = str.maketrans({digit: str(value) for digit, value in _DIGITS.items()})


def spoken_digits(text: str) -> str:
    """Numbers read digit by digit, in ASCII.

    >>> spoken_digits("幺三八零零零零幺234")
    '13800001234'
    """
    return text.translate(_TO_ASCII)


def number(text: str) -> float | None:
    """The value of a numeral, Chinese or ASCII; None when it has none (十几) or two (三四).

    >>> [number(text) for text in ("两百五", "十二", "一千零五十", "半", "3.5", "2万", "十几", "三四")]
    [250, 12, 1050, 0.5, 3.5, 20000, None, None]
    """
    if text == "半":
        return 0.5
    if text.endswith("万"):
        value = number(text[:-1])
        return None if value is None else _tidy(value * 10000)
    if text.replace(".", "", 1).isascii():
        try:
            return _tidy(float(text))
        except ValueError:
            return None
    return _han(text)


def plain(value: float) -> str:
    """A number as people write it.

    >>> plain(3.0), plain(3.5)
    ('3', '3.5')
    """
    return f"{value:.10g}"


def _tidy(value: float) -> float:
    return int(value) if value == int(value) else value


def _han(text: str) -> int | None:
    total, digit = 0, 0
    for character in text:
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
        elif character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            return None
    last_unit = _UNITS.get(text[-2:-1], 10) // 10  # 两百五 is 250, 十五 is 15, 一百零五 is 105
    return total + digit * last_unit
