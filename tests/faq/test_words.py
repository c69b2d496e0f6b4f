"""Words are found alike with and without the compiled module."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.faq import words
from cs_nlp.faq.words import marker, replacer

MARKS = {"退": 1, "退款": 2, "退款吗": 4, "款": 8, "吗款": 1 << 63, "𠮷a": 16}
TARGETS = {"退": "", "退钱": "退款", "钱": "很长很长很长的钱", "a": "", "é": "e", "𠮷": "吉"}
TEXTS = st.text("退款吗钱aAé𠮷9²٣ ,？\x00\u0130龘", max_size=40) | st.text(max_size=40)


def plain(make, known):
    """What does it without the compiled module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "Words", None)
        return make(known)


@given(TEXTS)
def test_both_find_the_same_words(text):
    assert marker(MARKS)(text) == plain(marker, MARKS)(text)


@given(TEXTS)
def test_both_replace_the_same_words(text):
    assert replacer(TARGETS)(text) == plain(replacer, TARGETS)(text)


@pytest.mark.parametrize("size", [254, 255, 256, 257, 5_000])
@pytest.mark.parametrize("text", ["退", "钱", "退钱", "，", "退，𠮷"])
def test_both_read_long_texts_to_the_end(size, text):
    text = text * (size // len(text)) + "退款吗"
    assert marker(MARKS)(text) == plain(marker, MARKS)(text)
    assert replacer(TARGETS)(text) == plain(replacer, TARGETS)(text)


def test_the_longest_word_wins_and_hides_those_inside_it():
    for make in (marker(MARKS), plain(marker, MARKS)):
        assert make("退款吗") == 4
        assert make("退款") == 2
        assert make("款退") == 9
        assert make("吗退款吗款") == 12


@pytest.mark.skipif(words.Words is None, reason="the C modules are not compiled")
def test_what_is_no_word_is_refused():
    for known, meanings in ((["a"], []), ([""], [1])):
        with pytest.raises(ValueError):
            words.Words(known, meanings)
    for known, meanings in (([1], [1]), (["a"], [None]), ("a", [1])):
        with pytest.raises(TypeError):
            words.Words(known, meanings)
    for find in (words.Words(["a"], [1]).marks, words.Words(["a"], ["b"]).fold):
        with pytest.raises(TypeError):
            find(None)
    assert words.Words(["a"], [1]).marks("\ud800a") == 1
    assert words.Words(["a"], ["b"]).fold("\ud800a") == "b"
