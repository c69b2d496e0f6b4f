"""Training for any label set in any language: tuned strength, doubted labels, a bundle with an honest threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cs_nlp.bundle import Bundle
from cs_nlp.decide.policy import Thresholds
from cs_nlp.errors import DatasetError
from cs_nlp.text import Segmenter, read
from cs_nlp.train.crossfit import stratified
from cs_nlp.train.dataset import Example, data_hash
from cs_nlp.train.estimator import profile_of
from cs_nlp.train.margin import MarginHead, fit_margins, held_out, temperature
from cs_nlp.train.names import WEIGHT as NAME_WEIGHT
from cs_nlp.train.names import name_rows
from cs_nlp.train.noise import LESS_HELD, noise
from cs_nlp.train.space import BlockFeatures, FeatureSpace
from cs_nlp.train.thresholds import choose
from cs_nlp.train.trust import fit_confidence
from cs_nlp.train.tuning import Tuned, tune
from cs_nlp.train.views import knowledge_of
from cs_nlp.understand.analyzer import Analyzer
from cs_nlp.understand.confidence import SIGNALS, Confidence
from cs_nlp.understand.features import features
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.linear import Head, LinearModel, Scored, Weights
from cs_nlp.understand.reader import Reader, Reading
from cs_nlp.understand.rules import RuleBook
from cs_nlp.understand.taxonomy import Taxonomy

Floats = NDArray[np.float64]
_FOLDS = 4
_OUTSIDE_SHARE = 0.3
_FEW = 25
_TURNED_AWAY = 0.01
"""Share of the rightly understood messages that may be turned away for the sake of those out of scope."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        unclear: The label of messages that must not be answered, or None.
        profile: Feature profile, or `auto`.
        strength: Inverse of the regularisation; tuned when None.
        balance: 0 counts messages equally, 1 labels equally.
        clean: Whether doubted labels count less.
        precision: Promised precision of answers.
        budget: Seconds that tuning may take; 0 leaves the whole grid to be tried, however long it takes.
        seed: Seed of folds and solver.
        jobs: Processes.
    """

    unclear: str | None = None
    profile: str = "auto"
    strength: float | None = None
    balance: float = 0.6
    clean: bool = True
    precision: float = 0.9
    budget: float = 0.0
    seed: int = 0
    jobs: int = 2


@dataclass(frozen=True)
class _Data:
    """Messages ready for fitting."""

    knowledge: tuple[Lexicon, RuleBook]
    reader: Reader
    readings: list[Reading]
    known: Floats
    space: FeatureSpace
    matrix: sparse.csr_matrix
    labels: tuple[str, ...]
    gold: NDArray[np.intp]
    also: list[tuple[int, ...]] | None
    weights: Floats


def train_general(
    examples: Sequence[Example], plan: Plan | None = None, *, progress: Callable[[str], None] = lambda line: None
) -> Bundle:
    """Trains a bundle.

    Args:
        examples: Labelled messages.
        plan: How to train.
        progress: Called with a line of text at each step.

    Raises:
        DatasetError: If there are fewer than two labels or ten messages.
    """
    how = plan or Plan()
    if len({example.intent for example in examples}) < 2 or len(examples) < 10:
        raise DatasetError([f"{len(examples)} messages: at least 10 with two different labels are needed"])
    profile = profile_of(example.text for example in examples) if how.profile == "auto" else how.profile
    data = _prepare(examples, profile)
    progress(
        f"read {len(examples)} messages: profile {profile}, {len(data.labels)} labels, {len(data.space.idf)} features"
    )
    tuned = _tuned(data, how, progress)
    options: dict[str, Any] = {"strength": tuned.strength, "balance": how.balance, "seed": how.seed, "jobs": how.jobs}
    folds = stratified(data.gold, min(_FOLDS, len(examples)), how.seed)
    size = len(data.labels)
    scores = held_out(data.matrix, data.gold, size, folds, weights=data.weights, also=data.also, **options)
    doubt = noise(scores, data.gold, [example.source for example in examples])
    doubted = round(float((1.0 - doubt.right).sum())) if how.clean and doubt.found else 0
    progress(f"doubts the labels of {doubted} messages; they count less")
    trust = data.weights
    if doubted:
        trust = trust * doubt.weights()
        options["strength"] *= LESS_HELD
    head = _final(data, trust, options, _named(data, how.unclear, noisy=bool(doubted)))
    model = _model(data, head, temperature(scores, data.gold), profile)
    confidence, chances, right = _confidence(model, data, examples, scores, folds, how)
    thresholds = _thresholds(chances, right, examples, how)
    progress(f"thresholds: direct {thresholds.direct}, clarify {thresholds.clarify}")
    info = {
        "messages": len(examples),
        "data_sha256": data_hash(examples),
        "seed": how.seed,
        "strength": tuned.strength,
        "doubted": doubted,
        "out_of_fold": _figures(chances, right, thresholds),
    }
    return Bundle(model, confidence, thresholds, *data.knowledge, unclear=how.unclear, info=info)


def _prepare(examples: Sequence[Example], profile: str) -> _Data:
    knowledge = knowledge_of([example.text for example in examples], profile)
    reader = Reader(*knowledge, Segmenter(), profile)
    readings = [reader.read(read(example.text)) for example in examples]
    rows = [features(reading.view) for reading in readings]
    least = 2 if len(rows) >= 100 else 1
    space = FeatureSpace.of_profile(rows, profile, least=least)
    labels = tuple(sorted({label for example in examples for label in example.labels}))
    column = {label: index for index, label in enumerate(labels)}
    also = [tuple(column[label] for label in example.labels[1:]) for example in examples]
    gold = np.array([column[example.intent] for example in examples], dtype=np.intp)
    weights = np.array([example.weight for example in examples])
    matrix = space.training_matrix(rows)
    return _Data(
        knowledge,
        reader,
        readings,
        _known(rows, space, least),
        space,
        matrix,
        labels,
        gold,
        also if any(also) else None,
        weights,
    )


def _known(rows: Sequence[BlockFeatures], space: FeatureSpace, least: int) -> Floats:
    """The share of each message that a model would know that was trained without it, see `Scored`."""
    idf = space.idf.astype(np.float64)
    unknown = float(idf.max()) ** 2
    others = space.frequencies(len(rows)) - 1.0  # messages besides itself that have the feature
    squares = np.where(others > least - 0.5, idf**2, 0.0).tolist()
    shares = []
    for names in (row[0] for row in rows):
        found = {name: squares[column] for name in names if (column := space.vocabulary[0].get(name)) is not None}
        mass, strange = sum(found.values()), sum(not found.get(name) for name in names)
        shares.append(mass / (mass + unknown * strange) if mass else 0.0)
    return np.array(shares)


def _named(data: _Data, unclear: str | None, *, noisy: bool) -> list[int]:
    """The labels whose names say more than their messages do: of a noisy set all, else those of few messages."""
    sizes = np.bincount(data.gold, minlength=len(data.labels))
    return [at for at, label in enumerate(data.labels) if label != unclear and (noisy or sizes[at] < _FEW)]


def _final(data: _Data, trust: Floats, options: dict[str, Any], named: Sequence[int]) -> MarginHead:
    """The heads from all messages and from the names of some labels."""
    matrix, gold, also, size = data.matrix, data.gold, data.also, len(data.labels)
    rows = name_rows([data.labels[at] for at in named], data.reader, data.space)
    if rows:
        matrix = sparse.vstack([matrix, data.space.training_matrix(rows)], format="csr")
        gold = np.concatenate([gold, np.array(named, dtype=gold.dtype)])
        trust = np.concatenate([trust, np.full(len(named), NAME_WEIGHT * trust.mean())])
        also = None if also is None else [*also, *[()] * len(named)]
    return fit_margins(matrix, gold, size, weights=trust, also=also, **options)


def _tuned(data: _Data, how: Plan, progress: Callable[[str], None]) -> Tuned:
    if how.strength is not None:
        return Tuned(how.strength, 0.0, ())
    return tune(
        data.matrix,
        data.gold,
        len(data.labels),
        weights=data.weights,
        also=data.also,
        balance=how.balance,
        budget=how.budget,
        seed=how.seed,
        jobs=how.jobs,
        progress=progress,
    )


def _model(data: _Data, head: MarginHead, heat: float, profile: str) -> LinearModel:
    scale = data.space.idf.astype(np.float64)[:, None]
    return LinearModel(
        data.space.weights,
        data.space.serving(profile),
        data.space.idf.astype(np.float32),
        Weights.of(data.space.folded(head.weights) * scale),
        head.bias.astype(np.float32),
        [Head("intent", data.labels, 0, heat)],
    )


def _confidence(
    model: LinearModel,
    data: _Data,
    examples: Sequence[Example],
    scores: Floats,
    folds: NDArray[np.intp],
    how: Plan,
) -> tuple[Confidence, Floats, NDArray[np.bool_]]:
    """The confidence, and each message's score by a confidence that was fitted without it."""
    none = Confidence(0.0, (0.0,) * len(SIGNALS))
    analyzer = Analyzer(model, none, *data.knowledge, Segmenter(), Taxonomy.default(), how.unclear)
    values, hits = [], []
    for reading, example, row, known in zip(data.readings, examples, scores, data.known.tolist(), strict=True):
        (judged,) = analyzer.judge_scored((reading,), (Scored(row.astype(np.float32), known),))
        values.append(analyzer.signals(reading, judged))
        hits.append(example.intent != how.unclear and analyzer.best(judged) in example.labels)
    table, right = np.array(values), np.array(hits)
    outside = np.array([example.intent == how.unclear for example in examples])
    counts = np.ones(len(right))
    if outside.any() and not outside.all():
        counts[outside] = max(1.0, _OUTSIDE_SHARE * (~outside).sum() / outside.sum())
    chances = np.zeros(len(right))
    for fold in sorted(set(folds.tolist())):
        part = fit_confidence(table[folds != fold], right[folds != fold], counts[folds != fold])
        chances[folds == fold] = [part.probability(row) for row in table[folds == fold].tolist()]
    return fit_confidence(table, right, counts), chances, right


def _thresholds(chances: Floats, right: NDArray[np.bool_], examples: Sequence[Example], how: Plan) -> Thresholds:
    """The promise; with out-of-scope messages the better of it and the cut that parts in scope from out of scope."""
    found = choose(chances, right, precision=how.precision)
    outside = np.array([example.intent == how.unclear for example in examples])
    if outside.sum() < 10:
        return found
    cut = part_scopes(chances, right)
    return replace(found, direct=max(cut, found.direct if found.direct < 1.0 else cut))


def part_scopes(chances: Floats, right: NDArray[np.bool_]) -> float:
    """The highest threshold that turns away at most a small share of the messages that are understood rightly.

    Most messages are in scope, and of them there are enough to set the share exactly, however few out-of-scope ones
    are at hand.

    Args:
        chances: Score of each message.
        right: Whether its best label is right; no label is right for one that is out of scope.

    >>> part_scopes(np.linspace(0.0, 1.0, 201), np.ones(201, dtype=bool))
    0.01
    """
    kept = np.sort(chances[right])
    cut = float(kept[int(_TURNED_AWAY * len(kept))]) if len(kept) else 0.0
    return min(round(cut, 4), cut)  # rounded up it would turn away messages as sure as this one


def _figures(chances: Floats, right: NDArray[np.bool_], thresholds: Thresholds) -> dict[str, Any]:
    answered = chances >= thresholds.direct
    return {
        "right": round(float(right.mean()), 4),
        "answered": round(float(answered.mean()), 4),
        "answered_right": round(float(right[answered].mean()), 4) if answered.any() else None,
    }
