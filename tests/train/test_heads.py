from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from cs_nlp.train.heads import fit_head, fit_temperature, softmax

MATRIX = sparse.csr_matrix(np.array([[1.0, 0.0], [1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.0, 1.0], [0.1, 0.9]]))
LABELS = ["b", "b", "b", "a", "a", "a"]


def test_a_head_learns_its_labels_in_order() -> None:
    head = fit_head(MATRIX, LABELS)
    assert head.labels == ("a", "b")
    assert [head.labels[best] for best in head.scores(MATRIX).argmax(axis=1)] == LABELS


def test_threads_do_not_change_the_numbers() -> None:
    one, many = fit_head(MATRIX, LABELS, jobs=1), fit_head(MATRIX, LABELS, jobs=4)
    assert (one.weights == many.weights).all() and (one.bias == many.bias).all()


def test_a_second_right_label_is_no_negative() -> None:
    also = [None, None, "a", None, None, None]
    plain, kind = fit_head(MATRIX, LABELS), fit_head(MATRIX, LABELS, also=also)
    assert kind.scores(MATRIX)[2, 0] > plain.scores(MATRIX)[2, 0]


def test_a_heavy_message_pulls_harder() -> None:
    weights = np.array([1.0, 1.0, 50.0, 1.0, 1.0, 1.0])
    plain, heavy = fit_head(MATRIX, LABELS), fit_head(MATRIX, LABELS, weights=weights)
    assert heavy.scores(MATRIX)[2, 1] > plain.scores(MATRIX)[2, 1]


def test_one_label_alone_needs_no_weights() -> None:
    head = fit_head(MATRIX, ["a"] * 6)
    assert head.labels == ("a",) and head.bias.tolist() == [0.0] and not head.weights.any()


def test_softmax_rows_add_up_to_one() -> None:
    chances = softmax(np.array([[1000.0, 0.0], [0.0, 0.0]]))
    assert chances.tolist() == [[1.0, 0.0], [0.5, 0.5]]


@pytest.mark.parametrize(("factor", "low", "high"), [(1.0, 0.8, 1.25), (4.0, 0.2, 0.32), (0.4, 2.0, 3.2)])
def test_the_temperature_undoes_too_much_or_too_little_confidence(factor: float, low: float, high: float) -> None:
    generator = np.random.default_rng(7)
    scores = generator.normal(size=(4000, 3)) * 2
    gold = np.array([generator.choice(3, p=row) for row in softmax(scores)])
    assert low <= fit_temperature(scores * factor, gold) <= high
