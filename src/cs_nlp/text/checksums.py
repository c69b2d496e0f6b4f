"""Check digits: whether a number can be a Chinese identity card or a bank card."""

from __future__ import annotations

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10x98765432"
_LUHN_DOUBLE = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def is_id_card(number: str) -> bool:
    """Whether 18 characters (check digit and birthday right) or 15 digits (birthday right) can be an identity card.

    >>> is_id_card("11010519491231002x"), is_id_card("110105194912310021")
    (True, False)
    """
    if len(number) == 15:
        return number.isdecimal() and _is_day("19" + number[6:12])
    if len(number) != 18 or not number[:17].isdecimal() or not _is_day(number[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return _ID_CHECK[total % 11] == number[17]


def is_bank_card(number: str) -> bool:
    """Whether 16 to 19 digits pass the Luhn check.

    >>> is_bank_card("6222020000000000000"), is_bank_card("6222020000000000001")
    (True, False)
    """
    if not 16 <= len(number) <= 19 or not number.isdecimal():
        return False
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(_LUHN_DOUBLE[digit] for digit in digits[1::2])) % 10 == 0


def _is_day(text: str) -> bool:
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return 1900 <= day.year <= 2050
