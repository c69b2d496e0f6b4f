"""Everything that is measured on a test, in one dictionary whose names gates and reports use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cs_nlp.bundle import Bundle
from cs_nlp.evaluate.curves import calibration, coverage_at, coverage_curve, label_noise
from cs_nlp.evaluate.intervals import intervals
from cs_nlp.evaluate.metrics import Judged, summarize
from cs_nlp.evaluate.severity import severity_costs
from cs_nlp.evaluate.slices import slices
from cs_nlp.train.dataset import Example

_SUSPECT = 10 / 11


def measure(
    rows: Sequence[Judged], *, outside: str | None = None, costs: Mapping[str, Mapping[str, float]] | None = None
) -> dict[str, Any]:
    """All figures of a test: `summarize` and what goes deeper.

    Args:
        rows: Predictions with their labels.
        outside: The label of what is out of scope, or None.
        costs: Costs of wrong severities; `cs_nlp.evaluate.severity.COSTS` by default.

    Returns:
        The keys of `cs_nlp.evaluate.metrics.summarize`, then `intervals`, `calibration`, `coverage_at`,
        `label_noise`, `slices` and, where severities are labelled, `severity_costs`.
    """
    summary = summarize(rows, outside=outside)
    cost = severity_costs(rows, costs)
    return summary | {
        "intervals": intervals(rows, outside),
        "calibration": calibration(rows, outside),
        "coverage_at": coverage_at(coverage_curve(rows, outside)),
        "label_noise": label_noise(rows, outside),
        "slices": slices(rows, outside),
        **({"severity_costs": cost} if cost is not None else {}),
    }


def training_figures(bundle: Bundle) -> dict[str, Any]:
    """What a bundle says about its own training: `messages` and the out-of-fold figures, where it has them."""
    info = bundle.info
    found = {name: info[name] for name in ("messages", "adapted_on", "out_of_fold") if name in info}
    return {"training": found} if found else {}


def label_figures(training: Sequence[Example], *, jobs: int = 1) -> dict[str, Any]:
    """How good the labels of training data are, judged by models that have not seen them.

    Args:
        training: Labelled messages.
        jobs: Threads.

    Returns:
        `messages`, `held_out_right` (share whose label a held-out model gives) and `suspected` (share whose label is
        at most a tenth as probable as another one). Wrong labels lower the one and raise the other.

    Raises:
        ValueError: If there are fewer than two labels.
    """
    from cs_nlp.train.crossfit import cross_fit

    judged = cross_fit(training, jobs=jobs)
    best = judged.chances.argmax(axis=1)
    agreed = judged.right[np.arange(len(best)), best]
    return {
        "messages": len(training),
        "held_out_right": round(float(agreed.mean()), 4),
        "suspected": round(float((judged.suspicion() >= _SUSPECT).mean()), 4),
    }
