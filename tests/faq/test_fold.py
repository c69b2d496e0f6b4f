from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.errors import DataFileError
from cs_nlp.faq.fold import folder, keys, read_folder


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("请问怎么退货呢？", "如何退货"),
        ("亲，多长时间能到账啊", "多久可以到账"),
        ("为什么没货了", "为啥缺货"),
        ("能不能便宜点", "可以优惠点吗"),
    ],
)
def test_one_meaning_folds_to_one_form(one, other):
    assert folder().fold(one) == folder().fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("怎么退货", "怎么换货"), ("能退吗", "不能退吗"), ("什么时候发货", "为什么不发货")]
)
def test_different_meanings_stay_apart(one, other):
    assert folder().fold(one) != folder().fold(other)


@pytest.mark.parametrize("text", ["你好", "在吗", "谢谢", "亲"])
def test_a_question_of_dropped_words_only_keeps_them(text):
    assert folder().fold(text) == text


@given(st.text(max_size=60))
def test_any_text_folds(text):
    folded = folder().fold(text)
    assert len(keys(folded)[0]) <= len(folded)
    assert all(len(pair) == 2 for pair in keys(folded)[1])


def test_long_text_folds():
    assert folder().fold("怎么" * 50_000) == "怎" * 50_000


def test_a_word_of_two_meanings_is_a_fault(tmp_path):
    file = tmp_path / "synonyms.yaml"
    file.write_text("version: 1\ndrop: [啊]\ngroups:\n  - [怎, 咋]\n  - [啥, 咋]\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="'咋' stands twice"):
        read_folder(file)
