from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest

from cs_nlp.train.space import DEFAULT_WEIGHTS, FeatureSpace
from cs_nlp.understand.features import BLOCKS
from cs_nlp.understand.linear import Head, LinearModel, Weights


def row(*chars: str, word: tuple[str, ...] = ()) -> tuple[list[str], ...]:
    return (list(chars), list(word), [], [], [], [])


ROWS = [row("退", "款", word=("退款",)), row("退", "货"), row("退", "款", "货", word=("退款",)), row("发", "票")]


def test_every_block_has_a_weight() -> None:
    assert tuple(DEFAULT_WEIGHTS) == BLOCKS


def test_rare_features_are_left_out() -> None:
    space = FeatureSpace.learn(ROWS, least=2)
    assert [sorted(block) for block in space.vocabulary[:2]] == [["款", "货", "退"], ["退款"]]
    assert sorted(column for block in space.vocabulary for column in block.values()) == [0, 1, 2, 3]


def test_a_feature_that_is_everywhere_counts_least() -> None:
    space = FeatureSpace.learn(ROWS, least=1)
    chars = space.vocabulary[0]
    assert space.idf[chars["退"]] == pytest.approx(log(5 / 4) + 1)
    assert space.idf[chars["发"]] == pytest.approx(log(5 / 2) + 1)


def test_the_frequent_ones_are_kept_when_there_are_too_many() -> None:
    space = FeatureSpace.learn(ROWS, least=1, most=4)
    assert {name for block in space.vocabulary for name in block} == {"退", "款", "货", "退款"}


def test_a_block_can_be_left_out() -> None:
    assert FeatureSpace.learn(ROWS, {"char": 1.0}, least=1).vocabulary[1] == {}


def test_a_feature_with_a_line_end_is_left_out() -> None:
    assert FeatureSpace.learn([row("a\nb", "c")] * 3, least=1).vocabulary[0] == {"c": 0}


def test_a_row_has_the_length_of_its_block_weights() -> None:
    space = FeatureSpace.learn(ROWS, least=1)
    lengths = np.sqrt(np.asarray(space.matrix(ROWS).multiply(space.matrix(ROWS)).sum(axis=1)).ravel())
    both = sqrt(DEFAULT_WEIGHTS["char"] ** 2 + DEFAULT_WEIGHTS["word"] ** 2)
    assert lengths.tolist() == pytest.approx([both, 1.0, both, 1.0], abs=1e-6)


def test_nothing_known_is_an_empty_row() -> None:
    space = FeatureSpace.learn(ROWS, least=1)
    assert space.matrix([row("猫")]).nnz == 0
    assert space.matrix([]).shape == (0, len(space.idf))


def test_training_and_serving_see_the_same_numbers() -> None:
    space = FeatureSpace.learn(ROWS, least=1)
    generator = np.random.default_rng(3)
    raw = generator.normal(size=(len(space.idf), 2))
    weights = Weights.of(raw * space.idf[:, None])
    model = LinearModel(
        space.weights,
        space.serving(),
        space.idf,
        weights,
        np.zeros(2, np.float32),
        [Head("intent", ("a", "b"), 0)],
    )
    exact = space.matrix(ROWS) @ (weights.dense() / space.idf[:, None])
    served = np.array([scored.columns for scored in model.score(list(map(model.vocabulary.look_up, ROWS)))])
    assert np.abs(served - exact).max() < 1e-4
