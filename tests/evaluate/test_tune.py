from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import Bundle
from cs_nlp.decide.policy import Thresholds
from cs_nlp.evaluate.metrics import Judged
from cs_nlp.evaluate.promise import flawless, promise
from cs_nlp.evaluate.tune import eligible_rows, out_of_fold_rows, tune, tuned
from cs_nlp.train.dataset import Example
from cs_nlp.train.general import Plan, train_general
from cs_nlp.train.thresholds import lower_bound
from tests.samples import tiny_examples

OLD = Thresholds(0.8, 0.3, {})


def rows(count: int, seed: int = 1, intent: str = "invoice") -> list[Judged]:
    """Answers whose scores are honest: one of score s is right with the chance s."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        score = dice.uniform(0.3, 1.0)
        gold = intent if dice.random() < score else "other"
        found.append(Judged(gold, None, intent, round(score, 4), True))
    return found


@pytest.mark.parametrize(("precision", "confidence", "least"), [(0.9, 0.95, 29), (0.9, 0.99, 44), (0.99, 0.95, 299)])
def test_how_many_flawless_answers_show_a_precision(precision: float, confidence: float, least: int) -> None:
    assert flawless(precision, confidence) == least
    assert lower_bound(least, least, confidence) >= precision > lower_bound(least - 1, least - 1, confidence)


def test_the_bound_of_what_is_answered_keeps_the_promise() -> None:
    found = tune(rows(2000), OLD)
    assert found.thresholds is not None and found.bound >= 0.9
    assert found.bound == lower_bound(found.right, found.answered)
    assert 0.75 < found.thresholds.direct < 0.95


def test_a_higher_promise_answers_less() -> None:
    answered = [tune(rows(4000), OLD, precision=precision).answered for precision in (0.8, 0.9, 0.95)]
    assert answered == sorted(answered, reverse=True) and answered[-1] > 0


def test_the_promise_holds_on_other_messages_nearly_always() -> None:
    """True precision above t is (1 + t) / 2 where scores are honest; it may miss 90 % in about one of twenty draws."""
    missed = 0
    for seed in range(60):
        limit = tune(rows(400, seed), OLD).thresholds
        missed += limit is not None and (1 + limit.direct) / 2 < 0.9
    assert missed <= 5


@pytest.mark.parametrize("count", [0, 1, 20, 28])
def test_too_few_messages_are_named_as_such(count: int) -> None:
    found = tune([Judged("a", None, "a", 0.9, True)] * count, OLD)
    assert found.thresholds is None and found.overall.needed == 29


def test_more_of_the_same_does_not_help_a_model_that_is_never_sure() -> None:
    found = promise("", np.linspace(0.4, 0.6, 500), np.arange(500) % 2 == 0, 0.9, 0.95)
    assert (found.threshold, found.needed) == (None, None)


def test_equal_scores_are_answered_together() -> None:
    same = [Judged("a", None, "a", 0.7, True)] * 60 + [Judged("b", None, "a", 0.7, True)] * 40
    assert tune(same, OLD).thresholds is None


def test_what_the_policy_would_not_answer_does_not_count() -> None:
    handed_over = [replace(row, answered=False, gold="other") for row in rows(500, 2)]
    assert tune(rows(1000) + handed_over, OLD).answered == tune(rows(1000), OLD).answered


def test_answering_what_is_outside_is_wrong() -> None:
    outside = [Judged("x", None, "a", 0.9, True)] * 30
    inside = [Judged("a", None, "a", 0.9, True)] * 100
    assert tune(inside + outside, OLD, outside="x").thresholds is None


def test_an_intent_that_is_always_right_gets_a_lower_threshold() -> None:
    sure = [Judged("greeting", None, "greeting", 0.3 + index / 200, True) for index in range(100)]
    found = tune(rows(1000) + sure, OLD)
    assert found.thresholds is not None and found.thresholds.per_intent is not None
    assert found.thresholds.per_intent["greeting"] == 0.3
    assert found.answered > tune(rows(1000) + sure, OLD, per_intent=False).answered


def test_weak_intents_are_named() -> None:
    shaky = [Judged("a" if index % 3 else "b", None, "a", 0.95, True) for index in range(12)]
    assert tune(rows(2000) + shaky, OLD, per_intent=False).weak == (("a", 12, 8),)


def test_thresholds_go_into_a_new_bundle(tiny_bundle: Bundle) -> None:
    found = tune(rows(2000), tiny_bundle.thresholds)
    new = tuned(tiny_bundle, found, source="chats.jsonl")
    assert new.thresholds == found.thresholds and new.model is tiny_bundle.model
    assert new.info["tuned"]["bound"] >= 0.9 and new.info["tuned"]["source"] == "chats.jsonl"


def test_no_thresholds_make_no_bundle(tiny_bundle: Bundle) -> None:
    with pytest.raises(ValueError, match="support no threshold"):
        tuned(tiny_bundle, tune([], OLD), source="")


def test_urgent_messages_are_not_eligible(tiny_bundle: Bundle) -> None:
    texts = [Example("怎么开发票", "invoice"), Example("充电宝冒烟烫到手了", "quality_issue")]
    assert [row.answered for row in eligible_rows(tiny_bundle, texts)] == [True, False]


def test_a_bundle_with_labels_and_a_language_of_its_own_is_trained_again_as_it_was() -> None:
    words = {"card": "has my bank card been posted", "refund": "give my money back"}
    ends = "please now today again thanks soon really finally yet quickly tomorrow online".split()
    examples = [Example(f"{start} {end}", label) for label, start in words.items() for end in ends]
    bundle = train_general(examples, Plan(strength=1.0, jobs=1))
    assert all(row.right for row in out_of_fold_rows(bundle, examples, folds=2))


def test_held_out_scores_are_lower_than_those_of_seen_messages(tiny_bundle: Bundle, tiny_bot: Assistant) -> None:
    examples = tiny_examples()
    held_out = out_of_fold_rows(tiny_bundle, examples, folds=2)
    assert [row.text for row in held_out] == [example.text for example in examples]
    assert sum(row.right for row in held_out) < sum(row.right for row in eligible_rows(tiny_bundle, examples))
