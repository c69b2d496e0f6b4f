"""A linear model over named features: numpy only, exact about what each feature contributed.

The value of a feature is its inverse document frequency, divided by the length of its block and times the block's
weight; present or not, repeats do not count. `weights` already hold the inverse document frequency, so a score is

    bias + Σ_block weight_b / |block| · Σ_feature idf·w.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """One decision of the model: which columns of the weights it owns and how scores become probabilities.

    Attributes:
        name: `intent`, `severity`, `emotion`.
        labels: The label of each column.
        start: Its first column.
        temperature: Scores are multiplied by it before the softmax; chosen on out-of-fold scores.
    """

    name: str
    labels: tuple[str, ...]
    start: int
    temperature: float = 1.0

    @property
    def stop(self) -> int:
        """One past its last column."""
        return self.start + len(self.labels)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature added to a score.

    Attributes:
        block: Name of its block.
        feature: The feature.
        value: What it added, in log-odds.
    """

    block: str
    feature: str
    value: float


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of one message.

    Attributes:
        columns: Score of every column of the model, shape (columns,).
        known: Share of the character features that the model knows, weighted by idf, 0–1.
    """

    columns: Floats
    known: float


@dataclass(frozen=True)
class Weights:
    """Weights as 8-bit steps and the size of a step per row.

    They change next to no decision, take a quarter of the memory of floats, and are faster: a row fits a cache line.
    The size is per row, not per column, because features differ by orders of magnitude, labels do not.

    Attributes:
        quanta: Steps, 8-bit integers, shape (rows, columns).
        steps: Size of a step, shape (rows,).
    """

    quanta: NDArray[np.int8]
    steps: Floats

    @classmethod
    def of(cls, dense: NDArray[np.floating[Any]]) -> Weights:
        """The nearest steps to weights of shape (rows, columns)."""
        largest = np.abs(dense).max(axis=1, initial=0.0)
        steps = np.where(largest > 0, largest / 127.0, 1.0).astype(np.float32)
        return cls(np.rint(dense / steps[:, None]).astype(np.int8), steps)

    def dense(self) -> Floats:
        """The weights as floats, shape (rows, columns)."""
        return self.quanta.astype(np.float32) * self.steps[:, None]


class LinearModel:
    """Weights of all heads over one feature space; immutable, safe to share between threads.

    Args:
        blocks: Names of the blocks, in the order of the features.
        block_weights: Weight of each block.
        vocabulary: For each block, feature -> row.
        idf: Inverse document frequency of each row, shape (rows,).
        weights: idf times weight, shape (rows, columns).
        bias: Shape (columns,).
        heads: The decisions and their columns.
        profile: Which features it was trained on, see `cs_nlp.understand.features`.
    """

    def __init__(
        self,
        blocks: Sequence[str],
        block_weights: Sequence[float],
        vocabulary: Sequence[Mapping[str, int]],
        idf: Floats,
        weights: Weights,
        bias: Floats,
        heads: Sequence[Head],
        profile: str = "characters",
    ) -> None:
        self.profile = profile
        self.blocks = tuple(blocks)
        self.block_weights = tuple(float(weight) for weight in block_weights)
        self.vocabulary = tuple(vocabulary)
        self.idf = idf
        self.weights = weights
        self.bias = np.asarray(bias, dtype=np.float32)
        self.heads = {head.name: head for head in heads}
        self._squares = idf.astype(np.float64) ** 2
        self._block_weights = np.array(self.block_weights)
        self._unknown = float(idf.max()) ** 2 if len(idf) else 1.0

    def score(self, features: Sequence[Sequence[str]]) -> Scored:
        """Scores of one message.

        Args:
            features: Its features, block by block.
        """
        rows: list[int] = []
        ends: list[int] = []
        for vocabulary, names in zip(self.vocabulary, features, strict=True):
            rows += [row for row in map(vocabulary.get, names) if row is not None]
            ends.append(len(rows))
        if not rows:
            return Scored(self.bias, 0.0)
        filled = [block for block, end in enumerate(ends) if end > (ends[block - 1] if block else 0)]
        starts = [ends[block - 1] if block else 0 for block in filled]
        # arrays from here on: they miss the processor's cache less often than Python's own numbers
        places = np.array(rows)
        masses = np.add.reduceat(self._squares.take(places), starts)
        scales = self._block_weights.take(filled) / np.sqrt(masses)
        values = scales.repeat(np.diff([*starts, len(rows)])).astype(np.float32)
        values *= self.weights.steps.take(places)
        columns = values @ self.weights.quanta.take(places, axis=0).astype(np.float32) + self.bias
        unknown = self._unknown * (len(features[0]) - ends[0])
        mass = float(masses[0]) if ends[0] else 0.0
        return Scored(columns, mass / (mass + unknown) if features[0] else 1.0)

    def probabilities(self, head: str, columns: Floats) -> list[float]:
        """Softmax of the scores of one head, one probability a label.

        Plain floats: for so few numbers a list is several times as fast as an array.
        """
        owner = self.heads[head]
        heat = owner.temperature
        scores = columns[owner.start : owner.stop].tolist()
        highest = max(scores)
        powers = [exp((score - highest) * heat) for score in scores]
        total = sum(powers)
        return [power / total for power in powers]

    def contributions(self, features: Sequence[Sequence[str]], column: int) -> list[Contribution]:
        """What every known feature added to one column; with the bias they sum to its score.

        Args:
            features: Features of a message, block by block.
            column: A column of the weights.
        """
        found: list[Contribution] = []
        quanta, steps = self.weights.quanta, self.weights.steps
        parts = zip(self.blocks, self.vocabulary, self.block_weights, features, strict=True)
        for block, vocabulary, weight, names in parts:
            known = [(name, vocabulary[name]) for name in names if name in vocabulary]
            if not known:
                continue
            scale = weight / sqrt(sum(self._squares[row] for _, row in known))
            found += [Contribution(block, name, float(steps[row] * quanta[row, column]) * scale) for name, row in known]
        return found
