"""Names of labels as messages."""

from __future__ import annotations

from cs_nlp.text import Segmenter
from cs_nlp.train.dataset import Example
from cs_nlp.train.estimator import IntentClassifier
from cs_nlp.train.general import Plan, train_general
from cs_nlp.train.names import name_rows
from cs_nlp.train.space import FeatureSpace
from cs_nlp.train.views import knowledge_of, rows_by
from cs_nlp.understand.features import BLOCKS
from cs_nlp.understand.reader import Reader

TEXTS = ["衣服怎么退", "能退回去吗", "退货地址给我", "快递到哪了", "包裹几天到", "物流不动了"]
GIVEN = ["退货"] * 3 + ["物流"] * 3
READER = Reader(*knowledge_of(TEXTS, "characters"), Segmenter(), "characters")
SPACE = FeatureSpace.of_profile(rows_by(READER, TEXTS), "characters", least=1)


def test_what_all_names_share_is_left_out() -> None:
    rows = name_rows(["顾客询问退货", "顾客询问物流"], READER, SPACE)
    assert rows is not None
    words = [row[BLOCKS.index("word")] for row in rows]
    assert "顾客" not in words[0] + words[1]
    assert "退货" in words[0] and "物流" in words[1]


def test_names_in_another_language_say_nothing() -> None:
    assert name_rows(["return_apply", "delivery_status"], READER, SPACE) is None


def test_a_label_is_understood_by_words_that_only_its_name_has() -> None:
    examples = [Example(text + end, label) for end in ("", "呀") for text, label in zip(TEXTS, GIVEN, strict=True)]
    examples += [Example("哪个好看", "颜色"), Example("这个好看吗", "颜色")]
    model = IntentClassifier.from_bundle(train_general(examples, Plan(strength=1.0, jobs=1)))
    assert model.predict(["颜色"]).tolist() == ["颜色"]
