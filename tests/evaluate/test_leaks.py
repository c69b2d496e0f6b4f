from __future__ import annotations

import pytest

from cs_nlp.evaluate.leaks import Leak, find_leaks, leak_figures

TRAINING = ["我的快递到哪里了", "你好", "想问一下这件外套什么时候补货", "退款三天了怎么还没到账"]


@pytest.mark.parametrize(
    ("text", "training"),
    [
        ("我的快递到哪里了", 0),
        ("我的快递，到哪里了？？", 0),
        ("我的快遞到哪裡了", 0),
        ("想问一下这件外套什么时候补货呢", 2),
        ("退款三天了怎么还没到帐", 3),
    ],
)
def test_equal_and_nearly_equal_texts_are_found(text: str, training: int) -> None:
    assert [leak.training for leak in find_leaks([text], TRAINING)] == [training]


@pytest.mark.parametrize("text", ["你好", "我的快递呢", "这件外套怎么洗", "", "退款还没到账三天了怎么办呢亲"])
def test_short_and_other_texts_are_not(text: str) -> None:
    assert find_leaks([text], TRAINING) == []


def test_figures() -> None:
    assert leak_figures([Leak(0, 1, 1.0), Leak(2, 1, 0.93)], 8) == {"messages": 2, "share": 0.25, "exact": 1, "near": 1}
    assert leak_figures([], 0)["share"] is None
