"""Training: labelled messages in, a bundle out. The same data and seedless method give the same bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cs_nlp.bundle import Bundle
from cs_nlp.decide.policy import Thresholds
from cs_nlp.errors import DatasetError
from cs_nlp.text import Segmenter, read
from cs_nlp.train.dataset import Example, data_hash, fold_of
from cs_nlp.train.heads import FittedHead, fit_head, fit_temperature
from cs_nlp.train.space import DEFAULT_WEIGHTS, BlockFeatures, FeatureSpace
from cs_nlp.train.thresholds import choose
from cs_nlp.train.trust import fit_confidence
from cs_nlp.understand.analyzer import Analyzer
from cs_nlp.understand.confidence import SIGNALS, Confidence
from cs_nlp.understand.features import features
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.linear import Head, LinearModel, Scored, Weights
from cs_nlp.understand.reader import Reader, Reading
from cs_nlp.understand.rules import RuleBook
from cs_nlp.understand.taxonomy import Taxonomy

_AT_ONCE = 256
Progress = Callable[[str], None]
_HEADS: tuple[tuple[str, Callable[[Example], str | None]], ...] = (
    ("intent", lambda example: example.intent),
    ("severity", lambda example: example.severity),
    ("emotion", lambda example: example.emotion),
)


@dataclass(frozen=True, slots=True)
class Options:
    """How to train.

    Attributes:
        strength: Inverse of the regularisation of the heads.
        folds: Folds of the out-of-fold predictions that calibration and thresholds rest on.
        least: A feature must occur in so many messages.
        most: Most features that are kept.
        precision: Promised precision of automatic answers.
        traffic: Beginnings of the file names whose messages come as often as in real traffic; confidence and thresholds
            are chosen on these, because files written to teach rare or confusable things would mislead them. All
            messages when none match.
        block_weights: Weight of each feature block; with so many messages skip-grams add nothing but time.
        jobs: Threads.
    """

    strength: float = 2.0
    folds: int = 4
    least: int = 3
    most: int = 25_000
    precision: float = 0.9
    traffic: tuple[str, ...] = ()
    block_weights: dict[str, float] = field(default_factory=lambda: DEFAULT_WEIGHTS | {"skip": 0.0})
    jobs: int = 2


@dataclass(frozen=True)
class Knowledge:
    """What training starts from besides the messages."""

    lexicon: Lexicon
    rules: RuleBook
    segmenter: Segmenter
    taxonomy: Taxonomy
    unclear: str | None = None

    @classmethod
    def default(cls, unclear: str | None = None) -> Knowledge:
        """The packaged lexicon, rules, words and taxonomy.

        Args:
            unclear: The label of messages that must not be answered, or None when there is none.
        """
        return cls(Lexicon.default(), RuleBook.default(), Segmenter(), Taxonomy.default(), unclear)

    @classmethod
    def of(cls, bundle: Bundle, unclear: str | None = None) -> Knowledge:
        """What a bundle was trained with."""
        return cls(bundle.lexicon, bundle.rules, Segmenter(), Taxonomy.default(), unclear or bundle.unclear)


def train(
    examples: Sequence[Example],
    knowledge: Knowledge,
    options: Options | None = None,
    *,
    faq: str | None = None,
    progress: Progress = lambda message: None,
) -> Bundle:
    """Trains a model.

    Args:
        examples: Labelled messages.
        knowledge: Lexicon, rules, words, taxonomy.
        options: How to train.
        faq: Compiled knowledge base to put into the bundle.
        progress: Called with a line of text at each step.

    Raises:
        DatasetError: If there are fewer than two labels or ten messages.
    """
    how = options or Options()
    if len({example.intent for example in examples}) < 2 or len(examples) < 10:
        raise DatasetError([f"{len(examples)} messages: at least 10 with two different labels are needed"])
    reader = Reader(knowledge.lexicon, knowledge.rules, knowledge.segmenter)
    folds = _folds(examples, how.folds)
    readings = [reader.read(read(example.text)) for example in examples]
    rows = [features(reading.view) for reading in readings]
    progress(f"read {len(rows)} messages")
    model = _fit_model(rows, examples, how)
    progress(f"trained on all: {len(model.idf)} features, {len(model.heads['intent'].labels)} labels")
    held_out = _out_of_fold(rows, examples, folds, model, how, progress)
    model = _heat(model, held_out, examples)
    analyzer = _analyzer(model, Confidence(0.0, (0.0,) * len(SIGNALS)), knowledge)
    confidence, scores, right = _confidence(analyzer, readings, examples, held_out, _traffic(examples, folds, how))
    thresholds = choose(scores, right, precision=how.precision)
    progress(f"thresholds: direct {thresholds.direct}, clarify {thresholds.clarify}")
    return Bundle(
        model=model,
        confidence=confidence,
        thresholds=thresholds,
        lexicon=knowledge.lexicon,
        rules=knowledge.rules,
        faq=faq,
        unclear=knowledge.unclear,
        info=_info(examples, right, scores, thresholds),
    )


def _folds(examples: Sequence[Example], number: int) -> NDArray[np.intp]:
    """The fold of each message; refuses data of which a part could not be trained without the rest."""
    folds = np.array([fold_of(example, number) for example in examples])
    for fold in range(number):
        if len({example.intent for example, own in zip(examples, folds.tolist(), strict=True) if own != fold}) < 2:
            raise DatasetError(
                [
                    f"without one of {number} parts there is only one label left; add different messages, or conversations"
                ]
            )
    return folds


def _fit_model(rows: Sequence[BlockFeatures], examples: Sequence[Example], how: Options) -> LinearModel:
    space = FeatureSpace.learn(rows, how.block_weights, least=how.least, most=how.most)
    matrix = space.matrix(rows)
    heads: list[Head] = []
    fitted: list[FittedHead] = []
    column = 0
    for name, label_of in _HEADS:
        head = _fit_labelled(matrix, examples, label_of, how, also=name == "intent")
        if head is not None:
            heads.append(Head(name, head.labels, column))
            fitted.append(head)
            column += len(head.labels)
    scale = space.idf.astype(np.float64)[:, None]
    weights = np.hstack([head.weights for head in fitted]) * scale
    return LinearModel(
        space.weights,
        space.serving(),
        space.idf.astype(np.float32),
        Weights.of(weights),
        np.concatenate([head.bias for head in fitted]).astype(np.float32),
        heads,
    )


def _fit_labelled(
    matrix: sparse.csr_matrix,
    examples: Sequence[Example],
    label_of: Callable[[Example], str | None],
    how: Options,
    *,
    also: bool,
) -> FittedHead | None:
    kept = [index for index, example in enumerate(examples) if label_of(example) is not None]
    labels = [str(label_of(examples[index])) for index in kept]
    if len(set(labels)) < 2:
        return None
    part = matrix if len(kept) == len(examples) else matrix[kept]
    second = [examples[index].second for index in kept] if also else None
    weights = np.array([examples[index].weight for index in kept])
    return fit_head(part, labels, also=second, weights=weights, strength=how.strength, jobs=how.jobs)


@dataclass(frozen=True)
class _HeldOut:
    """Scores of every message by a model that has not seen it.

    Attributes:
        columns: Shape (messages, columns of the full model).
        known: Share of each message that the model knew.
    """

    columns: NDArray[np.float32]
    known: NDArray[np.float64]


def _out_of_fold(
    rows: Sequence[BlockFeatures],
    examples: Sequence[Example],
    folds: NDArray[np.intp],
    full: LinearModel,
    how: Options,
    progress: Progress,
) -> _HeldOut:
    columns = np.full((len(rows), len(full.bias)), -10.0, dtype=np.float32)
    known = np.zeros(len(rows))
    for fold in range(how.folds):
        inside = np.flatnonzero(folds != fold).tolist()
        part = _fit_model([rows[i] for i in inside], [examples[i] for i in inside], how)
        outside = np.flatnonzero(folds == fold).tolist()
        for index, scored in zip(outside, _scored(part, [rows[i] for i in outside]), strict=True):
            known[index] = scored.known
            for name, head in part.heads.items():
                target = full.heads[name]
                places = [target.start + target.labels.index(label) for label in head.labels]
                columns[index, places] = scored.columns[head.start : head.stop]
        progress(f"out of fold: {fold + 1}/{how.folds}")
    return _HeldOut(columns, known)


def _scored(model: LinearModel, rows: Sequence[BlockFeatures]) -> Iterator[Scored]:
    found = [model.vocabulary.look_up(row) for row in rows]
    for start in range(0, len(found), _AT_ONCE):
        yield from model.score(found[start : start + _AT_ONCE])


def _heat(model: LinearModel, held_out: _HeldOut, examples: Sequence[Example]) -> LinearModel:
    """Chooses the temperature of each head on the held-out scores."""
    heads = []
    for name, label_of in _HEADS:
        if name not in model.heads:
            continue
        head = model.heads[name]
        kept = [index for index, example in enumerate(examples) if label_of(example) in head.labels]
        gold = np.array([head.labels.index(str(label_of(examples[index]))) for index in kept])
        scores = held_out.columns[kept, head.start : head.stop].astype(np.float64)
        heads.append(replace(head, temperature=fit_temperature(scores, gold)))
    return model.replaced(heads=heads)


def _analyzer(model: LinearModel, confidence: Confidence, knowledge: Knowledge) -> Analyzer:
    return Analyzer(
        model,
        confidence,
        knowledge.lexicon,
        knowledge.rules,
        knowledge.segmenter,
        knowledge.taxonomy,
        knowledge.unclear,
    )


def _traffic(examples: Sequence[Example], folds: NDArray[np.intp], how: Options) -> dict[int, int]:
    """Fold by index of the messages that confidence and thresholds are chosen on."""
    kept = {i: int(folds[i]) for i, example in enumerate(examples) if example.source.startswith(how.traffic or ("",))}
    return kept or dict(enumerate(folds.tolist()))


def _confidence(
    analyzer: Analyzer,
    readings: Sequence[Reading],
    examples: Sequence[Example],
    held_out: _HeldOut,
    folds: Mapping[int, int],
) -> tuple[Confidence, NDArray[np.float64], NDArray[np.bool_]]:
    """Fits the confidence, and gives each message the score of a confidence that was fitted without it."""
    signal_rows, right = [], []
    for index in folds:
        scored = Scored(held_out.columns[index], float(held_out.known[index]))
        (judged,) = analyzer.judge_scored((readings[index],), (scored,))
        signal_rows.append(analyzer.signals(readings[index], judged))
        understandable = examples[index].intent != analyzer.unclear
        right.append(understandable and analyzer.best(judged) in (examples[index].intent, examples[index].second))
    values, hits, fold_of_row = np.array(signal_rows), np.array(right), np.array(list(folds.values()))
    scores = np.zeros(len(hits))
    for fold in sorted(set(folds.values())):
        inside, outside = fold_of_row != fold, fold_of_row == fold
        part = fit_confidence(values[inside], hits[inside])
        scores[outside] = [part.probability(row) for row in values[outside].tolist()]
    return fit_confidence(values, hits), scores, hits


def _info(
    examples: Sequence[Example], right: NDArray[np.bool_], scores: NDArray[np.float64], thresholds: Thresholds
) -> dict[str, Any]:
    answered = scores >= thresholds.direct
    return {
        "messages": len(examples),
        "traffic": len(right),
        "data_sha256": data_hash(examples),
        "out_of_fold": {
            "right": round(float(right.mean()), 4),
            "answered": round(float(answered.mean()), 4),
            "answered_right": round(float(right[answered].mean()), 4) if answered.any() else None,
        },
    }
