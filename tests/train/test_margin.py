"""Which labels are doubted, and how much the labels of a file weigh."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cs_nlp.train.margin import doubts, reliability


def margins(gold: NDArray[np.intp], said: NDArray[np.intp], labels: int) -> NDArray[np.float64]:
    """Scores of a model that is sure of what it says."""
    scores = np.full((len(gold), labels), -1.0)
    scores[np.arange(len(gold)), said] = 1.0
    return scores


def test_in_clean_data_no_label_is_doubted() -> None:
    gold = np.arange(200) % 10
    said = np.where(np.arange(200) < 10, (gold + 1) % 10, gold)
    assert (doubts(margins(gold, said, 10), gold) == 1.0).all()


def test_in_noisy_data_the_contradicted_labels_weigh_less() -> None:
    gold = np.arange(200) % 10
    said = np.where(np.arange(200) < 40, (gold + 1) % 10, gold)
    trust = doubts(margins(gold, said, 10), gold)
    assert (trust[:40] < 1.0).all() and (trust[40:] == 1.0).all()


def test_the_file_that_models_confirm_more_often_weighs_more() -> None:
    sources = ["train.jsonl"] * 1000 + ["dev.jsonl"] * 200
    agreed = np.concatenate([np.arange(1000) % 10 < 5, np.arange(200) % 10 < 7])
    weights = reliability(sources, agreed)
    assert 2.0 < weights[-1] / weights[0] < 2.6
    assert abs(weights.mean() - 1.0) < 1e-9


def test_one_file_weighs_one() -> None:
    assert reliability(["a"] * 5, np.array([True, False, True, True, False])).tolist() == [1.0] * 5


def test_a_tiny_perfect_file_does_not_drown_the_others() -> None:
    sources = ["big"] * 1000 + ["tiny"] * 30
    agreed = np.concatenate([np.arange(1000) % 10 < 4, np.ones(30, dtype=bool)])
    weights = reliability(sources, agreed)
    assert weights[-1] / weights[0] == 4.0
