"""Held-out opinions about labels: each message judged by models that have not seen it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import DatasetError
from cs_nlp.train.dataset import Example
from cs_nlp.train.estimator import profile_of
from cs_nlp.train.heads import softmax
from cs_nlp.train.margin import held_out, temperature
from cs_nlp.train.space import FeatureSpace
from cs_nlp.train.views import rows_of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CrossFit:
    """Held-out probabilities.

    Attributes:
        labels: The labels, sorted.
        gold: Column of the given label of each message.
        right: Which labels of each message are right, the second ones included, shape (messages, labels).
        chances: Shape (messages, labels).
    """

    labels: tuple[str, ...]
    gold: NDArray[np.intp]
    right: NDArray[np.bool_]
    chances: Floats

    def suspicion(self) -> Floats:
        """How doubtful each given label is: what held-out models leave for the other labels, 0–1."""
        return np.asarray(1.0 - np.where(self.right, self.chances, 0.0).max(axis=1))

    def suggestions(self) -> list[str]:
        """The label that is preferred for each message."""
        return [self.labels[column] for column in self.chances.argmax(axis=1).tolist()]

    def mixed_up(self) -> dict[tuple[str, str], tuple[int, float]]:
        """For each pair of labels: how many messages are mixed up, and their share of the smaller label."""
        best = self.chances.argmax(axis=1)
        sizes = np.bincount(self.gold, minlength=len(self.labels))
        counts: Counter[tuple[int, int]] = Counter()
        for index, (gold, said) in enumerate(zip(self.gold.tolist(), best.tolist(), strict=True)):
            if not self.right[index, said]:
                counts[min(gold, said), max(gold, said)] += 1
        return {
            (self.labels[a], self.labels[b]): (count, count / max(int(min(sizes[a], sizes[b])), 1))
            for (a, b), count in sorted(counts.items())
        }


def cross_fit(
    examples: Sequence[Example],
    *,
    folds: int = 5,
    rounds: int = 1,
    strength: float = 0.3,
    seed: int = 0,
    jobs: int = 1,
    progress: Callable[[str], None] = lambda line: None,
) -> CrossFit:
    """Judges every message by models that were trained without it.

    Args:
        examples: Labelled messages.
        folds: How many parts the messages are cut into.
        rounds: How often, each time cut anew; opinions are averaged.
        strength: Inverse of the regularisation.
        seed: Seed of the cuts.
        jobs: Processes.
        progress: Called with a line of text at each step.

    Raises:
        DatasetError: If there are fewer than two labels.
    """
    labels = tuple(sorted({label for example in examples for label in example.labels}))
    if len(labels) < 2:
        raise DatasetError([f"{len(examples)} messages: at least two labels are needed, found {len(labels)}"])
    column = {label: index for index, label in enumerate(labels)}
    gold = np.array([column[example.intent] for example in examples], dtype=np.intp)
    right = np.zeros((len(examples), len(labels)), dtype=bool)
    for row, example in enumerate(examples):
        right[row, [column[label] for label in example.labels]] = True
    also = [tuple(column[label] for label in example.labels[1:]) for example in examples]
    profile = profile_of(example.text for example in examples)
    rows = rows_of([example.text for example in examples], profile)
    space = FeatureSpace.of_profile(rows, profile, least=2)
    matrix = space.training_matrix(rows)
    chances = np.zeros(right.shape)
    for turn in range(rounds):
        cut = stratified(gold, min(folds, len(gold)), seed + turn)
        scores = held_out(
            matrix, gold, len(labels), cut, also=also if any(also) else None, strength=strength, seed=seed, jobs=jobs
        )
        chances += softmax(scores * temperature(scores, gold)) / rounds
        progress(f"held-out opinions: {turn + 1}/{rounds}")
    return CrossFit(labels, gold, right, chances)


def stratified(gold: NDArray[np.intp], folds: int, seed: int) -> NDArray[np.intp]:
    """A fold for each message, every label spread evenly over them.

    >>> stratified(np.array([0, 0, 1, 1]), 2, seed=0).reshape(2, 2).sum(axis=1).tolist()
    [1, 1]
    """
    order = np.random.default_rng(seed).permutation(len(gold))
    order = order[np.argsort(gold[order], kind="stable")]
    cut = np.empty(len(gold), dtype=np.intp)
    cut[order] = np.arange(len(gold)) % folds
    return cut
