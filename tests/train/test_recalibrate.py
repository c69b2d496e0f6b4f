"""Confidence and thresholds follow a shop's chats as far as the chats prove something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cs_nlp.bundle import Bundle
from cs_nlp.decide.policy import Thresholds
from cs_nlp.train.adapt import adapt
from cs_nlp.train.dataset import Example
from cs_nlp.train.recalibrate import ENOUGH, moved
from cs_nlp.understand.confidence import SIGNALS, Confidence
from tests.samples import tiny_examples

BASE = Confidence(0.0, tuple(float(name == "top") for name in SIGNALS))


def shop(count: int, *, wrong: int = 0) -> list[Example]:
    """So many chats that a tiny bundle knows; every `wrong`-th has a label that is not its own."""
    known = [example for example in tiny_examples() if example.intent != "unclear"]
    labels = sorted({example.intent for example in known})
    chats = [replace(known[index % len(known)], group=f"chat {index}") for index in range(count)]
    if wrong:
        for index in range(0, count, wrong):
            other = labels[(labels.index(chats[index].intent) + 1) % len(labels)]
            chats[index] = replace(chats[index], intent=other)
    return chats


def test_few_chats_leave_confidence_and_thresholds(tiny_bundle: Bundle) -> None:
    own = adapt(tiny_bundle, shop(ENOUGH - 1))
    assert (own.confidence, own.thresholds) == (tiny_bundle.confidence, tiny_bundle.thresholds)
    assert "adapted_out_of_fold" not in own.info


def test_enough_chats_move_the_confidence_and_say_what_it_buys(tiny_bundle: Bundle) -> None:
    own = adapt(tiny_bundle, shop(ENOUGH))
    assert own.confidence != tiny_bundle.confidence
    assert own.info["adapted_out_of_fold"]["messages"] == ENOUGH


def test_a_threshold_that_the_chats_prove_needlessly_high_sinks(tiny_bundle: Bundle) -> None:
    base = replace(tiny_bundle, thresholds=Thresholds(0.99999, 0.1, {"coupon": 0.5}))
    own = adapt(base, shop(ENOUGH))
    assert own.thresholds.direct < 0.99999
    assert own.thresholds.per_intent is None


def test_a_threshold_that_breaks_its_promise_rises(tiny_bundle: Bundle) -> None:
    base = replace(tiny_bundle, thresholds=Thresholds(0.0, 0.0))
    own = adapt(base, shop(ENOUGH, wrong=3), precision=0.9)
    assert own.thresholds.direct > 0.5


def test_the_confidence_goes_where_the_chats_push_it_and_further_when_held_less() -> None:
    values, right = np.zeros((300, len(SIGNALS))), np.arange(300) % 10 > 0
    near, far = moved(BASE, values, right, held=100.0), moved(BASE, values, right, held=1.0)
    assert 0.0 < near.bias < far.bias
    assert abs(far.probability([0.0] * len(SIGNALS)) - 0.9) < 0.01


def test_the_order_of_the_chats_does_not_matter_to_the_confidence() -> None:
    chance = np.random.default_rng(0)
    values, right = chance.normal(size=(100, len(SIGNALS))), chance.random(100) < 0.8
    first, second = moved(BASE, values, right), moved(BASE, values[::-1], right[::-1])
    assert np.allclose([first.bias, *first.weights], [second.bias, *second.weights], atol=1e-3)
