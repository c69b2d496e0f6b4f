from __future__ import annotations

from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.understand.linear import Head, LinearModel, Weights

IDF = np.array([1.0, 2.0, 3.0, 1.5], dtype=np.float32)
DENSE = np.array([[1.27, -0.5, 0.0], [-2.54, 1.0, 0.2], [0.3, 0.0, -1.27], [0.0, 0.5, 0.1]], dtype=np.float32)
BIAS = np.array([-1.0, 0.5, 0.0], dtype=np.float32)
VOCABULARY = ({"退": 0, "款": 1}, {"退款": 2, "到账": 3})
MODEL = LinearModel(
    ("char", "word"),
    (1.0, 0.5),
    VOCABULARY,
    IDF,
    Weights.of(DENSE),
    BIAS,
    [Head("intent", ("a", "b"), 0, 2.0), Head("severity", ("N",), 2)],
)
MESSAGES = st.tuples(
    *(st.lists(st.sampled_from(names), unique=True) for names in (["退", "款", "货"], ["退款", "到账", "没"]))
)


def by_hand(message: tuple[list[str], ...], column: int) -> float:
    total = float(BIAS[column])
    dense = MODEL.weights.dense()
    for names, vocabulary, weight in zip(message, VOCABULARY, (1.0, 0.5), strict=True):
        rows = [vocabulary[name] for name in names if name in vocabulary]
        length = sqrt(sum(float(IDF[row]) ** 2 for row in rows))
        total += sum(weight * float(dense[row, column]) / length for row in rows)
    return total


@given(MESSAGES)
def test_a_score_is_the_sum_that_the_module_says(message: tuple[list[str], ...]) -> None:
    scored = MODEL.score(message)
    assert scored.columns.tolist() == pytest.approx([by_hand(message, column) for column in range(3)], abs=1e-5)
    assert 0.0 <= scored.known <= 1.0


@given(MESSAGES, st.integers(0, 2))
def test_contributions_and_bias_are_the_score(message: tuple[list[str], ...], column: int) -> None:
    found = MODEL.contributions(message, column)
    total = float(BIAS[column]) + sum(item.value for item in found)
    assert total == pytest.approx(float(MODEL.score(message).columns[column]), abs=1e-5)


def test_a_contribution_names_block_and_feature() -> None:
    found = MODEL.contributions((["退", "货"], ["到账"]), 1)
    assert [(item.block, item.feature) for item in found] == [("char", "退"), ("word", "到账")]


def test_nothing_known_leaves_the_bias() -> None:
    scored = MODEL.score((["货"], ["没"]))
    assert (scored.columns.tolist(), scored.known) == (BIAS.tolist(), 0.0)


@pytest.mark.parametrize(("names", "known"), [(["退", "款"], 1.0), (["退", "货"], 1 / (1 + 9)), (["货"], 0.0)])
def test_known_is_the_share_of_the_characters(names: list[str], known: float) -> None:
    assert MODEL.score((names, ["退款"])).known == pytest.approx(known)


def test_probabilities_are_a_softmax_with_temperature() -> None:
    first, second = MODEL.probabilities("intent", np.array([1.0, 0.5, 9.0], dtype=np.float32))
    assert first + second == pytest.approx(1.0)
    assert first / second == pytest.approx(exp(2.0 * 0.5))


def test_huge_scores_do_not_overflow() -> None:
    assert MODEL.probabilities("intent", np.array([1e4, -1e4, 0.0], dtype=np.float32)) == [1.0, 0.0]


@given(st.lists(st.lists(st.floats(-50, 50, width=32), min_size=3, max_size=3), min_size=1, max_size=6))
def test_steps_keep_weights_within_half_a_step(rows: list[list[float]]) -> None:
    dense = np.array(rows)
    near = Weights.of(dense)
    assert near.quanta.dtype == np.int8
    assert (np.abs(near.dense() - dense) <= np.maximum(near.steps[:, None] * 0.51, 1e-30)).all()
