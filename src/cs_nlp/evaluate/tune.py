"""Thresholds with a promise: an automatic answer is right at least so often, with so much confidence, and what it costs.

The bound is exact (Clopper and Pearson 1934). The global threshold is found by a fixed sequence of tests: from the
surest messages on, a step at a time, for as long as the bound holds, and no further than the first failure. So the
promise holds although many thresholds are looked at (Angelopoulos et al. 2021, Learn then Test); picking the best of
all thresholds whose bound holds would promise too much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import Bundle
from cs_nlp.decide.policy import Thresholds
from cs_nlp.evaluate.metrics import Judged
from cs_nlp.evaluate.promise import Promise, flawless, promise
from cs_nlp.evaluate.run import judge
from cs_nlp.faq import from_json
from cs_nlp.train.dataset import Example, fold_of
from cs_nlp.train.thresholds import lower_bound
from cs_nlp.understand.taxonomy import Taxonomy

Progress = Callable[[str], None]
_LEAST_WEAK = 10


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was chosen.

    Attributes:
        precision: The promised precision.
        confidence: How sure the promise is.
        messages: All messages.
        overall: The promise with one threshold for all intents.
        own: Promises of intents with a threshold of their own, where those buy more.
        answered: Messages answered with all thresholds together.
        right: Of these, how many are right.
        bound: Exact lower bound of their precision.
        weak: Intents answered below the promised precision, with how many are answered and right; the promise is
            about all answers together.
        before: The same three with the thresholds the bundle had.
        thresholds: What goes into the bundle; None when the promise cannot be made.
    """

    precision: float
    confidence: float
    messages: int
    overall: Promise
    own: tuple[Promise, ...]
    answered: int
    right: int
    bound: float
    weak: tuple[tuple[str, int, int], ...]
    before: tuple[int, int, float]
    thresholds: Thresholds | None


def tune(
    rows: Sequence[Judged],
    old: Thresholds,
    *,
    outside: str | None = None,
    precision: float = 0.9,
    confidence: float = 0.95,
    per_intent: bool = True,
) -> Tuning:
    """Chooses thresholds.

    Args:
        rows: Predictions for messages the model has not seen; `answered` says whether a message would be answered
            at threshold 0 (see `eligible_rows`).
        old: The thresholds so far; `clarify` is kept.
        outside: The label of what is out of scope: answering one of those is wrong.
        precision: What is promised.
        confidence: How sure the promise is.
        per_intent: Whether intents with enough messages may get a threshold of their own.

    >>> rows = [Judged("invoice", None, "invoice", 0.9, True) for _ in range(80)]
    >>> rows += [Judged("coupon", None, "invoice", 0.4, True) for _ in range(20)]
    >>> tune(rows, Thresholds()).thresholds.direct
    0.9
    """
    scores = np.array([row.score for row in rows], dtype=np.float64)
    right = np.array([row.right and (outside is None or row.gold != outside) for row in rows], dtype=np.bool_)
    able = np.array([row.answered for row in rows], dtype=np.bool_)
    said = np.array([row.predicted for row in rows], dtype=object)
    overall = promise("", scores[able], right[able], precision, confidence)
    own = _own(scores, right, able, said, precision, confidence) if per_intent else ()
    chosen = _limits(said, overall, own)
    alone = _limits(said, overall, ())
    if _count(scores, right, able, chosen, confidence)[2] < precision or _extra(scores, able, chosen, alone) <= 0:
        own, chosen = (), alone
    answered, hits, bound = _count(scores, right, able, chosen, confidence)
    thresholds = None
    if overall.threshold is not None or own:
        direct = overall.threshold if overall.threshold is not None else 1.0
        each = {item.intent: item.threshold for item in own if item.threshold is not None}
        thresholds = Thresholds(direct, min(old.clarify, direct, *each.values()), each)
    before = np.array([old.direct_for(str(label)) for label in said], dtype=np.float64)
    earlier = _count(scores, right, able, before, confidence)
    weak = _weak(said, right, able & (scores >= chosen), precision)
    return Tuning(precision, confidence, len(rows), overall, own, answered, hits, bound, weak, earlier, thresholds)


def _own(
    scores: NDArray[np.float64],
    right: NDArray[np.bool_],
    able: NDArray[np.bool_],
    said: NDArray[Any],
    precision: float,
    confidence: float,
) -> tuple[Promise, ...]:
    """A promise for every intent whose own messages support one."""
    found = []
    for intent in sorted(set(said[able].tolist())):
        mine = able & (said == intent)
        if int(mine.sum()) >= flawless(precision, confidence):
            item = promise(str(intent), scores[mine], right[mine], precision, confidence)
            if item.threshold is not None:
                found.append(item)
    return tuple(found)


def _limits(said: NDArray[Any], overall: Promise, own: Sequence[Promise]) -> NDArray[np.float64]:
    """The threshold of each message."""
    each = {item.intent: item.threshold for item in own}
    rest = overall.threshold if overall.threshold is not None else 2.0
    return np.array([each.get(label, rest) for label in said], dtype=np.float64)


def _count(
    scores: NDArray[np.float64],
    right: NDArray[np.bool_],
    able: NDArray[np.bool_],
    limits: NDArray[np.float64],
    confidence: float,
) -> tuple[int, int, float]:
    answered = able & (scores >= limits)
    total, hits = int(answered.sum()), int((answered & right).sum())
    return total, hits, lower_bound(hits, total, confidence)


def _weak(
    said: NDArray[Any], right: NDArray[np.bool_], answered: NDArray[np.bool_], precision: float
) -> tuple[tuple[str, int, int], ...]:
    found = []
    for intent in sorted(set(said[answered].tolist())):
        mine = answered & (said == intent)
        total, hits = int(mine.sum()), int((mine & right).sum())
        if total >= _LEAST_WEAK and hits < precision * total:
            found.append((str(intent), total, hits))
    return tuple(sorted(found, key=lambda item: (item[2] / item[1], item[0])))


def _extra(
    scores: NDArray[np.float64], able: NDArray[np.bool_], chosen: NDArray[np.float64], alone: NDArray[np.float64]
) -> int:
    """How many more messages are answered with thresholds of their own."""
    return int((able & (scores >= chosen)).sum()) - int((able & (scores >= alone)).sum())


def eligible_rows(bundle: Bundle, examples: Sequence[Example]) -> list[Judged]:
    """Predictions of a bundle whose thresholds are 0, so that `answered` says what the rest of the policy allows.

    Args:
        bundle: A bundle that has not seen the examples.
        examples: Labelled messages.
    """
    free = replace(bundle, thresholds=Thresholds(0.0, 0.0, {}))
    entries, settings = from_json(bundle.faq) if bundle.faq is not None else ((), {})
    return judge(Assistant(free, entries, settings), examples)


def out_of_fold_rows(
    bundle: Bundle,
    examples: Sequence[Example],
    *,
    base: Bundle | None = None,
    folds: int = 4,
    progress: Progress = lambda line: None,
) -> list[Judged]:
    """The same for messages the bundle was trained on: each is judged by a model that was trained without its fold.

    Args:
        bundle: The bundle whose thresholds are wanted.
        examples: The messages it was trained on.
        base: The bundle it was adapted from, or None when it was trained from scratch.
        folds: How many models are trained; equal texts and conversations share a fold.
        progress: Called with a line of text after each.
    """
    places = [fold_of(example, folds) for example in examples]
    found: dict[int, Judged] = {}
    for fold in range(folds):
        inside = [example for example, place in zip(examples, places, strict=True) if place != fold]
        outside = [index for index, place in enumerate(places) if place == fold]
        judged = eligible_rows(_retrained(bundle, inside, base), [examples[index] for index in outside])
        found |= dict(zip(outside, judged, strict=True))
        progress(f"out of fold: {fold + 1}/{folds}")
    return [found[index] for index in range(len(examples))]


def _retrained(bundle: Bundle, examples: Sequence[Example], base: Bundle | None) -> Bundle:
    """A bundle made the way this one was, from some of its messages."""
    from cs_nlp.train.adapt import adapt
    from cs_nlp.train.fit import Knowledge, train
    from cs_nlp.train.general import Plan, train_general

    if base is not None:
        return adapt(base, examples)
    if set(bundle.labels) <= set(Taxonomy.default().labels):
        return train(examples, Knowledge.of(bundle), faq=bundle.faq)
    plan = Plan(
        unclear=bundle.unclear,
        profile=bundle.model.profile,
        strength=bundle.info.get("strength"),
        seed=bundle.info.get("seed", 0),
    )
    return replace(train_general(examples, plan), faq=bundle.faq)


def tuned(bundle: Bundle, tuning: Tuning, *, source: str) -> Bundle:
    """The bundle with the chosen thresholds, and with what they promise in its `info`.

    Args:
        bundle: The bundle.
        tuning: What was chosen; it must have thresholds.
        source: What the promise rests on, in words.

    Raises:
        ValueError: If no thresholds could be chosen.
    """
    if tuning.thresholds is None:
        raise ValueError("the data support no threshold")
    info = {
        "precision": tuning.precision,
        "confidence": tuning.confidence,
        "messages": tuning.messages,
        "answered": tuning.answered,
        "right": tuning.right,
        "bound": round(tuning.bound, 4),
        "source": source,
    }
    return replace(bundle, thresholds=tuning.thresholds, info={**bundle.info, "tuned": info})
