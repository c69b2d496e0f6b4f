from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.decide.voices import combine, spelled_out

CHANCES = st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), min_size=1, max_size=60)


@given(CHANCES, st.lists(st.tuples(st.integers(0, 59), st.floats(-5.0, 5.0)), max_size=8), st.integers(-1, 59))
def test_both_ways_find_the_same(pairs: list[tuple[float, float]], bonus: list[tuple[int, float]], never: int) -> None:
    alone, recent = array("d", [one for one, _ in pairs]), array("d", [two for _, two in pairs])
    bonus = [(place, value) for place, value in bonus if place < len(pairs)]
    never = never if never < len(pairs) else -1
    found, other = (way(alone, recent, 0.3, 0.4, bonus, never) for way in (combine, spelled_out))
    assert [place for place, _ in found] == [place for place, _ in other]
    assert [chance for _, chance in found] == pytest.approx([chance for _, chance in other], abs=1e-12)


def test_a_bonus_wins_and_what_cannot_be_meant_comes_last() -> None:
    chances = array("d", [0.2, 0.2, 0.6])
    found = combine(chances, chances, 1.0, 1.0, [(1, 1.0)], 2)
    assert [place for place, _ in found] == [1, 0, 2]
    assert found[2][1] == 0.0 and sum(chance for _, chance in found) == pytest.approx(1.0)


ONE, NONE = array("d", [0.5]), array("d")


@pytest.mark.parametrize(
    "wrong", [(ONE, NONE, [], -1), (NONE, NONE, [], -1), (ONE, ONE, [(3, 1.0)], -1), (ONE, ONE, [3], -1)]
)
def test_voices_that_do_not_fit_together_are_refused(wrong: tuple[Any, ...]) -> None:
    alone, recent, bonus, never = wrong
    for way in (combine, spelled_out):
        with pytest.raises((TypeError, ValueError, IndexError)):
            way(alone, recent, 1.0, 1.0, bonus, never)


@pytest.mark.parametrize("wrong", [[0.5], array("f", [0.5, 0.5]), b"12345678"])
def test_the_compiled_way_takes_arrays_of_doubles_only(wrong: Any) -> None:
    pytest.importorskip("cs_nlp.decide._voices", reason="installed without a C compiler")
    for pair in ((ONE, wrong), (wrong, ONE)):
        with pytest.raises((TypeError, ValueError)):
            combine(*pair, 1.0, 1.0, [], -1)
