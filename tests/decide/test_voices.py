from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.decide.voices import combine, spelled_out

CHANCES = st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), min_size=1, max_size=60)


@given(CHANCES, st.lists(st.tuples(st.integers(0, 59), st.floats(-5.0, 5.0)), max_size=8), st.integers(-1, 59))
def test_both_ways_find_the_same(pairs: list[tuple[float, float]], bonus: list[tuple[int, float]], never: int) -> None:
    alone, recent = [one for one, _ in pairs], [two for _, two in pairs]
    bonus = [(place, value) for place, value in bonus if place < len(pairs)]
    never = never if never < len(pairs) else -1
    found, other = (way(alone, recent, 0.3, 0.4, bonus, never) for way in (combine, spelled_out))
    assert [place for place, _ in found] == [place for place, _ in other]
    assert [chance for _, chance in found] == pytest.approx([chance for _, chance in other], abs=1e-12)


def test_a_bonus_wins_and_what_cannot_be_meant_comes_last() -> None:
    found = combine([0.2, 0.2, 0.6], [0.2, 0.2, 0.6], 1.0, 1.0, [(1, 1.0)], 2)
    assert [place for place, _ in found] == [1, 0, 2]
    assert found[2][1] == 0.0 and sum(chance for _, chance in found) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "wrong",
    [([0.5], [], [], -1), ([0.5], [0.5], [(3, 1.0)], -1), (["a"], [0.5], [], -1), ([0.5], [0.5], [3], -1)],
)
def test_voices_that_do_not_fit_together_are_refused(wrong: tuple[list[float], list[float], list[object], int]) -> None:
    alone, recent, bonus, never = wrong
    for way in (combine, spelled_out):
        with pytest.raises((TypeError, ValueError, IndexError)):
            way(alone, recent, 1.0, 1.0, bonus, never)  # type: ignore[arg-type]
