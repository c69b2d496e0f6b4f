from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.assistant import Assistant
from cs_nlp.evaluate.metrics import Judged, flat, summarize, wilson
from cs_nlp.evaluate.run import judge
from cs_nlp.train.dataset import Example
from cs_nlp.train.fit import Knowledge, train
from tests.samples import english_examples


def row(
    gold: str, predicted: str, score: float = 0.9, answered: bool = True, second: str | None = None, **more: Any
) -> Judged:
    return Judged(gold, second, predicted, score, answered, **more)


INSIDE = [row("a", "a", 0.9), row("a", "a", 0.4, answered=False), row("b", "b", 0.8), row("b", "a", 0.7)]
BEYOND = [row("x", "a", 0.3, answered=False), row("x", "b", 0.85)]
JUDGED = st.builds(
    Judged,
    gold=st.sampled_from("abx"),
    second=st.sampled_from(["a", "b", None]),
    predicted=st.sampled_from("abx"),
    score=st.floats(0.0, 1.0),
    answered=st.booleans(),
    gold_severity=st.sampled_from(["S", "N", None]),
    severity=st.sampled_from(["S", "N"]),
    gold_emotion=st.sampled_from(["calm", None]),
    emotion=st.sampled_from(["calm", "angry"]),
)


def test_figures_without_an_outside() -> None:
    found = summarize(INSIDE)
    assert (found["messages"], found["accuracy"], found["coverage"], found["precision"]) == (4, 0.75, 0.75, 0.6667)
    assert (found["oos_recall"], found["oos_precision"], found["oscr"]) == (None, None, None)


def test_a_rejected_message_is_wrong_where_there_is_an_outside() -> None:
    found = summarize(INSIDE + BEYOND, outside="x")
    assert (found["in_scope_accuracy"], found["intent_any"]) == (0.5, 0.75)
    assert (found["oos_recall"], found["oos_precision"]) == (0.5, 0.5)
    assert found["accuracy"] == 0.5
    assert (found["coverage"], found["precision"]) == (0.6667, 0.5)


def test_naming_the_outside_rejects() -> None:
    found = summarize([row("x", "x"), row("a", "x")], outside="x")
    assert (found["oos_recall"], found["in_scope_accuracy"], found["coverage"]) == (1.0, 0.0, 0.0)


def test_oscr_is_the_chance_to_be_right_and_above() -> None:
    # right ones 0.9, 0.4, 0.8 of four; outside 0.3 and 0.85: (2 + 1 + 1) of 4 · 2 pairs
    assert summarize(INSIDE + BEYOND, outside="x")["oscr"] == 0.5


def test_a_tie_counts_half() -> None:
    assert summarize([row("a", "a", 0.5), row("x", "a", 0.5)], outside="x")["oscr"] == 0.5


def test_a_second_label_is_right_too() -> None:
    found = summarize([row("a", "b", second="b"), row("a", "a", second="b")])
    assert (found["accuracy"], found["macro_f1"]) == (1.0, 1.0)


def test_every_label_of_a_multi_label_message_is_right() -> None:
    found = summarize([row("a", "c", second="b", others=("c", "d")), row("c", "c")])
    assert (found["accuracy"], found["per_label"]["c"]["support"]) == (1.0, 2)


def test_labels_one_by_one() -> None:
    table = summarize(INSIDE)["per_label"]
    assert table["a"].items() >= {"precision": 0.6667, "recall": 1.0, "f1": 0.8, "support": 2, "predicted": 3}.items()
    assert table["b"].items() >= {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "support": 2, "predicted": 1}.items()
    assert table["a"]["recall_low"] < 1.0
    assert summarize(INSIDE)["macro_f1"] == 0.7333


def test_severity_and_emotion_where_they_are_labelled() -> None:
    rows = [
        row("a", "a", gold_severity="S", severity="S", gold_emotion="calm", emotion="calm"),
        row("a", "a", gold_severity="S", severity="A", gold_emotion="angry", emotion="calm"),
        row("a", "a", gold_severity="N", severity="S"),
        row("a", "a", severity="N", emotion="calm"),
    ]
    found = summarize(rows)
    assert (found["s_recall"], found["s_precision"], found["severity_accuracy"]) == (0.5, 0.5, 0.3333)
    assert found["emotion_accuracy"] == 0.5
    assert "severity_accuracy" not in summarize(INSIDE)


def test_nothing_gives_no_figures_and_no_error() -> None:
    found = summarize([], outside="x")
    assert found["messages"] == 0 and found["accuracy"] is None and found["macro_f1"] is None


@given(st.lists(JUDGED, max_size=30), st.sampled_from(["x", None]))
def test_every_share_is_between_0_and_1(rows: list[Judged], outside: str | None) -> None:
    found = summarize(rows, outside=outside)
    for name, value in flat(found).items():
        assert name == "messages" or name.endswith((".support", ".predicted")) or 0.0 <= value <= 1.0
    if found["precision"] is not None:
        assert found["precision_low"] - 1e-4 <= found["precision"] <= found["precision_high"] + 1e-4


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(90, 100, 0.826, 0.945), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (0, 0, 0, 1)],
)
def test_wilson_intervals(right: int, total: int, low: float, high: float) -> None:
    assert wilson(right, total) == pytest.approx((low, high), abs=5e-4)


def test_figures_have_flat_names() -> None:
    assert flat({"a": 1, "b": None, "c": {"d": {"e": 0.5}}, "f": True, "g": "x"}) == {"a": 1.0, "c.d.e": 0.5}


def test_a_bot_is_judged_by_what_it_answers(tiny_bot: Assistant) -> None:
    examples = [
        Example("怎么开发票", "invoice", severity="N", emotion="calm"),
        Example("就是那个呢", "unclear"),
        Example("充电宝冒烟烫到手了", "quality_issue", severity="S"),
    ]
    bill, vague, urgent = judge(tiny_bot, examples)
    assert (bill.predicted, bill.answered, bill.right, bill.severity) == ("invoice", True, True, "N")
    assert not vague.answered and not urgent.answered
    assert (urgent.gold_severity, urgent.severity) == ("S", "S")


def test_a_bundle_without_answers_is_judged_by_its_threshold() -> None:
    bot = Assistant(train(english_examples(), Knowledge.default("elsewhere")), (), {})
    rows = judge(bot, english_examples())
    assert sum(one.answered for one in rows if one.gold != "elsewhere") > 0
    assert all(one.answered == (one.score >= bot.thresholds.direct_for(one.predicted)) for one in rows)


def test_an_intent_has_lower_bounds_of_what_it_is_taken_for() -> None:
    rows = [Judged("invoice", None, "invoice", 0.9, answered=False) for _ in range(9)]
    rows.append(Judged("invoice", None, "coupon", 0.6, answered=False))
    rows.append(Judged("unclear", None, "coupon", 0.2, answered=False))
    found = summarize(rows, outside="unclear")["per_label"]
    assert (found["invoice"]["intent_recall"], found["invoice"]["intent_recall_low"]) == (0.9, 0.5958)
    assert found["unclear"]["intent_recall"] is None and found["unclear"]["intent_recall_low"] is None
