"""Making a model the shop's own: a few labelled chats move the weights of a trained bundle as little as they must.

The heads are trained on with the distance from the base weights, not their size, as the penalty: what the chats say
nothing about stays as it was. Confidence and thresholds follow when there are chats enough to judge them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import log_softmax
from threadpoolctl import threadpool_limits

from cs_nlp.bundle import Bundle
from cs_nlp.errors import DatasetError
from cs_nlp.text import read
from cs_nlp.train.dataset import Example, data_hash, fold_of
from cs_nlp.train.fit import Knowledge, Progress
from cs_nlp.train.recalibrate import ENOUGH, HeldOut, recalibrated
from cs_nlp.train.space import FeatureSpace
from cs_nlp.understand.features import features
from cs_nlp.understand.linear import Head, LinearModel, Weights
from cs_nlp.understand.reader import Reader, Reading

Floats = NDArray[np.float64]
_NEW_BIAS = -4.0
_BIAS_HELD = 80.0
"""Biases are held so much harder than weights: a few hundred chats say little about how frequent an intent is."""
_MOST_DENSE = 2_000
_FOLDS = 5


def adapt(
    base: Bundle,
    examples: Sequence[Example],
    *,
    strength: float | None = None,
    precision: float = 0.9,
    progress: Progress = lambda message: None,
) -> Bundle:
    """Trains a bundle on.

    Labels that the base does not know are added. Severity and emotion stay the base's; confidence and thresholds, too,
    unless there are `recalibrate.ENOUGH` chats: then they are fitted again, on chats that the judging model has not
    seen.

    Args:
        base: A trained bundle.
        examples: Labelled chats of the shop.
        strength: Inverse of how hard the weights are held; larger follows the chats more. By default it grows
            with the number of chats.
        precision: Promised precision of automatic answers.
        progress: Called with a line of text at each step.

    Raises:
        DatasetError: If there are no examples.
    """
    if not examples:
        raise DatasetError(["no labelled chats; at least one is needed"])
    knowledge = Knowledge.of(base)
    model = _with_labels(base.model, sorted({example.intent for example in examples}))
    reader = Reader(knowledge.lexicon, knowledge.rules, knowledge.segmenter, model.profile)
    readings = [reader.read(read(example.text)) for example in examples]
    space = FeatureSpace(model.block_weights, model.vocabulary.index, model.idf)
    matrix = space.matrix([features(reading.view) for reading in readings])
    progress(f"read {len(readings)} chats")
    fresh, reach = _moved(model, matrix, examples, strength)
    progress(f"moved the weights of {len(fresh.heads['intent'].labels)} labels, strength {reach:g}")
    info = {
        **base.info,
        "adapted_on": len(examples),
        "adapted_sha256": data_hash(examples),
        "adapted_strength": round(reach, 3),
    }
    own = replace(base, model=fresh, info=info, card="")
    if len(examples) < ENOUGH:
        progress(f"confidence and thresholds stay the base's: {len(examples)} chats, {ENOUGH} are needed to fit them")
        return own
    held_out = _held_out(model, matrix, readings, examples, strength)
    return recalibrated(own, held_out, precision=precision, progress=progress)


def _moved(
    model: LinearModel, matrix: sparse.csr_matrix, examples: Sequence[Example], strength: float | None
) -> tuple[LinearModel, float]:
    """The model after the chats, and the strength that was used."""
    head = model.heads["intent"]
    chats = _Chats.of(matrix, examples, model, head)
    reach = min(4.0 + len(examples) / 60.0, 30.0) if strength is None else strength
    weights, bias = chats.applied(chats.moved(reach), model, head)
    return model.replaced(weights=weights, bias=bias), reach


def _held_out(
    model: LinearModel,
    matrix: sparse.csr_matrix,
    readings: Sequence[Reading],
    examples: Sequence[Example],
    strength: float | None,
) -> HeldOut:
    """Every chat as a model sees it that was made the shop's own without it."""
    folds = [fold_of(example, _FOLDS) for example in examples]
    models = {}
    for fold in sorted(set(folds)):
        inside = [index for index, own in enumerate(folds) if own != fold]
        if inside:
            models[fold] = _moved(model, matrix[inside], [examples[index] for index in inside], strength)[0]
    scored = [models.get(fold, model).read(reading.view) for fold, reading in zip(folds, readings, strict=True)]
    return HeldOut(readings, examples, folds, scored)


@dataclass(frozen=True)
class _Chats:
    """The chats as the optimiser sees them: only the features they use.

    Attributes:
        used: Those features' rows in the model.
        scale: Their inverse document frequencies, shape (used, 1).
        part: Messages by used features.
        offset: Scores of the base, times its temperature.
        truth: The right label of each message as one-hot row.
        counts: How much each message counts.
    """

    used: NDArray[np.intp]
    scale: Floats
    part: sparse.csr_matrix
    offset: Floats
    truth: Floats
    counts: Floats

    @classmethod
    def of(cls, matrix: sparse.csr_matrix, examples: Sequence[Example], model: LinearModel, head: Head) -> _Chats:
        used = np.unique(matrix.indices)
        part = matrix[:, used]
        scale = model.idf[used].astype(np.float64)[:, None]
        steps = model.weights.steps[used].astype(np.float64)[:, None]
        start = model.weights.quanta[used, head.start : head.stop] * steps / scale
        offset = np.asarray(part @ start + model.bias[head.start : head.stop]) * head.temperature
        gold = [head.labels.index(example.intent) for example in examples]
        counts = np.array([example.weight for example in examples])
        return cls(used, scale, part, offset, np.eye(len(head.labels))[gold], counts)

    def moved(self, strength: float) -> Floats:
        """The change of weights and biases: softmax regression, held back by the size of the change.

        With few messages the change lies in the span of their rows; it is sought there, in as many dimensions as there
        are messages instead of thousands of features.
        """
        if len(self.truth) > _MOST_DENSE:
            return self._sought(self.part, strength)
        values, vectors = np.linalg.eigh((self.part @ self.part.T).toarray())
        kept = values > 1e-8
        roots = np.sqrt(values[kept])
        change = self._sought(vectors[:, kept] * roots, strength)
        return np.vstack([self.part.T @ (vectors[:, kept] @ (change[:-1] / roots[:, None])), change[-1:]])

    def _sought(self, rows: Any, strength: float) -> Floats:
        shape = (rows.shape[1] + 1, self.truth.shape[1])
        across = rows.T.tocsr() if sparse.issparse(rows) else rows.T
        held = np.full((shape[0], 1), 1.0 / strength)
        held[-1] *= _BIAS_HELD

        def loss(flat: Floats) -> tuple[float, Floats]:
            change = flat.reshape(shape)
            scores = self.offset + rows @ change[:-1] + change[-1]
            logs = log_softmax(scores, axis=1)  # exact where the base is too sure
            value = -(self.counts * (logs * self.truth).sum(axis=1)).sum()
            error = (np.exp(logs) - self.truth) * self.counts[:, None]
            gradient = np.vstack([across @ error, error.sum(axis=0)]) + held * change
            return float(value + (held * change**2).sum() / 2), gradient.ravel()

        start = np.zeros(shape[0] * shape[1])
        with threadpool_limits(1):  # the matrices are small: threads would only wait for each other
            found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 60, "ftol": 1e-6})
        return np.asarray(found.x.reshape(shape))

    def applied(self, change: Floats, model: LinearModel, head: Head) -> tuple[Weights, NDArray[np.float32]]:
        """The model's weights and biases after the change; rows that did not change keep their very steps."""
        real = change / head.temperature
        bias = model.bias.copy()
        bias[head.start : head.stop] += real[-1].astype(np.float32)
        rows = model.weights.quanta[self.used] * model.weights.steps[self.used][:, None]
        rows[:, head.start : head.stop] += (real[:-1] * self.scale).astype(np.float32)
        fresh = Weights.of(rows)
        quanta, steps = model.weights.quanta.copy(), model.weights.steps.copy()
        quanta[self.used], steps[self.used] = fresh.quanta, fresh.steps
        return Weights(quanta, steps), bias


def _with_labels(model: LinearModel, wanted: Sequence[str]) -> LinearModel:
    """The model with a column for every wanted label; new ones know nothing yet."""
    head = model.heads["intent"]
    new = [label for label in wanted if label not in head.labels]
    if not new:
        return model
    labels = (*head.labels, *new)
    dense = model.weights.dense()
    columns = [dense[:, head.start : head.stop], np.zeros((len(model.idf), len(new)), np.float32)]
    biases = [model.bias[head.start : head.stop], np.full(len(new), _NEW_BIAS / head.temperature, np.float32)]
    heads = [Head("intent", labels, 0, head.temperature)]
    for other in model.heads.values():
        if other.name != "intent":
            heads.append(Head(other.name, other.labels, heads[-1].stop, other.temperature))
            columns.append(dense[:, other.start : other.stop])
            biases.append(model.bias[other.start : other.stop])
    return model.replaced(weights=Weights.of(np.hstack(columns)), bias=np.concatenate(biases), heads=heads)
