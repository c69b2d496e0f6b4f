"""Fitting the heads: one-against-rest logistic regression for every label, in parallel, without chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FittedHead:
    """Weights of one decision.

    Attributes:
        labels: Its labels, sorted.
        weights: Shape (features, labels).
        bias: Shape (labels,).
    """

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats

    def scores(self, matrix: sparse.csr_matrix) -> Floats:
        """Log-odds of every label, shape (messages, labels)."""
        return np.asarray(matrix @ self.weights + self.bias)


def fit_head(
    matrix: sparse.csr_matrix,
    targets: Sequence[str],
    *,
    also: Sequence[str | None] | None = None,
    weights: Floats | None = None,
    strength: float = 5.0,
    jobs: int = 2,
) -> FittedHead:
    """Fits one head.

    A message with a second label that is right, too, is left out of that label's negatives.

    Args:
        matrix: Messages by features.
        targets: The label of each message.
        also: A second right label of each message, or None.
        weights: How much each message counts.
        strength: Inverse of the regularisation.
        jobs: Threads; the result does not depend on it.
    """
    labels = tuple(sorted(set(targets)))
    gold = np.array(targets, dtype=object)
    second = np.array(also, dtype=object) if also is not None else np.full(len(gold), None, dtype=object)
    counts = np.ones(len(gold)) if weights is None else weights
    # scikit-learn sorts the matrix in place when it is not sorted: do it once, before the threads share it
    matrix.sort_indices()

    def one(label: str) -> tuple[Floats, float]:
        positive = gold == label
        keep = np.flatnonzero(positive | (second != label))
        part = matrix if len(keep) == len(gold) else matrix[keep]
        model = LogisticRegression(C=strength, solver="liblinear", tol=1e-3, max_iter=200)
        model.fit(part, positive[keep], sample_weight=counts[keep])
        return model.coef_[0], float(model.intercept_[0])

    if len(labels) == 1:
        return FittedHead(labels, np.zeros((matrix.shape[1], 1)), np.zeros(1))
    found = Parallel(n_jobs=jobs, prefer="threads")(delayed(one)(label) for label in labels)
    return FittedHead(labels, np.column_stack([row for row, _ in found]), np.array([bias for _, bias in found]))


def softmax(scores: Floats) -> Floats:
    """Probabilities from scores, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit_temperature(scores: Floats, gold: NDArray[np.intp]) -> float:
    """The factor on out-of-fold scores that makes their softmax most likely (Guo et al. 2017, arXiv 1706.04599).

    Args:
        scores: Shape (messages, labels).
        gold: Column of the right label of each message.
    """

    def loss(factor: float) -> float:
        chances = softmax(scores * factor)[np.arange(len(gold)), gold]
        return float(-np.log(np.maximum(chances, 1e-12)).mean())

    return round(float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded", options={"xatol": 1e-3}).x), 3)
