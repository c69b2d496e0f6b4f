"""The compiled scorer says what numpy says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.bundle import Bundle, shipped_bundle
from cs_nlp.text import Segmenter, read
from cs_nlp.understand.analyzer import Analyzer, Judged
from cs_nlp.understand.confidence import Confidence
from cs_nlp.understand.features import BLOCKS, View, features
from cs_nlp.understand.lexicon import ConceptHit
from cs_nlp.understand.linear import Head, LinearModel, Weights
from cs_nlp.understand.reader import Reading
from cs_nlp.understand.scorer import compiled_scorer
from cs_nlp.understand.severity import learned_level
from cs_nlp.understand.taxonomy import Taxonomy
from cs_nlp.understand.vocabulary import Vocabulary

REACH = 4.0
CONFIDENCE = Confidence(0.1, (0.8, 0.1, -0.2, 0.5, 1.0, -1.0, -0.1, 0.1))
VIEW = View("退款", ["退款"], [])
EVAL = Path(__file__).parents[2] / "data" / "eval" / "messages.jsonl"
pytest.importorskip("cs_nlp.understand._scorer", reason="installed without a C compiler")


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    bundle = Bundle.load(shipped_bundle())
    parts = (bundle.lexicon, bundle.rules, Segmenter(), Taxonomy.default(), bundle.unclear)
    return Analyzer(bundle.model, bundle.confidence, *parts)


def numpy_judges(analyzer: Analyzer, reading: Reading) -> Judged:
    return analyzer.judge_scored((reading,), (analyzer.model.read(reading.view),))[0]


def agree(analyzer: Analyzer, text: str) -> None:
    reading = analyzer.read(read(text))
    one, other = analyzer.judge(reading), numpy_judges(analyzer, reading)
    assert (one.near, one.ranking, one.level, one.mood) == (other.near, other.ranking, other.level, other.mood)
    assert one.known == pytest.approx(other.known, abs=1e-12)
    for name in ("chances", "scores"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-5), name


def test_messages_get_the_same_scores(analyzer: Analyzer) -> None:
    for line in EVAL.read_text(encoding="utf-8").splitlines():
        agree(analyzer, json.loads(line)["text"])


@given(st.text(max_size=80))
def test_any_text_gets_the_same_scores(analyzer: Analyzer, text: str) -> None:
    agree(analyzer, text)


def test_a_long_text_gets_the_same_scores(analyzer: Analyzer) -> None:
    agree(analyzer, "我的快递三天没更新了，能不能退款呀？😡" * 100)


NAMES = st.sampled_from(["REFUND", "WHEN", "RETURN", "GOODS", "STRANGE"])
VIEWS = st.builds(
    View,
    st.text("退款货到账没^$?! a𠮷", max_size=40),
    st.lists(st.sampled_from(["退", "退款", "货", "到账", "没", " ", "\u3000", ""]), max_size=12),
    st.lists(st.builds(ConceptHit, NAMES, st.just(0), st.just(1)), max_size=16),
    st.lists(st.sampled_from(["rule:a", "entity:phone"]), max_size=2),
)


def model_of(views: list[View], columns: int = 5) -> LinearModel:
    """A model that knows all features of some messages, with weights of no meaning."""
    rows = [features(view) for view in views]
    vocabulary = Vocabulary([sorted({name for row in rows for name in row[block]}) for block in range(len(BLOCKS))])
    random = np.random.default_rng(7)
    size = sum(vocabulary.sizes)
    idf = random.uniform(1, 9, size).astype(np.float32)
    dense = random.normal(size=(size, columns))
    heads = [Head("intent", ("a", "b", "c"), 0, 1.5), Head("severity", ("S", "N"), 3, 0.5)]
    bias = random.normal(size=columns).astype(np.float32)
    return LinearModel((1.0, 0.5, 0.7, 0.2, 0.3, 0.1), vocabulary, idf, Weights.of(dense), bias, heads)


@given(st.lists(VIEWS, min_size=1, max_size=4), VIEWS)
def test_every_feature_is_found(known: list[View], asked: View) -> None:
    model = model_of(known)
    scorer = compiled_scorer(model, CONFIDENCE, None, REACH)
    assert scorer is not None
    near, share, chances, ranking, surest, level, mood = scorer.judge(asked, None)
    expected = model.read(asked)
    scores = expected.columns[:3].tolist()
    assert near == tuple(label for label, score in enumerate(scores) if score >= max(scores) - REACH)
    assert share == pytest.approx(expected.known, abs=1e-12)
    assert sorted(ranking) == [0, 1, 2] and chances[ranking[0]] == max(chances)
    assert sum(chances) == pytest.approx(1.0) and max(surest) == surest[0] and sum(surest) < 1.0 + 1e-9
    levels = model.probabilities(expected.columns[np.newaxis])[0, 3:].tolist()
    assert (level, mood) == (learned_level(("S", "N"), levels), -1)
    assert scorer.chances(asked) == chances
    assert scorer.best(asked) == (ranking[0], chances[ranking[0]])


def test_a_text_of_nothing_is_judged() -> None:
    nothing = View("", [], [])
    scorer, model = compiled_scorer(model_of([VIEW]), CONFIDENCE, None, REACH), model_of([VIEW])
    assert scorer is not None
    assert scorer.judge(nothing, [])[1] == pytest.approx(model.read(nothing).known)
    assert scorer.judge(View("", [""], [ConceptHit("", 0, 0)], [""]), None)[3][0] == scorer.best(nothing)[0]


def test_odds_move_chances_and_unclear_is_never_best() -> None:
    model = model_of([VIEW])
    scorer = compiled_scorer(model, CONFIDENCE, 0, REACH)
    assert scorer is not None
    plain = scorer.judge(VIEW, None)
    moved = scorer.judge(VIEW, [(0, 0.5), (1, 0.6), (0, 0.98), (0, 0.7), (-1, 0.9)])
    assert moved[0] == plain[0]
    assert moved[2][0] / moved[2][1] == pytest.approx(49 / 1.5 * plain[2][0] / plain[2][1])
    assert sum(moved[2]) == pytest.approx(1.0) and 0 not in moved[3]


@pytest.mark.parametrize(
    "wrong",
    [
        (VIEW,),
        ("退款", None),
        ((), None),
        (VIEW[:3], None),
        (VIEW._replace(text=1), None),
        (VIEW._replace(tokens=[1]), None),
        (VIEW._replace(tokens=None), None),
        (VIEW._replace(hits=["REFUND"]), None),
        (VIEW._replace(hits=[()]), None),
        (VIEW._replace(marks=[None]), None),
        (VIEW, ()),
        (VIEW, [(9, 0.5)]),
        (VIEW, [(0,)]),
        (VIEW, [(0, "sure")]),
    ],
)
def test_what_is_no_message_is_refused(wrong: tuple[object, ...]) -> None:
    scorer = compiled_scorer(model_of([VIEW]), CONFIDENCE, None, REACH)
    assert scorer is not None
    with pytest.raises((TypeError, IndexError)):
        scorer.judge(*wrong)  # type: ignore[arg-type]


def test_a_model_that_does_not_fit_together_is_refused() -> None:
    from cs_nlp.understand._scorer import Scorer

    good: dict[str, object] = {
        "names": "退\n款",
        "sizes": (2, 0, 0, 0, 0, 0),
        "block_weights": (1.0,) * 6,
        "quanta": np.ones((2, 3), np.int8),
        "steps": np.ones(2, np.float32),
        "idf": np.ones(2, np.float32),
        "bias": np.zeros(3, np.float32),
        "heads": ((0, 3, 1.0), (0, 0, 1.0), (0, 0, 1.0)),
        "unclear": -1,
        "longest": 3,
        "lengths": (2, 4),
        "reach": 1.0,
        "most": 300,
        "confidence": (0.0,) * 9,
        "levels": ((-1, 0.5),) * 3,
    }
    assert Scorer(**good).judge(VIEW, None)[1] > 0.0  # type: ignore[arg-type]
    faults = (
        {"names": "退\n退"},
        {"names": "退"},
        {"names": "退\n款\n货"},
        {"sizes": (3, 0, 0, 0, 0, 0)},
        {"sizes": (2, -1, 0, 0, 0, 1)},
        {"sizes": (2**62, 2**62, 0, 0, 0, 0)},
        {"longest": -1},
        {"longest": 2**62},
        {"most": -1},
        {"quanta": np.ones((2, 2), np.int8)},
        {"heads": ((0, 4, 1.0), (0, 0, 1.0), (0, 0, 1.0))},
        {"heads": ((0, 0, 1.0), (0, 0, 1.0), (0, 0, 1.0))},
        {"unclear": 3},
        {"levels": ((0, 0.5), (-1, 0.5), (-1, 0.5))},
        {"lengths": (1,) * 10},
    )
    for fault in faults:
        with pytest.raises(ValueError):
            Scorer(**{**good, **fault})  # type: ignore[arg-type]
