from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.train.thresholds import choose, choose_direct, lower_bound

ROWS = st.lists(st.tuples(st.floats(0.0, 1.0), st.booleans()), max_size=200)


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(0, 0, 0.0, 0.0), (0, 10, 0.0, 0.0), (10, 10, 0.74, 0.75), (190, 200, 0.91, 0.92), (900, 1000, 0.88, 0.89)],
)
def test_the_bound_is_below_the_share(right: int, total: int, low: float, high: float) -> None:
    assert low <= lower_bound(right, total) <= high


def test_the_lowest_threshold_that_keeps_the_promise_is_chosen() -> None:
    scores = np.array([0.9] * 100 + [0.6] * 100 + [0.3] * 100)
    right = np.array([True] * 100 + [True] * 85 + [False] * 15 + [False] * 100)
    assert choose_direct(scores, right, precision=0.8) == 0.6
    assert choose_direct(scores, right, precision=0.9) == 0.9
    assert choose_direct(scores, right, precision=0.98) == 1.0


def test_rounding_lets_nobody_through() -> None:
    scores = np.array([0.80004] * 60 + [0.80001] * 60)
    right = np.arange(120) < 60
    assert right[scores >= choose_direct(scores, right)].all()


def test_rows_of_equal_score_go_together() -> None:
    scores = np.full(100, 0.8)
    assert choose_direct(scores, np.arange(100) < 95) == 1.0
    assert choose_direct(scores, np.arange(100) < 99) == 0.8


@pytest.mark.parametrize("right", [[], [False] * 50, [True] * 5])
def test_too_little_evidence_answers_nothing(right: list[bool]) -> None:
    assert choose_direct(np.linspace(0.9, 0.99, len(right)), np.array(right, dtype=bool)) == 1.0


@given(ROWS)
def test_what_the_threshold_lets_through_keeps_the_promise(rows: list[tuple[float, bool]]) -> None:
    scores = np.array([score for score, _ in rows])
    right = np.array([hit for _, hit in rows], dtype=bool)
    direct = choose_direct(scores, right)
    passed = right[scores >= direct]
    assert direct == 1.0 or lower_bound(int(passed.sum()), len(passed)) >= 0.9


@given(ROWS)
def test_asking_back_never_starts_above_answering(rows: list[tuple[float, bool]]) -> None:
    found = choose(np.array([score for score, _ in rows]), np.array([hit for _, hit in rows], dtype=bool))
    assert 0.0 <= found.clarify <= found.direct <= 1.0


def test_questions_start_where_a_third_is_right() -> None:
    scores = np.linspace(0.0, 1.0, 1000)
    right = (np.arange(1000) % 10) < np.floor(scores * 10)
    assert 0.25 <= choose(scores, right).clarify <= 0.45
