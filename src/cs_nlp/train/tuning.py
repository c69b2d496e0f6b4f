"""Choosing the regularisation by cross-validation within a time budget."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cs_nlp.train.crossfit import stratified
from cs_nlp.train.margin import held_out

Floats = NDArray[np.float64]
STRENGTHS = (0.3, 1.0, 0.1, 0.05, 0.03)
"""Candidates in the order they are tried: clean labels first, smaller ones while they help, for noisy labels."""
_MOST_ROWS = 8_000
_FOLDS = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate: what it is and what it reached."""

    strength: float
    accuracy: float
    macro_f1: float

    @property
    def worth(self) -> float:
        """What is maximised: the mean of accuracy and macro-F1."""
        return (self.accuracy + self.macro_f1) / 2


@dataclass(frozen=True, slots=True)
class Tuned:
    """The choice.

    Attributes:
        strength: Inverse of the regularisation.
        worth: What it reached in cross-validation.
        trials: All candidates that were tried.
    """

    strength: float
    worth: float
    trials: tuple[Trial, ...]


def tune(
    matrix: sparse.csr_matrix,
    gold: NDArray[np.intp],
    labels: int,
    *,
    weights: Floats | None = None,
    also: Sequence[Sequence[int]] | None = None,
    strengths: Sequence[float] = STRENGTHS,
    balance: float = 0.6,
    budget: float = 0.0,
    seed: int = 0,
    jobs: int = 1,
    progress: Callable[[str], None] = lambda line: None,
    clock: Callable[[], float] = time.monotonic,
) -> Tuned:
    """Chooses the strength by cross-validation.

    The same seed gives the same choice as long as the budget does not cut the list of candidates short.

    Args:
        matrix: Messages by features.
        gold: Number of the label of each message.
        labels: How many labels there are.
        weights: How much each message counts.
        also: Further right labels of each message.
        strengths: Candidates, the likeliest first.
        balance: See `fit_margins`.
        budget: Seconds; no candidate is begun that would probably not end in time. 0: no limit.
        seed: Seed of the folds.
        jobs: Processes.
        progress: Called with a line of text for each candidate.
        clock: Tells the seconds.
    """
    rows = _sample(gold, seed)
    part, target = matrix[rows], gold[rows]
    folds = stratified(target, min(_FOLDS, len(target)), seed)
    options: dict[str, Any] = {"balance": balance, "seed": seed, "jobs": jobs}
    options["weights"] = None if weights is None else weights[rows]
    options["also"] = None if also is None else [also[index] for index in rows.tolist()]
    start = clock()
    trials: list[Trial] = []
    for number, strength in enumerate(strengths):
        if budget and trials and (clock() - start) * (number + 1) / number > budget:
            progress(f"time budget of {budget:g} s used after {number} of {len(strengths)} candidates")
            break
        smallest = min((trial.strength for trial in trials), default=strength)
        if len(trials) > 1 and strength < smallest < _best(trials)[0].strength and number > 2:
            break  # the last step down made it worse, the next would, too
        scores = held_out(part, target, labels, folds, strength=strength, **options)
        trials.append(_trial(strength, scores.argmax(axis=1), target, labels))
        progress(f"strength {strength:g}: accuracy {trials[-1].accuracy:.3f}, macro-F1 {trials[-1].macro_f1:.3f}")
    best = _best(trials)[0]
    return Tuned(best.strength, round(best.worth, 4), tuple(trials))


def _best(trials: Sequence[Trial]) -> list[Trial]:
    """The trials, the best first; of equal ones the stronger regularised."""
    return sorted(trials, key=lambda trial: (-round(trial.worth, 4), trial.strength))


def _sample(gold: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """At most so many rows, of every label its share."""
    if len(gold) <= _MOST_ROWS:
        return np.arange(len(gold))
    parts = -(-len(gold) // _MOST_ROWS)
    return np.flatnonzero(stratified(gold, parts, seed) == 0)


def _trial(strength: float, said: NDArray[np.intp], gold: NDArray[np.intp], labels: int) -> Trial:
    right = np.bincount(gold[said == gold], minlength=labels)
    sizes = np.bincount(gold, minlength=labels)
    total = sizes + np.bincount(said, minlength=labels)
    f1 = 2 * right[sizes > 0] / total[sizes > 0]
    return Trial(strength, round(float((said == gold).mean()), 4), round(float(f1.mean()), 4))
