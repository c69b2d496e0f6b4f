from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.faq import grams, texts
from cs_nlp.faq.entries import FaqEntry
from cs_nlp.faq.forms import forms_of, make_forms
from cs_nlp.faq.grams import both_grams, count_characters, pair_grams
from cs_nlp.faq.texts import StoredForms, Texts

WORDS = st.lists(st.text(st.sampled_from("退货款a1é𠀀\ud800\n"), max_size=6), max_size=12)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(texts, "_PART", 2)
    monkeypatch.setattr(texts, "_TEXTS", 3)
    monkeypatch.setattr(grams, "_PART", 4)


@given(WORDS, WORDS)
def test_packed_texts_come_back(one, other):
    packed = Texts.chain([Texts.pack(one), Texts.pack(other)])
    assert [*packed] == one + other
    codes, counts = packed.codes()
    assert codes.tolist() == [*map(ord, "".join(one + other))]
    assert counts.tolist() == [*map(len, one + other)]


@given(WORDS)
def test_counts_and_pairs_of_codes_are_those_of_texts(words):
    characters, pairs = both_grams(words)
    keys, counts = count_characters(*Texts.pack(words).codes())
    assert keys.tolist() == characters.keys.tolist()
    assert counts.tolist() == np.diff(characters.starts).tolist()
    found = pair_grams(*Texts.pack(words).codes())
    assert [found.keys.tolist(), found.starts.tolist(), found.rows.tolist()] == [
        pairs.keys.tolist(), pairs.starts.tolist(), pairs.rows.tolist(),
    ]  # fmt: skip
    assert found.texts() == sorted({a + b for word in words for a, b in zip(word, word[1:], strict=False)})


def test_stored_forms_are_those_of_each_entry():
    brought = ("怎么退钱", "怎么退款？")
    entries = [
        FaqEntry("a", ("怎么退货", "怎么退货？", "我要退貨", "怎么 退货"), "-"),
        FaqEntry("b", brought, "-", forms=make_forms(brought)),
        FaqEntry("c", ("？",), "-"),
        FaqEntry("d", ("运费谁出",), "-", forms=make_forms(brought)),
        FaqEntry("e", ("KD100 怎么装", "kd100怎么装"), "-"),
    ]
    stored = StoredForms.pack(entries)
    assert [forms[1:] for forms in stored] == [forms_of(entry)[1:] for entry in entries]
    assert stored[0].asked == ("怎么退货", "我要退貨")
