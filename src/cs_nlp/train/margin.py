"""One-against-rest squared-hinge heads: fast with many labels, and the noise of labels kept in bounds.

Dual coordinate descent (Hsieh et al. 2008) fits a label in tens of milliseconds where a logistic head needs seconds;
the scores become probabilities by one temperature, chosen on messages that were held out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from cs_nlp.train.heads import fit_temperature

Floats = NDArray[np.float64]
_NEVER = -2.0
_WORTH_A_PROCESS = 500_000


@dataclass(frozen=True)
class MarginHead:
    """Fitted weights.

    Attributes:
        weights: Shape (features, labels).
        bias: Shape (labels,).
    """

    weights: Floats
    bias: Floats

    def scores(self, matrix: sparse.csr_matrix) -> Floats:
        """Margin of every label, shape (messages, labels)."""
        return np.asarray(matrix @ self.weights + self.bias)


def fit_margins(
    matrix: sparse.csr_matrix,
    gold: NDArray[np.intp],
    labels: int,
    *,
    weights: Floats | None = None,
    also: Sequence[Sequence[int]] | None = None,
    strength: float = 0.1,
    balance: float = 0.5,
    seed: int = 0,
    jobs: int = 1,
) -> MarginHead:
    """Fits one head a label.

    Args:
        matrix: Messages by features.
        gold: Number of the label of each message.
        labels: How many labels there are; one without messages gets a head that never fires.
        weights: How much each message counts.
        also: Further right labels of each message; it is left out of their negatives.
        strength: Inverse of the regularisation.
        balance: 0 counts messages equally, 1 labels equally.
        seed: Order in which the solver visits the messages.
        jobs: Processes; the result does not depend on it.
    """
    weighed = np.ones(len(gold)) if weights is None else weights
    counts = balanced(gold, labels, balance, weighed) * weighed
    matrix.sort_indices()
    parts = min(jobs, labels) if len(gold) * labels >= _WORTH_A_PROCESS else 1
    work = delayed(_fit_some)
    # processes, not threads: the solver's random numbers are shared by all threads of a process
    done = Parallel(n_jobs=parts)(
        work(matrix, gold, range(part, labels, parts), counts, also, strength, seed) for part in range(parts)
    )
    found = {label: head for heads in done for label, head in heads.items()}
    rows = [found[label] for label in range(labels)]
    return MarginHead(np.column_stack([row for row, _ in rows]), np.array([bias for _, bias in rows]))


def _fit_some(
    matrix: sparse.csr_matrix,
    gold: NDArray[np.intp],
    chosen: range,
    counts: Floats,
    also: Sequence[Sequence[int]] | None,
    strength: float,
    seed: int,
) -> dict[int, tuple[Floats, float]]:
    """The heads of some labels."""
    found: dict[int, tuple[Floats, float]] = {}
    for label in chosen:
        positive = gold == label
        if not positive.any() or positive.all():
            found[label] = np.zeros(matrix.shape[1]), 0.0 if positive.any() else _NEVER
            continue
        keep = np.ones(len(gold), dtype=bool)
        if also is not None:
            keep = np.array([right or label not in extra for right, extra in zip(positive, also, strict=True)])
        part = matrix if keep.all() else matrix[np.flatnonzero(keep)]
        model = LinearSVC(C=strength, dual=True, tol=1e-2, max_iter=2000, random_state=seed)
        model.fit(part, positive[keep], sample_weight=counts[keep])
        found[label] = model.coef_[0], float(model.intercept_[0])
    return found


def balanced(gold: NDArray[np.intp], labels: int, balance: float, weights: Floats | None = None) -> Floats:
    """What each message counts by its label, so that rare labels are heard; the mean is near 1.

    Args:
        gold: Number of the label of each message.
        labels: How many labels there are.
        balance: 0 counts messages equally, 1 labels equally.
        weights: How much each message counts: a label whose messages are doubted is a rare one.

    >>> balanced(np.array([0, 0, 0, 1]), 2, 1.0).round(2).tolist()
    [0.67, 0.67, 0.67, 2.0]
    """
    sizes = np.bincount(gold, weights, labels)
    return np.asarray((sizes.sum() / labels / np.maximum(sizes, 1))[gold] ** balance)


def held_out(
    matrix: sparse.csr_matrix, gold: NDArray[np.intp], labels: int, folds: NDArray[np.intp], **options: object
) -> Floats:
    """Scores of every message by heads that have not seen its fold, shape (messages, labels).

    Args:
        matrix: Messages by features.
        gold: Number of the label of each message.
        labels: How many labels there are.
        folds: The fold of each message.
        options: As of `fit_margins`.
    """
    scores = np.full((len(gold), labels), _NEVER)
    weights, also = options.pop("weights", None), options.pop("also", None)
    for fold in sorted(set(folds.tolist())):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        part = None if weights is None else np.asarray(weights)[inside]
        extra = None if also is None else [also[index] for index in inside]  # type: ignore[index]
        head = fit_margins(matrix[inside], gold[inside], labels, weights=part, also=extra, **options)  # type: ignore[arg-type]
        scores[outside] = head.scores(matrix[outside])
    return scores


def temperature(scores: Floats, gold: NDArray[np.intp]) -> float:
    """The factor that makes the softmax of held-out margins most likely; margins need larger ones than log-odds."""
    return 6.0 * fit_temperature(scores * 6.0, gold)
