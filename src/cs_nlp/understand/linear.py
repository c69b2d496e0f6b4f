"""A linear model over named features: numpy only, exact about what each feature contributed.

The value of a feature is its inverse document frequency, divided by the length of its block and times the block's
weight; present or not, repeats do not count. `weights` already hold the inverse document frequency, so a score is

    bias + Σ_block weight_b / |block| · Σ_feature idf·w.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.understand.features import BLOCKS, View, features
from cs_nlp.understand.vocabulary import Known, Vocabulary

_TINY = 1e-12
_HOTTEST = 600.0  # a power that can be summed; scores are log-odds, and no message comes near it
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
        block_weights: Weight of each of `BLOCKS`.
        vocabulary: The features.
        idf: Inverse document frequency of each feature, shape (rows,).
        weights: idf times weight, shape (rows, columns).
        bias: Shape (columns,).
        heads: The decisions, in the order of their columns.
    """

    def __init__(
        self,
        block_weights: Sequence[float],
        vocabulary: Vocabulary,
        idf: Floats,
        weights: Weights,
        bias: Floats,
        heads: Sequence[Head],
    ) -> None:
        self.block_weights = tuple(float(weight) for weight in block_weights)
        self.vocabulary = vocabulary
        self.idf = idf
        self.weights = weights
        self.bias = np.asarray(bias, dtype=np.float32)
        self.heads = {head.name: head for head in heads}
        self._squares = idf.astype(np.float64) ** 2
        self._block_weights = np.array(self.block_weights)
        self._block_of = np.arange(len(BLOCKS)).repeat(vocabulary.sizes)
        sizes = [len(head.labels) for head in heads]
        self._firsts = [head.start for head in heads]
        self._head_of = np.arange(len(sizes)).repeat(sizes)
        self._heat = np.array([head.temperature for head in heads], dtype=np.float64).repeat(sizes)
        self._unknown = float(idf.max()) ** 2 if len(idf) else 1.0

    @property
    def profile(self) -> str:
        """Which features it was trained on, see `cs_nlp.understand.features`."""
        return self.vocabulary.profile

    def replaced(
        self, *, weights: Weights | None = None, bias: Floats | None = None, heads: Sequence[Head] | None = None
    ) -> LinearModel:
        """The same features with other weights, biases or heads."""
        return LinearModel(
            self.block_weights,
            self.vocabulary,
            self.idf,
            self.weights if weights is None else weights,
            self.bias if bias is None else bias,
            list(self.heads.values()) if heads is None else heads,
        )

    def read(self, view: View) -> Scored:
        """Scores of one message."""
        return self.score([self.vocabulary.find(view)])[0]

    def score(self, found: Sequence[Known]) -> list[Scored]:
        """Scores of messages; each gets the same ones in whatever company.

        Args:
            found: The features of each message that the model knows.
        """
        blocks = len(BLOCKS)
        rows = np.array([row for known in found for row in known.rows], dtype=np.intp)
        owner = self._block_of.take(rows)  # of each feature its block, numbered on from message to message
        if len(found) > 1:
            owner += np.arange(0, len(found) * blocks, blocks).repeat([len(known.rows) for known in found])
        masses = np.bincount(owner, self._squares.take(rows), len(found) * blocks).reshape(-1, blocks)
        scales = (self._block_weights / np.sqrt(masses + _TINY)).ravel()
        values = scales.take(owner).astype(np.float32)
        values *= self.weights.steps.take(rows)
        quanta = self.weights.quanta.take(rows, axis=0).astype(np.float32)
        scored, start = [], 0
        for known, mass in zip(found, masses[:, 0].tolist(), strict=True):
            stop = start + len(known.rows)
            columns = values[start:stop] @ quanta[start:stop] + self.bias
            share = mass / (mass + self._unknown * known.unknown) if mass else 0.0
            scored.append(Scored(columns, share))
            start = stop
        return scored

    def probabilities(self, columns: Floats) -> NDArray[np.float64]:
        """Probabilities from scores: in each head a softmax with its temperature.

        Args:
            columns: Scores, shape (messages, columns).

        Returns:
            A probability for each score, of the same shape; those of one head sum to 1.
        """
        heated = columns * self._heat
        powers: NDArray[np.float64] = np.exp(np.maximum(np.minimum(heated, _HOTTEST), -_HOTTEST))
        powers /= np.add.reduceat(powers, self._firsts, axis=1).take(self._head_of, axis=1)
        return powers

    def contributions(self, view: View, column: int) -> list[Contribution]:
        """What every known feature of a message added to one column; with the bias they sum to its score.

        Args:
            view: The message.
            column: A column of the weights.
        """
        found: list[Contribution] = []
        quanta, steps = self.weights.quanta, self.weights.steps
        parts = zip(BLOCKS, self.vocabulary.index, self.block_weights, features(view), strict=True)
        for block, index, weight, names in parts:
            known = [(name, index[name]) for name in dict.fromkeys(names) if name in index]
            if not known:
                continue
            scale = weight / sqrt(sum(self._squares[row] for _, row in known))
            found += [Contribution(block, name, float(steps[row] * quanta[row, column]) * scale) for name, row in known]
        return found
