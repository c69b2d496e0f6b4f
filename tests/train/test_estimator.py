from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV, cross_val_predict, learning_curve
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import validate_data

from cs_nlp.bundle import Bundle
from cs_nlp.errors import NotFittedError
from cs_nlp.text import Segmenter, read
from cs_nlp.train import estimator
from cs_nlp.train.estimator import IntentClassifier, profile_of
from cs_nlp.train.noise import Noise
from cs_nlp.understand.analyzer import Analyzer
from cs_nlp.understand.taxonomy import Taxonomy

RETURNS = "怎么退货 我要退货 能退吗 这个可以退吗 退货运费谁出 不想要了想退掉 退货地址发我 申请退货了".split()
PARCELS = "到哪了 快递到哪里了 什么时候到 物流三天没更新 今天能送到吗 怎么还没到 包裹在哪 快递一直不动".split()
TEXTS = RETURNS + PARCELS
LABELS = ["退货"] * len(RETURNS) + ["物流"] * len(PARCELS)
QUICK = {"least": 1, "calibrate": False}


class NumbersAsText(IntentClassifier):
    """The estimator behind scikit-learn's checks, which feed tables: a row becomes a text with a word for each cell."""

    def _texts(self, texts, *, reset):
        table = validate_data(self, texts, reset=reset, dtype=np.float64)
        return [" ".join(f"c{i}v{round(value * 2)}" for i, value in enumerate(row)) for row in table.tolist()]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.one_d_array = False, True, False
        return tags


EXCEPTIONS = {
    "check_sample_weight_equivalence_on_dense_data": (
        "weights count in the solver only: vocabulary and inverse document frequencies count messages, and folds of "
        "the calibration change when rows are repeated"
    ),
}


@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_accepts_the_estimator():
    results = check_estimator(NumbersAsText(), expected_failed_checks=EXCEPTIONS, on_skip=None, on_fail=None)
    failed = [f"{row['check_name']}: {row['exception']!r:.300}" for row in results if row["status"] == "failed"]
    assert not failed, "\n".join(failed)
    assert sum(row["status"] == "passed" for row in results) >= 45
    assert {row["check_name"] for row in results if row["status"] == "xfail"} <= set(EXCEPTIONS)


def test_probabilities_are_the_same_for_the_same_seed():
    first, second = (IntentClassifier(least=1).fit(TEXTS, LABELS).predict_proba(TEXTS) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.allclose(first.sum(axis=1), 1)


def test_cross_validation_takes_texts():
    said = cross_val_predict(IntentClassifier(**QUICK), TEXTS, LABELS, cv=4)
    assert np.mean(said == np.array(LABELS)) > 0.6


def test_grid_search_chooses_a_parameter():
    search = GridSearchCV(IntentClassifier(**QUICK), {"strength": [0.1, 1.0]}, cv=2).fit(TEXTS, LABELS)
    assert search.best_params_["strength"] in (0.1, 1.0)


def test_a_learning_curve_can_be_drawn():
    sizes, _, scores = learning_curve(
        IntentClassifier(**QUICK), TEXTS, LABELS, cv=2, train_sizes=[4, 8], shuffle=True, random_state=0
    )
    assert sizes.tolist() == [4, 8]
    assert scores.shape == (2, 2)


def test_probabilities_can_be_calibrated_by_scikit_learn():
    model = CalibratedClassifierCV(IntentClassifier(**QUICK), cv=2, method="sigmoid").fit(TEXTS, LABELS)
    assert model.predict(["我想退货"]).tolist() == ["退货"]


def test_a_clone_has_the_same_parameters():
    model = IntentClassifier(strength=0.7, clean=True)
    assert clone(model).get_params() == model.get_params()


def test_the_bundle_scores_as_the_estimator_does(tmp_path):
    model = IntentClassifier(least=1).fit(TEXTS, LABELS)
    model.to_bundle().save(tmp_path / "bundle")
    bundle = Bundle.load(tmp_path / "bundle")
    parts = bundle.model, bundle.confidence, bundle.lexicon, bundle.rules
    analyzer = Analyzer(*parts, Segmenter(), Taxonomy.default(), bundle.unclear)
    for text, chances in zip(TEXTS, model.predict_proba(TEXTS), strict=True):
        best = analyzer.understand(read(text)).intents[0]
        assert best.id == model.classes_[chances.argmax()]
        assert best.score == pytest.approx(chances.max(), abs=0.03)
    assert IntentClassifier.from_bundle(bundle).predict(TEXTS).tolist() == model.predict(TEXTS).tolist()


def test_english_gets_its_own_features_and_keeps_them_in_a_bundle(tmp_path):
    texts = [
        "has my bank card been posted",
        "the card never came by post",
        "card post is so slow",
        "topping it up went wrong",
        "no topping up today",
        "topping up, how?",
    ]
    model = IntentClassifier(least=1).fit(texts, ["card"] * 3 + ["top"] * 3)
    assert model.profile_ == "words"
    model.to_bundle().save(tmp_path / "bundle")
    again = IntentClassifier.from_bundle(Bundle.load(tmp_path / "bundle"))
    assert again.predict(["is the card here", "topping up"]).tolist() == ["card", "top"]


def test_a_doubted_label_weighs_less_when_labels_are_cleaned(monkeypatch):
    texts, labels = [*TEXTS, "怎么退货啊"], [*LABELS, "物流"]
    doubted = Noise(np.full(len(texts), 0.2), np.array([1.0] * len(TEXTS) + [0.1]))
    monkeypatch.setattr(estimator, "noise", lambda scores, gold: doubted)
    monkeypatch.setattr(estimator, "LESS_HELD", 1.0)
    kept, cleaned = (IntentClassifier(clean=clean, least=1).fit(texts, labels) for clean in (False, True))
    margins = [model.decision_function(["怎么退货啊"])[0] / model.temperature_ for model in (kept, cleaned)]
    assert margins[1] > margins[0]


@pytest.mark.parametrize(
    ("texts", "labels", "reason"),
    [
        ("怎么退货", ["退货"], "a list of texts"),
        ([], [], "at least one text"),
        ([3, 4], ["a", "b"], "must be str"),
        (["甲", "乙"], ["a", "a"], "at least two labels"),
        (["甲", "乙"], ["a"], "one label a text"),
    ],
)
def test_what_cannot_be_learned_is_said(texts, labels, reason):
    with pytest.raises(ValueError, match=reason):
        IntentClassifier().fit(texts, labels)


def test_an_untrained_estimator_says_so():
    for use in (lambda model: model.predict(["退货"]), lambda model: model.to_bundle()):
        with pytest.raises(NotFittedError, match="not fitted"):
            use(IntentClassifier())


@pytest.mark.parametrize(
    ("texts", "profile"),
    [
        (["怎么退货"], "characters"),
        (["iPhone15 怎么退"], "characters"),
        (["wie kann ich zahlen?"], "words"),
        (["返品したい"], "characters"),
    ],
)
def test_the_profile_follows_the_writing(texts, profile):
    assert profile_of(texts) == profile
