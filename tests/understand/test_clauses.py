from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.understand.clauses import MAX_CLAUSES, clauses, long_clauses


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in clauses(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("怎么退货", ["怎么退货"]),
        ("怎么退货,运费谁出?", ["怎么退货", "运费谁出"]),
        ("怎么退货另外发票怎么开", ["怎么退货", "另外发票怎么开"]),
        ("还有发票怎么开", ["还有发票怎么开"]),
        ("  你好 。。 在吗 ", ["你好", "在吗"]),
        ("a,b,c,d,e,f,g,h", ["a", "b", "c", "d", "e", "f,g,h"]),
        (",,,", []),
        ("", []),
    ],
)
def test_a_text_falls_into_its_clauses(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@given(st.text(alphabet="退货还有另外,。 ?a", max_size=60))
def test_clauses_are_in_order_and_never_empty(text: str) -> None:
    found = clauses(text)
    assert len(found) <= MAX_CLAUSES
    places = [0, *(place for clause in found for place in clause), len(text)]
    assert places == sorted(places)
    assert all(start < end for start, end in found)


@given(st.text(alphabet="退款多久,。 另外还有", max_size=20), st.integers(1, 6))
def test_long_clauses_are_the_long_ones_if_there_are_two(text: str, shortest: int) -> None:
    found = [(start, end) for start, end in clauses(text) if end - start >= shortest]
    assert long_clauses(text, shortest) == (found if len(found) > 1 else [])
