from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.errors import DataFileError
from cs_nlp.understand.lexicon import Concept, Lexicon

LEXICON = Lexicon(
    [
        Concept("REFUND", "退钱", ("退款", "退钱", "退")),
        Concept("REFUND_ONLY", "只退钱", ("仅退款",)),
        Concept("MONEY", "钱的事", ("退钱",)),
        Concept("DAYS", "几天", (), ("[0-9]{1,3}天", "多少?天")),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我要退款", [("REFUND", 2, 4)]),
        ("仅退款", [("REFUND_ONLY", 0, 3)]),
        ("退了", [("REFUND", 0, 1)]),
        ("退退款", [("REFUND", 0, 1), ("REFUND", 1, 3)]),
        ("退钱", [("REFUND", 0, 2), ("MONEY", 0, 2)]),
        ("15天退款", [("DAYS", 0, 3), ("REFUND", 3, 5)]),
        ("退款要多少天", [("REFUND", 0, 2), ("DAYS", 3, 6)]),
        ("发票", []),
        ("", []),
    ],
)
def test_concepts_stand_where_their_words_are(text: str, found: list[tuple[str, int, int]]) -> None:
    assert [tuple(hit) for hit in LEXICON.find(text)] == found


def test_a_lexicon_may_be_empty() -> None:
    assert Lexicon([]).find("退款") == []


def test_finite_patterns_become_words() -> None:
    assert {"多天", "多少天"} < set(LEXICON.words)


def test_json_gives_the_same_lexicon() -> None:
    again = Lexicon.from_json(LEXICON.to_json())
    assert again.concepts == LEXICON.concepts
    assert again.find("3天没退钱") == LEXICON.find("3天没退钱")


@given(
    st.lists(st.sampled_from(["退", "款", "钱", "仅", "多", "少", "天", "7", "12", "。", " "]), max_size=12).map(
        "".join
    )
)
def test_hits_are_in_order_and_inside_the_text(text: str) -> None:
    hits = LEXICON.find(text)
    assert [(hit.start, hit.end) for hit in hits] == sorted((hit.start, hit.end) for hit in hits)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)


def test_a_concept_stands_in_one_file_only(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("version: 1\nconcepts:\n  X: {note: 什么, words: [甲]}\n", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"b\.yaml:3: concepts\.X: the concept X stands in another file"):
        Lexicon.from_yaml(tmp_path)
