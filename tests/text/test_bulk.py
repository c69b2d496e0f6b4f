from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.text import bulk
from cs_nlp.text.bulk import normalize_all
from cs_nlp.text.normalize import EVASIONS, MAX_CHARACTERS, normalize
from cs_nlp.text.traditional import TRADITIONAL, simplify, simplify_all

PIECES = [
    "怎么退货",
    "发",
    "huo",
    "退貨",
    "乾",
    "乾隆",
    "[大哭]",
    "[",
    "#e-s01",
    " ",
    "\n",
    "！",
    "Ａ",
    "😡",
    "\ud800",
    "ￗ",
]
PIECES += ["哈", "哈哈哈", "1111", "十十十十", "İ", "1", *EVASIONS]
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.text(max_size=8))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(bulk, "_FEW", 0)
    monkeypatch.setattr(bulk, "_BLOCK", 7)


@given(st.lists(TEXTS, max_size=20))
def test_many_texts_are_normalized_as_one_by_one(raws):
    assert normalize_all(raws) == [normalize(raw).text for raw in raws]


def test_each_kind_of_text_that_needs_more_is_seen_beside_others():
    raws = [
        "换货",
        " 换货",
        "换  货",
        "换货 ",
        "换货货货货",
        "退huo",
        "[大哭]",
        "换\n货",
        "\n",
        "",
        "",
        "换\u200b货",
        "換貨",
    ]
    assert normalize_all(raws) == [normalize(raw).text for raw in raws]


def test_long_texts_are_cut():
    raws = ["换货", "退" * (MAX_CHARACTERS + 5), "退货" * MAX_CHARACTERS]
    assert normalize_all(raws) == [normalize(raw).text for raw in raws]


def test_every_traditional_character_is_simplified_as_alone():
    texts = [*TRADITIONAL, *(a + b for a, b in zip(TRADITIONAL, TRADITIONAL[1:], strict=False))]
    assert simplify_all(texts) == [simplify(text) for text in texts]
