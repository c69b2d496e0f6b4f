from __future__ import annotations

import numpy as np
import pytest

from cs_nlp.train.estimator import IntentClassifier
from cs_nlp.train.meanings import chinese, english, english_lexicon
from cs_nlp.train.space import FeatureSpace
from cs_nlp.train.views import knowledge_of, rows_of
from cs_nlp.understand.features import BLOCKS

TEXTS = [
    "where is my parcel",
    "has my parcel been shipped",
    "a refund for the jacket, please",
    "my refund for the blue lamp",
]
CHINESE = ["包裹在路上吗", "快递什么时候来", "钱什么时候退给我", "退款为什么还没有"]
GERMAN = ["wo ist mein Paket", "wann kommt mein Paket", "ich will mein Geld zurück", "gebt mir das Geld zurück"]


@pytest.mark.parametrize(
    ("near", "word", "far"), [("stolen", "theft", "weather"), ("bill", "invoice", "song"), ("hello", "hi", "fee")]
)
def test_words_that_mean_alike_are_nearer(near: str, word: str, far: str) -> None:
    a, b, c = english().of([near, word, far])
    assert a @ b > b @ c


@pytest.mark.parametrize(
    ("near", "word", "far"), [("便宜", "优惠", "快递"), ("退款", "退钱", "颜色"), ("运费", "邮费", "谢谢")]
)
def test_chinese_words_that_mean_alike_are_nearer(near: str, word: str, far: str) -> None:
    a, b, c = chinese().of([near, word, far])
    assert a @ b > b @ c


def test_unknown_words_have_no_meaning() -> None:
    assert not english().of(["qwxzzy"]).any()


def test_other_languages_are_trained_without() -> None:
    assert FeatureSpace.of_profile(rows_of(TEXTS, "words"), "words", least=1).meanings is not None
    assert FeatureSpace.of_profile(rows_of(GERMAN, "words"), "words", least=1).meanings is None
    japanese = rows_of(["荷物はいつ届きますか", "返品したいのですが"], "characters")
    assert FeatureSpace.of_profile(japanese, "characters", least=1).meanings is None


def test_every_word_has_concepts_from_broad_to_narrow() -> None:
    lexicon = english_lexicon()
    assert sorted(lexicon.words) == sorted(english().rows)
    assert {tuple(name.partition("/")[2] for name in names) for names in lexicon.meanings} == {("100", "300", "1000")}


def test_concepts_are_for_english_only() -> None:
    assert knowledge_of(TEXTS, "words")[0] is english_lexicon()
    assert not knowledge_of(TEXTS, "words", lexicon=False)[0].words
    assert not knowledge_of(GERMAN, "words")[0].words


def test_words_that_mean_alike_make_the_same_pairs() -> None:
    a, b = (set(row[BLOCKS.index("concept")]) for row in rows_of(["card theft", "card stolen"], "words"))
    narrow = [{name for name in names if "/1000" in name} for names in (a, b)]
    assert len(narrow[0]) == 1
    assert narrow[0] == narrow[1]


@pytest.mark.parametrize(("texts", "profile"), [(TEXTS, "words"), (CHINESE, "characters")])
def test_folded_weights_give_the_same_scores(texts: list[str], profile: str) -> None:
    rows = rows_of(texts, profile)
    space = FeatureSpace.of_profile(rows, profile, least=1)
    wide = space.training_matrix(rows)
    weights = np.random.default_rng(0).normal(size=(wide.shape[1], 3))
    assert wide.shape[1] > len(space.idf)
    np.testing.assert_allclose(space.matrix(rows) @ space.folded(weights), wide @ weights)


def test_a_word_that_no_message_has_is_understood_by_its_meaning() -> None:
    model = IntentClassifier(least=1).fit(TEXTS, ["parcel", "parcel", "refund", "refund"])
    assert model.predict(["package delivery", "reimburse"]).tolist() == ["parcel", "refund"]


def test_a_chinese_word_that_no_message_has_is_understood_by_its_meaning() -> None:
    model = IntentClassifier(least=1, lexicon=False).fit(CHINESE, ["物流", "物流", "退款", "退款"])
    assert model.predict(["物流派送", "还我钱款"]).tolist() == ["物流", "退款"]
