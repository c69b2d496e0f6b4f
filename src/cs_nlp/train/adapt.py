"""Making a model the shop's own: a few labelled chats move the weights of a trained bundle as little as they must.

The heads are trained on with the distance from the base weights, not their size, as the penalty: what the chats say
nothing about stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from cs_nlp.bundle import Bundle
from cs_nlp.errors import DatasetError
from cs_nlp.text import read
from cs_nlp.train.dataset import Example, data_hash
from cs_nlp.train.fit import Knowledge, Progress
from cs_nlp.train.heads import softmax
from cs_nlp.train.space import FeatureSpace
from cs_nlp.train.split import grouped_folds
from cs_nlp.understand.analyzer import Reader
from cs_nlp.understand.features import features
from cs_nlp.understand.linear import Head, LinearModel, Weights

Floats = NDArray[np.float64]
STRENGTHS = (0.1, 0.4, 1.6, 6.4, 25.0)
"""Candidates for how far the weights may move."""
_NEW_BIAS = -4.0
_FOLDS = 4
_LEAST_TO_TUNE = 40


def adapt(
    base: Bundle,
    examples: Sequence[Example],
    *,
    strength: float | None = None,
    seed: int = 0,
    progress: Progress = lambda message: None,
) -> Bundle:
    """Trains a bundle on.

    Labels that the base does not know are added. Severity, emotion, confidence and thresholds stay the base's.

    Args:
        base: A trained bundle.
        examples: Labelled chats of the shop.
        strength: Inverse of how hard the weights are held; larger follows the chats more. Chosen by cross-validation
            on the chats when None.
        seed: Seed of its folds.
        progress: Called with a line of text at each step.

    Raises:
        DatasetError: If there are no examples.
    """
    if not examples:
        raise DatasetError(["no labelled chats; at least one is needed"])
    knowledge = Knowledge.of(base)
    model = _with_labels(base.model, sorted({example.intent for example in examples}))
    reader = Reader(knowledge.lexicon, knowledge.rules, knowledge.segmenter, model.profile)
    rows = [features(reader.read(read(example.text)).view) for example in examples]
    space = FeatureSpace(model.block_weights, tuple(dict(block) for block in model.vocabulary), model.idf)
    progress(f"read {len(rows)} chats")
    head = model.heads["intent"]
    chats = _Chats.of(space.matrix(rows), examples, model, head)
    if strength is None:
        folds = grouped_folds(examples, _FOLDS, seed=seed) if len(examples) >= _LEAST_TO_TUNE else None
        strength = chats.tuned(folds, progress) if folds is not None else 1.0
    weights, bias = chats.applied(chats.moved(strength), model, head)
    fresh = LinearModel(
        model.blocks,
        model.block_weights,
        model.vocabulary,
        model.idf,
        weights,
        bias,
        list(model.heads.values()),
        model.profile,
    )
    progress(f"moved the weights of {len(head.labels)} labels, strength {strength:g}")
    info = {
        **base.info,
        "adapted_on": len(examples),
        "adapted_sha256": data_hash(examples),
        "adapted_strength": strength,
    }
    return replace(base, model=fresh, info=info, card="")


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

    def only(self, rows: NDArray[np.intp]) -> _Chats:
        """Some of the messages."""
        return replace(
            self,
            part=self.part[rows],
            offset=self.offset[rows],
            truth=self.truth[rows],
            counts=self.counts[rows],
        )

    def chances(self, change: Floats) -> Floats:
        """Probabilities after a change of weights and biases."""
        return softmax(self.offset + self.part @ change[:-1] + change[-1])

    def moved(self, strength: float) -> Floats:
        """The change of weights and biases: softmax regression, held back by the size of the change."""
        shape = (self.part.shape[1] + 1, self.truth.shape[1])
        across = self.part.T.tocsr()
        rows = np.arange(len(self.truth)), self.truth.argmax(axis=1)

        def loss(flat: Floats) -> tuple[float, Floats]:
            change = flat.reshape(shape)
            chances = self.chances(change)
            value = -(self.counts * np.log(np.maximum(chances[rows], 1e-12))).sum()
            error = (chances - self.truth) * self.counts[:, None]
            gradient = np.vstack([across @ error, error.sum(axis=0)]) + change / strength
            return float(value + (change**2).sum() / (2 * strength)), gradient.ravel()

        start = np.zeros(shape[0] * shape[1])
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 60, "ftol": 1e-6})
        return np.asarray(found.x.reshape(shape))

    def tuned(self, folds: NDArray[np.intp], progress: Progress) -> float:
        """The strength whose held-out probabilities are best."""
        losses: list[float] = []
        for strength in STRENGTHS:
            total = 0.0
            for fold in sorted(set(folds.tolist())):
                outside = self.only(np.flatnonzero(folds == fold))
                chances = outside.chances(self.only(np.flatnonzero(folds != fold)).moved(strength))
                total -= float((outside.counts * np.log(np.maximum((chances * outside.truth).sum(axis=1), 1e-9))).sum())
            losses.append(total / len(folds))
            progress(f"strength {strength:g}: held-out log-loss {losses[-1]:.4f}")
            if len(losses) > 1 and losses[-1] > losses[-2]:
                break
        return STRENGTHS[int(np.argmin(losses))]

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
    biases = [model.bias[head.start : head.stop], np.full(len(new), _NEW_BIAS, np.float32)]
    heads = [Head("intent", labels, 0, head.temperature)]
    for other in model.heads.values():
        if other.name != "intent":
            heads.append(Head(other.name, other.labels, heads[-1].stop, other.temperature))
            columns.append(dense[:, other.start : other.stop])
            biases.append(model.bias[other.start : other.stop])
    return LinearModel(
        model.blocks,
        model.block_weights,
        model.vocabulary,
        model.idf,
        Weights.of(np.hstack(columns)),
        np.concatenate(biases),
        heads,
        model.profile,
    )
