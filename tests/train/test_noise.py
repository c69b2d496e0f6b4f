"""How many labels are wrong, which ones, and what they count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cs_nlp.train.noise import noise

LABELS = 10


def margins(said: NDArray[np.intp]) -> NDArray[np.float64]:
    """Scores of a model that is sure of what it says."""
    return np.eye(LABELS)[said] * 2.0 - 1.0


def contradicted(messages: int, wrong: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Given labels, and what models say, which contradict the first ones; every other label equally often."""
    gold = np.arange(messages) % LABELS
    other = (gold + 1 + np.arange(messages) // LABELS % (LABELS - 1)) % LABELS
    return gold, np.where(np.arange(messages) < wrong, other, gold)


def test_in_clean_data_all_labels_count_fully() -> None:
    gold, said = contradicted(2000, 100)
    found = noise(margins(said), gold)
    assert not found.found
    assert (found.weights() == 1.0).all()


def test_the_share_of_wrong_labels_is_found() -> None:
    gold, said = contradicted(2000, 800)
    found = noise(margins(said), gold)
    assert 0.3 < found.shares[0] < 0.5
    assert found.right[:800].max() < 0.5 < 0.9 < found.right[800:].min()


def test_each_file_has_a_share_of_its_own_and_weighs_by_it() -> None:
    parts = contradicted(2000, 800), contradicted(500, 50)
    gold, said = (np.concatenate(both) for both in zip(*parts, strict=True))
    found = noise(margins(said), gold, ["train"] * 2000 + ["dev"] * 500)
    assert found.shares[0] > 0.3 > 0.15 > found.shares[-1]
    assert found.weights()[-1] > 2 * found.weights()[1999]


def test_a_tiny_perfect_file_does_not_drown_the_others() -> None:
    parts = contradicted(2000, 800), contradicted(30, 0)
    gold, said = (np.concatenate(both) for both in zip(*parts, strict=True))
    weights = noise(margins(said), gold, ["big"] * 2000 + ["tiny"] * 30).weights()
    assert weights[-1] < 5 * weights[1999]
