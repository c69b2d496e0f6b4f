from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.understand.negation import is_negated


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("我不是要投诉", "投诉"),
        ("不退货了", "退货"),
        ("没有投诉你们", "投诉"),
        ("我不想退货", "退货"),
        ("先不退款", "退款"),
        ("暂不取消订单", "取消"),
        ("无需开发票", "开发票"),
        ("别取消订单", "取消"),
        ("懒得投诉", "投诉"),
        ("不打算再投诉", "投诉"),
        ("谁说要退货", "退货"),
        ("没说要退货", "退货"),
        ("没有说要投诉", "投诉"),
        ("我不是想要退货", "退货"),
    ],
)
def test_a_denied_word_is_negated(text: str, word: str) -> None:
    assert is_negated(text, text.index(word))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("投诉", "投诉"),
        ("我要投诉", "投诉"),
        ("能不能退货", "退货"),
        ("要不要退货", "退货"),
        ("可不可以退款", "退款"),
        ("不给我退款", "退款"),
        ("不让退货", "退货"),
        ("不行,我要退货", "退货"),
        ("不好 我要投诉", "投诉"),
        ("不得不投诉", "投诉"),
        ("你们不处理就投诉", "投诉"),
        ("质量不好想退货", "退货"),
    ],
)
def test_what_is_meant_is_not_negated(text: str, word: str) -> None:
    assert not is_negated(text, text.index(word))


@given(st.text(alphabet="不没别想要退货能吗, 是", max_size=20), st.integers(0, 20))
def test_any_place_can_be_asked(text: str, place: int) -> None:
    assert isinstance(is_negated(text, min(place, len(text))), bool)


@given(st.text(alphabet="不没别想要退货能吗是", max_size=20))
def test_nothing_reaches_over_punctuation(before: str) -> None:
    assert not is_negated(before + "。投诉", len(before) + 1)
