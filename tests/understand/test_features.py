from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.understand.features import BLOCKS, MAX_CHARACTERS, View, features
from cs_nlp.understand.lexicon import ConceptHit


def block(name: str, text: str = "", tokens: str = "", concepts: str = "", marks: tuple[str, ...] = ()) -> list[str]:
    hits = [ConceptHit(concept, 0, 1) for concept in concepts.split()]
    return features(View(text, tokens.split(), hits, marks))[BLOCKS.index(name)]


def test_there_is_one_list_a_block() -> None:
    assert len(features(View("退款", ["退款"], []))) == len(BLOCKS)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (block("char", "退"), ["^", "退", "$", "^退", "退$", "^退$"]),
        (block("char", ""), ["^", "$", "^$"]),
        (block("char", "哈哈"), ["^", "哈", "哈", "$", "^哈", "哈哈", "哈$", "^哈哈", "哈哈$", "^哈哈$"]),
        (block("word", tokens="退款 没 到账"), ["退款", "没", "到账", "退款 没", "没 到账"]),
        (block("word", tokens="好 好 好"), ["好", "好 好"]),
        (block("concept", concepts="A B C"), ["A", "B", "C", "A>B", "B>C", "A>B>C"]),
        (block("pair", concepts="C A C B"), ["A&B", "A&C", "B&C"]),
        (block("skip", "退了款"), ["退_款"]),
        (block("skip", "退款"), []),
        (block("shape", "退款"), ["length:0"]),
        (block("shape", "退款!?"), ["length:1", "mark:?", "mark:!"]),
        (block("shape", "退" * 71), ["length:9"]),
        (block("shape", "退", marks=("rule:a", "rule:a")), ["length:0", "rule:a"]),
    ],
)
def test_each_block_sees_its_own_side_of_a_message(found: list[str], expected: list[str]) -> None:
    assert found == expected


def test_single_characters_are_words() -> None:
    assert {"退", "换"} <= set(block("word", tokens="退 换"))


def test_white_space_is_no_word() -> None:
    assert features(View("退 款", ["退", " ", "款"], []))[1] == ["退", "款", "退 款"]


def test_a_very_long_message_is_cut() -> None:
    assert block("char", "甲" * MAX_CHARACTERS + "乙") == block("char", "甲" * MAX_CHARACTERS)


@given(st.text(max_size=60), st.lists(st.sampled_from(["A", "B", "C", "D"]), max_size=20))
def test_only_characters_repeat(text: str, concepts: list[str]) -> None:
    for names in features(View(text, list(text), [ConceptHit(name, 0, 1) for name in concepts]))[1:]:
        assert len(names) == len(set(names))
