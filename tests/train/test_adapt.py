from __future__ import annotations

import numpy as np
import pytest

from cs_nlp.errors import DatasetError
from cs_nlp.text import read
from cs_nlp.train.adapt import adapt
from cs_nlp.train.dataset import Example
from cs_nlp.train.fit import Knowledge
from cs_nlp.train.general import Plan, train_general
from cs_nlp.understand.analyzer import Analyzer

RETURNS = "怎么退货 我要退货 能退吗 这个可以退吗 退货运费谁出 不想要了想退掉 退货地址发我 申请退货了".split()
PARCELS = "到哪了 快递到哪里了 什么时候到 物流三天没更新 今天能送到吗 怎么还没到 包裹在哪 快递一直不动".split()
BASE = [Example(text, "退货") for text in RETURNS] + [Example(text, "物流") for text in PARCELS]
SHOP = [Example(text, "团购") for text in ("团长什么时候截团", "这个团几人成团", "参团怎么付款", "开团多少人")]


@pytest.fixture(scope="module")
def base():
    return train_general(BASE, Plan(strength=1.0, jobs=1))


def best(bundle, text):
    known = Knowledge.of(bundle)
    parts = bundle.model, bundle.confidence, bundle.lexicon, bundle.rules
    analyzer = Analyzer(*parts, known.segmenter, known.taxonomy, bundle.unclear)
    return analyzer.best(analyzer.judge(analyzer.read(read(text))))


def test_a_label_of_the_shop_is_learned_and_the_others_are_kept(base):
    own = adapt(base, SHOP, strength=20.0)
    assert own.labels == (*base.labels, "团购")
    assert best(own, "几人成团") == "团购"
    assert [best(own, text) for text in ("我想退货", "包裹到哪里了")] == ["退货", "物流"]


def test_the_same_chats_give_the_same_weights(base):
    first, second = adapt(base, SHOP), adapt(base, SHOP)
    assert np.array_equal(first.model.weights.quanta, second.model.weights.quanta)
    assert np.array_equal(first.model.bias, second.model.bias)


def test_features_the_chats_do_not_use_stay_as_they_were(base):
    own = adapt(base, [Example("到哪了", "退货")] * 5, strength=20.0)
    moved = np.abs(own.model.weights.dense() - base.model.weights.dense()).max(axis=1) > 0
    used = {row for block in base.model.vocabulary.index for name, row in block.items() if moved[row]}
    assert 0 < len(used) < len(base.model.idf) / 2


def test_no_chats_is_an_error(base):
    with pytest.raises(DatasetError, match="at least one"):
        adapt(base, [])
