"""Making a model the shop's own: a few labelled chats move the weights of a trained bundle as little as they must.

The heads are trained on with the distance from the base weights, not their size, as the penalty: what the chats say
nothing about stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from cs_nlp.bundle import Bundle
from cs_nlp.text import read
from cs_nlp.train.dataset import Example, data_hash
from cs_nlp.train.fit import Knowledge, Progress
from cs_nlp.train.space import FeatureSpace
from cs_nlp.understand.analyzer import Reader
from cs_nlp.understand.features import features
from cs_nlp.understand.linear import Head, LinearModel, Weights

Floats = NDArray[np.float64]
_NEW_BIAS = -4.0


def adapt(
    base: Bundle,
    examples: Sequence[Example],
    *,
    strength: float = 4.0,
    progress: Progress = lambda message: None,
) -> Bundle:
    """Trains a bundle on.

    Labels that the base does not know are added. Severity, emotion, confidence and thresholds stay the base's.

    Args:
        base: A trained bundle.
        examples: Labelled chats of the shop.
        strength: Inverse of how hard the weights are held; larger follows the chats more.
        progress: Called with a line of text at each step.
    """
    knowledge = Knowledge.of(base)
    model = _with_labels(base.model, sorted({example.intent for example in examples}))
    reader = Reader(knowledge.lexicon, knowledge.rules, knowledge.segmenter)
    rows = [features(reader.read(read(example.text)).view) for example in examples]
    space = FeatureSpace(model.block_weights, tuple(dict(block) for block in model.vocabulary), model.idf)
    progress(f"read {len(rows)} chats")
    head = model.heads["intent"]
    gold = np.array([head.labels.index(example.intent) for example in examples])
    weights, bias = _moved(space.matrix(rows), gold, model, head, strength)
    fresh = LinearModel(
        model.blocks, model.block_weights, model.vocabulary, model.idf, weights, bias, list(model.heads.values())
    )
    progress(f"moved the weights of {len(head.labels)} labels")
    info = {**base.info, "adapted_on": len(examples), "adapted_sha256": data_hash(examples)}
    return replace(base, model=fresh, info=info, card="")


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
    )


def _moved(
    matrix: sparse.csr_matrix, gold: NDArray[np.intp], model: LinearModel, head: Head, strength: float
) -> tuple[Weights, NDArray[np.float32]]:
    """Weights and biases after training on: softmax regression on the change of the used features only."""
    used = np.unique(matrix.indices)
    part = matrix[:, used]
    scale = model.idf[used].astype(np.float64)[:, None]
    weights = model.weights.dense()
    start = weights[used, head.start : head.stop].astype(np.float64) / scale
    offset = np.asarray(part @ start + model.bias[head.start : head.stop]) * head.temperature
    shape = (len(used) + 1, len(head.labels))
    truth = np.eye(shape[1])[gold]

    def loss(flat: Floats) -> tuple[float, Floats]:
        change = flat.reshape(shape)
        scores = offset + part @ change[:-1] + change[-1]
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        chances = powers / powers.sum(axis=1, keepdims=True)
        value = -np.log(np.maximum(chances[np.arange(len(gold)), gold], 1e-12)).sum()
        error = chances - truth
        gradient = np.vstack([part.T @ error, error.sum(axis=0)]) + change / strength
        return float(value + (change**2).sum() / (2 * strength)), gradient.ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 100})
    change = found.x.reshape(shape) / head.temperature
    bias = model.bias.copy()
    weights[used, head.start : head.stop] += (change[:-1] * scale).astype(np.float32)
    bias[head.start : head.stop] += change[-1].astype(np.float32)
    return Weights.of(weights), bias
