"""The compiled form of a linear model, where the C module `_scorer` was built at installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cs_nlp.understand.confidence import Confidence
from cs_nlp.understand.features import LENGTHS, LONGEST, MAX_CHARACTERS, PROFILES
from cs_nlp.understand.linear import Head, LinearModel
from cs_nlp.understand.severity import REACH

if TYPE_CHECKING:
    from cs_nlp.understand._scorer import Scorer

_HEADS = ("intent", "severity", "emotion")


def compiled_scorer(model: LinearModel, confidence: Confidence, unclear: int | None, reach: float) -> Scorer | None:
    """A model as the C module reads it, with the same scores; None without that module, or for other features.

    Args:
        model: The model.
        confidence: From its scores to the probability of being right.
        unclear: Place of the label that is never the best one, among those of the intent head.
        reach: How far behind the best score, in log-odds, another one is near.

    Raises:
        ValueError: If names, weights and heads do not fit together; those of a bundle that was loaded do.
    """
    try:
        from cs_nlp.understand._scorer import Scorer
    except ImportError:  # installed without a C compiler; numpy does it, too
        return None
    if model.profile != PROFILES[0]:
        return None
    owners = [model.heads.get(name) for name in _HEADS]
    return Scorer(
        names=model.vocabulary.text,
        sizes=model.vocabulary.sizes,
        block_weights=model.block_weights,
        quanta=np.ascontiguousarray(model.weights.quanta),
        steps=np.ascontiguousarray(model.weights.steps),
        idf=np.ascontiguousarray(model.idf),
        bias=np.ascontiguousarray(model.bias),
        heads=tuple((head.start, head.stop, head.temperature) if head else (0, 0, 1.0) for head in owners),
        unclear=-1 if unclear is None else unclear,
        longest=LONGEST,
        lengths=LENGTHS,
        reach=reach,
        most=MAX_CHARACTERS,
        confidence=(confidence.bias, *confidence.weights),
        levels=tuple((_place(owners[1], level.value), needed) for level, needed in REACH.items()),
    )


def _place(head: Head | None, label: str) -> int:
    return head.labels.index(label) if head is not None and label in head.labels else -1
