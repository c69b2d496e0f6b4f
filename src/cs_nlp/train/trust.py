"""How sure a model may be: its confidence, fitted on predictions for messages it has not seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from cs_nlp.understand.confidence import SIGNALS, Confidence

Floats = NDArray[np.float64]


def fit_confidence(values: Floats, hits: NDArray[np.bool_], counts: Floats | None = None) -> Confidence:
    """A logistic regression of being right on the signals of a prediction.

    Args:
        values: Signals of each prediction, see `cs_nlp.understand.confidence`.
        hits: Whether it was right.
        counts: How much each counts; all the same when None.

    >>> sure, lost = [4.0, 8.0, 0.0, 0.9, 0.0, 0.0, 0.0, 0.0], [0.0] * 8
    >>> fitted = fit_confidence(np.array([sure] * 20), np.ones(20, dtype=bool))
    >>> fitted.probability(sure) > 0.99, fitted.probability(lost) < 0.6
    (True, True)
    """
    if not hits.any():
        return Confidence(-20.0, (0.0,) * len(SIGNALS))
    weights = np.ones(len(hits)) if counts is None else counts
    if hits.all():  # nothing says what a wrong guess looks like: one of a message in which nothing is known
        values, hits = np.vstack([values, np.zeros(len(SIGNALS))]), np.append(hits, False)
        weights = np.append(weights, 1.0)
    model = LogisticRegression(C=1.0, max_iter=1000).fit(values, hits, sample_weight=weights)
    return Confidence(round(float(model.intercept_[0]), 5), tuple(round(float(w), 5) for w in model.coef_[0]))
