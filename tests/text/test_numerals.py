from __future__ import annotations

import pytest

from cs_nlp.text.checksums import is_bank_card, is_id_card
from cs_nlp.text.numerals import number, plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("二十", 20),
        ("三十五", 35),
        ("一百零五", 105),
        ("两百五", 250),
        ("一千二", 1200),
        ("一万", 10000),
        ("0.5万", 5000),
    ],
)
def test_numerals_have_their_value(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "几十", "三四", "好几", "1.2.3", "半个"])
def test_what_is_no_numeral_has_none(text: str) -> None:
    assert number(text) in (None, 0)


def test_numbers_are_written_without_needless_zeros() -> None:
    assert [plain(value) for value in (3.0, 0.5, 1e6)] == ["3", "0.5", "1000000"]


@pytest.mark.parametrize("text", ["11010519491231002", "11010519491331002x", "a1010519491231002x", ""])
def test_wrong_identity_numbers_are_refused(text: str) -> None:
    assert not is_id_card(text)


@pytest.mark.parametrize("text", ["", "622202", "62220200000000000x0", "6222020000000000001"])
def test_wrong_bank_cards_are_refused(text: str) -> None:
    assert not is_bank_card(text)
