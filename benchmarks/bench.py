"""What the tries of tries.py are made of: messages as rows, one-against-rest and multinomial fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from cs_nlp.text import read
from cs_nlp.train.heads import softmax
from cs_nlp.train.space import BlockFeatures, FeatureSpace
from cs_nlp.understand.features import BLOCKS, features
from cs_nlp.understand.reader import Reader

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A message taken apart: its skeleton, its features, its label, a second right label, the file it stands in."""

    text: str
    row: BlockFeatures
    intent: str
    second: str | None = None
    source: str = ""


@dataclass(frozen=True)
class Bench:
    """What a try starts from.

    Attributes:
        train: Training messages.
        tests: Test messages; their labels are not to be used.
        reader: Takes a changed text apart.
        weights: Weight of each feature block.
        most: Most features.
        least: A feature must occur in so many messages.
        strength: Inverse of the regularisation.
        tolerance: When the solver stops.
    """

    train: list[Case]
    tests: list[Case]
    reader: Reader
    weights: dict[str, float]
    most: int
    least: int
    strength: float
    tolerance: float

    @property
    def labels(self) -> list[str]:
        """All labels, sorted: the columns of the scores."""
        return sorted({case.intent for case in self.train})

    def case(self, text: str, intent: str, second: str | None = None) -> Case:
        """Reads a text."""
        reading = self.reader.read(read(text))
        return Case(reading.view.text, features(reading.view), intent, second)


Try = Callable[[Bench], tuple[Floats, int]]
"""Gives scores (tests, labels), whose softmax are probabilities, and the number of features."""


def matrices(bench: Bench, power: float = 1.0) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Training and test messages as rows, as the library makes them; inverse document frequencies to a power."""
    rows = [case.row for case in bench.train]
    space = FeatureSpace.learn(rows, bench.weights, least=bench.least, most=bench.most)
    space = replace(space, idf=space.idf**power)
    return space.matrix(rows), space.matrix([case.row for case in bench.tests])


def block(
    bench: Bench, names: Callable[[str], list[str]], weight: float
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """A further block of features, made of the text alone."""
    as_shape = dict.fromkeys(BLOCKS, 0.0) | {"shape": weight}
    rows = [[(*((),) * (len(BLOCKS) - 1), names(case.text)) for case in part] for part in (bench.train, bench.tests)]
    space = FeatureSpace.learn(rows[0], as_shape, least=bench.least, most=20_000)
    return space.matrix(rows[0]), space.matrix(rows[1])


def rest(
    bench: Bench, train: sparse.csr_matrix, test: sparse.csr_matrix, counts: Floats | None = None
) -> tuple[Floats, int]:
    """One-against-rest logistic regression, as the library fits it."""
    weights, bias = fit_rest(bench, train, counts=counts)
    return np.asarray(test @ weights + bias), train.shape[1]


def fit_rest(
    bench: Bench, train: sparse.csr_matrix, *, scale: Callable[[NDArray[np.bool_]], Floats] | None = None,
    counts: Floats | None = None,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Weights and biases; `scale` gives a factor of every feature for a label."""
    gold = np.array([case.intent for case in bench.train], dtype=object)
    second = np.array([case.second for case in bench.train], dtype=object)
    columns, bias = [], []
    for label in bench.labels:
        keep = np.flatnonzero((gold == label) | (second != label))
        positive = gold == label
        factor = scale(positive) if scale else None
        part = train[keep] if factor is None else train[keep] @ sparse.diags(factor)
        model = LogisticRegression(C=bench.strength, solver="liblinear", tol=bench.tolerance, max_iter=200)
        model.fit(part, positive[keep], sample_weight=None if counts is None else counts[keep])
        columns.append(model.coef_[0] if factor is None else model.coef_[0] * factor)
        bias.append(float(model.intercept_[0]))
    return np.column_stack(columns), np.array(bias)


def targets(bench: Bench, smooth: float = 0.0, second: float = 0.0) -> Floats:
    """Soft targets: 1 − smooth for the label, `smooth` spread over all, and a share for the second label."""
    column = {label: index for index, label in enumerate(bench.labels)}
    table = np.full((len(bench.train), len(column)), smooth / len(column))
    for row, case in enumerate(bench.train):
        share = second if case.second in column else 0.0
        table[row, column[case.intent]] += (1 - smooth) * (1 - share)
        if share:
            table[row, column[str(case.second)]] += (1 - smooth) * share
    return table


def multinomial(bench: Bench, train: sparse.csr_matrix, test: sparse.csr_matrix, soft: Floats) -> tuple[Floats, int]:
    """One softmax over all labels, by L-BFGS."""
    size, labels = train.shape[1], soft.shape[1]
    across = train.T.tocsr()

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(size + 1, labels)
        chances = softmax(train @ weights[:size] + weights[size])
        rough = chances - soft
        slope = np.vstack([across @ rough + weights[:size] / bench.strength, rough.sum(axis=0)])
        value = -(soft * np.log(np.maximum(chances, 1e-12))).sum() + (weights[:size] ** 2).sum() / 2 / bench.strength
        return float(value), slope.ravel()

    found = minimize(
        loss, np.zeros((size + 1) * labels), jac=True, method="L-BFGS-B", options={"maxiter": 60, "maxcor": 5}
    )
    weights = found.x.reshape(size + 1, labels)
    return np.asarray(test @ weights[:size] + weights[size]), size
