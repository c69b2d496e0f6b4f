from __future__ import annotations

from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.understand.features import BLOCKS, View, features
from cs_nlp.understand.linear import Head, LinearModel, Weights
from cs_nlp.understand.vocabulary import Vocabulary

IDF = np.array([1.0, 2.0, 3.0, 1.5], dtype=np.float32)
DENSE = np.array([[1.27, -0.5, 0.0], [-2.54, 1.0, 0.2], [0.3, 0.0, -1.27], [0.0, 0.5, 0.1]], dtype=np.float32)
BIAS = np.array([-1.0, 0.5, 0.0], dtype=np.float32)
BLOCK_WEIGHTS = (1.0, 0.5, 0.0, 0.0, 0.0, 0.0)
VOCABULARY = Vocabulary([["退", "款"], ["退款", "到账"], [], [], [], []])
MODEL = LinearModel(
    BLOCK_WEIGHTS,
    VOCABULARY,
    IDF,
    Weights.of(DENSE),
    BIAS,
    [Head("intent", ("a", "b"), 0, 2.0), Head("severity", ("N",), 2)],
)
VIEWS = st.builds(View, st.text("退款货", max_size=5), st.lists(st.sampled_from(["退款", "到账", "没"])), st.just([]))


def by_hand(view: View, column: int) -> float:
    total = float(BIAS[column])
    dense = MODEL.weights.dense()
    for names, index, weight in zip(features(view), VOCABULARY.index, BLOCK_WEIGHTS, strict=True):
        rows = [index[name] for name in dict.fromkeys(names) if name in index]
        length = sqrt(sum(float(IDF[row]) ** 2 for row in rows))
        total += sum(weight * float(dense[row, column]) / length for row in rows)
    return total


@given(VIEWS)
def test_a_score_is_the_sum_that_the_module_says(view: View) -> None:
    scored = MODEL.read(view)
    assert scored.columns.tolist() == pytest.approx([by_hand(view, column) for column in range(3)], abs=1e-5)
    assert 0.0 <= scored.known <= 1.0


@given(st.lists(VIEWS, max_size=5))
def test_company_does_not_change_a_score(views: list[View]) -> None:
    together = MODEL.score([VOCABULARY.find(view) for view in views])
    alone = [MODEL.read(view) for view in views]
    assert [(one.columns.tolist(), one.known) for one in together] == [
        (one.columns.tolist(), one.known) for one in alone
    ]


@given(VIEWS, st.integers(0, 2))
def test_contributions_and_bias_are_the_score(view: View, column: int) -> None:
    found = MODEL.contributions(view, column)
    total = float(BIAS[column]) + sum(item.value for item in found)
    assert total == pytest.approx(float(MODEL.read(view).columns[column]), abs=1e-5)


def test_a_contribution_names_block_and_feature() -> None:
    found = MODEL.contributions(View("退货", ["到账"], []), 1)
    assert [(item.block, item.feature) for item in found] == [(BLOCKS[0], "退"), (BLOCKS[1], "到账")]


def test_nothing_known_leaves_the_bias() -> None:
    scored = MODEL.read(View("货", ["没"], []))
    assert (scored.columns.tolist(), scored.known) == (BIAS.tolist(), 0.0)


@pytest.mark.parametrize(
    ("text", "known"), [("退款", 5 / (5 + 8 * 9)), ("退退", 1 / (1 + 8 * 9)), ("退货", 1 / (1 + 9 * 9)), ("货", 0.0)]
)
def test_known_is_the_share_of_the_character_ngrams(text: str, known: float) -> None:
    assert MODEL.read(View(text, ["退款"], [])).known == pytest.approx(known)


def test_probabilities_are_a_softmax_with_temperature_in_each_head() -> None:
    ((first, second, only),) = MODEL.probabilities(np.array([[1.0, 0.5, 9.0]], dtype=np.float32)).tolist()
    assert first + second == pytest.approx(1.0) and only == 1.0
    assert first / second == pytest.approx(exp(2.0 * 0.5))


def test_huge_scores_do_not_overflow() -> None:
    assert MODEL.probabilities(np.array([[1e4, -1e4, 0.0]], dtype=np.float32)).tolist() == [[1.0, 0.0, 1.0]]


@given(st.lists(st.lists(st.floats(-50, 50, width=32), min_size=3, max_size=3), min_size=1, max_size=6))
def test_steps_keep_weights_within_half_a_step(rows: list[list[float]]) -> None:
    dense = np.array(rows)
    near = Weights.of(dense)
    assert near.quanta.dtype == np.int8
    assert (np.abs(near.dense() - dense) <= np.maximum(near.steps[:, None] * 0.51, 1e-30)).all()
