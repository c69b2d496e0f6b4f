from __future__ import annotations

import inspect

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_predict, learning_curve
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import validate_data

from cs_nlp.bundle import Bundle
from cs_nlp.errors import NotFittedError
from cs_nlp.text import Segmenter, read
from cs_nlp.train.estimator import IntentClassifier, profile_of
from cs_nlp.understand.analyzer import Analyzer
from cs_nlp.understand.taxonomy import Taxonomy

RETURNS = "怎么退货 我要退货 能退吗 这个可以退吗 退货运费谁出 不想要了想退掉 退货地址发我 申请退货了".split()
PARCELS = "到哪了 快递到哪里了 什么时候到 物流三天没更新 今天能送到吗 怎么还没到 包裹在哪 快递一直不动".split()
TEXTS = RETURNS + PARCELS
LABELS = ["退货"] * len(RETURNS) + ["物流"] * len(PARCELS)


class NumbersAsText(IntentClassifier):
    """The estimator behind scikit-learn's checks: each row of numbers is written out as a text, a word a cell."""

    def _texts(self, texts, *, reset):
        table = validate_data(self, texts, reset=reset, dtype=np.float64)
        return [" ".join(f"c{i}v{round(value * 2)}" for i, value in enumerate(row)) for row in table.tolist()]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.one_d_array = False, True, False
        return tags


EXCEPTIONS: dict[str, str] = {}


# the signature must be that of the class under test: scikit-learn reads parameters from it
NumbersAsText.__init__ = IntentClassifier.__init__
assert inspect.signature(NumbersAsText) == inspect.signature(IntentClassifier)


@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_accepts_the_estimator():
    results = check_estimator(NumbersAsText(), expected_failed_checks=EXCEPTIONS, on_skip=None, on_fail=None)
    failed = [(result["check_name"], repr(result["exception"])) for result in results if result["status"] == "failed"]
    assert failed == []
    assert len(results) > 40
