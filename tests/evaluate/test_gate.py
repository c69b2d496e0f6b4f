from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.errors import DataFileError
from cs_nlp.evaluate.gate import Check, Outcome, apply_gate, read_gate


@pytest.mark.parametrize(
    ("low", "high", "value", "passed"),
    [
        (0.9, None, 0.9, True),
        (0.9, None, 0.8999, False),
        (None, 0.1, 0.1, True),
        (None, 0.1, 0.11, False),
        (0.4, 0.6, 0.5, True),
        (0.4, 0.6, 0.7, False),
        (0.0, None, None, False),
        (None, None, 0.5, True),
    ],
)
def test_a_figure_must_keep_its_bounds(
    low: float | None, high: float | None, value: float | None, passed: bool
) -> None:
    assert Outcome(Check("accuracy", low, high, "gate.yaml:3"), value).passed is passed


def test_a_gate_is_read_with_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "gate.yaml"
    file.write_text(
        "version: 1\nchecks:\n  - {metric: precision, min: 0.9}\n  - {metric: messages, min: 500, max: 9000}\n",
        encoding="utf-8",
    )
    assert read_gate(file) == (
        Check("precision", 0.9, None, "gate.yaml:3"),
        Check("messages", 500.0, 9000.0, "gate.yaml:4"),
    )


def test_figures_of_a_label_can_be_checked() -> None:
    summary = {"precision": None, "per_label": {"invoice": {"f1": 0.93}}}
    checks = (
        Check("per_label.invoice.f1", 0.9, None, "g:3"),
        Check("precision", 0.1, None, "g:4"),
        Check("recal", 0.1, None, "g:5"),
    )
    assert [outcome.value for outcome in apply_gate(checks, summary)] == [0.93, None, None]


@pytest.mark.parametrize(
    ("check", "value", "text"),
    [
        (Check("accuracy", 0.9, None, "gate.yaml:3"), 0.93, "ok   accuracy 0.9300 (needed ≥ 0.9, gate.yaml:3)"),
        (Check("coverage", 0.2, 0.4, "gate.yaml:4"), 0.5, "FAIL coverage 0.5000 (needed ≥ 0.2 and ≤ 0.4, gate.yaml:4)"),
        (Check("x", None, 1, "gate.yaml:5"), None, "FAIL x not measured (needed ≤ 1, gate.yaml:5)"),
    ],
)
def test_an_outcome_says_what_was_needed(check: Check, value: float | None, text: str) -> None:
    assert str(Outcome(check, value)) == text


SUMMARY = {
    "intent_any": 0.8,
    "intervals": {"intent_any": {"low": 0.75, "high": 0.85}},
    "per_label": {
        "invoice": {"f1": 0.9, "recall_low": 0.7, "support": 40},
        "coupon": {"f1": 0.4, "recall_low": 0.1, "support": 30},
        "gift": {"f1": 0.0, "recall_low": 0.0, "support": 2},
    },
    "slices": {"length": {"1-4": {"intent_any": 0.9, "messages": 50}, "50+": {"intent_any": 0.5, "messages": 50}}},
}
BEFORE = {"intent_any": 0.83, "per_label": {"invoice": {"f1": 0.91}, "coupon": {"f1": 0.6}, "old": {"f1": 1.0}}}


def outcomes(tmp_path: Path, *checks: str) -> list[tuple[str, bool]]:
    file = tmp_path / "gate.yaml"
    file.write_text("version: 1\nchecks:\n" + "".join(f"  - {{{check}}}\n" for check in checks), encoding="utf-8")
    return [(outcome.name, outcome.passed) for outcome in apply_gate(read_gate(file), SUMMARY, BEFORE)]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("metric: intent_any, bound: lower, min: 0.75", [("intervals.intent_any.low", True)]),
        ("metric: intent_any, bound: upper, max: 0.8", [("intervals.intent_any.high", False)]),
        ("metric: f1, intent: invoice, min: 0.9", [("per_label.invoice.f1", True)]),
        ("metric: recall, intent: coupon, bound: lower, min: 0.2", [("per_label.coupon.recall_low", False)]),
        ("metric: intent_any, slice: length=1-4, min: 0.8", [("slices.length.1-4.intent_any", True)]),
        ("metric: intent_any, max_drop: 0.03", [("intent_any", True)]),
        ("metric: intent_any, max_drop: 0.02", [("intent_any", False)]),
        ("metric: intent_any, max_drop: 0.05, min: 0.9", [("intent_any", False)]),
        ("metric: leaks.share, max: 0", [("leaks.share", False)]),
    ],
)
def test_a_check_can_be_about_bounds_intents_parts_and_the_baseline(
    tmp_path: Path, check: str, expected: list[tuple[str, bool]]
) -> None:
    assert outcomes(tmp_path, check) == expected


def test_a_star_stands_for_every_intent_with_enough_messages(tmp_path: Path) -> None:
    found = outcomes(tmp_path, "metric: f1, intent: '*', min_support: 20, min: 0.5")
    assert found == [("per_label.invoice.f1", True), ("per_label.coupon.f1", False)]


def test_a_star_against_a_baseline_is_about_what_both_know(tmp_path: Path) -> None:
    found = outcomes(tmp_path, "metric: f1, intent: '*', max_drop: 0.1")
    assert found == [("per_label.invoice.f1", True), ("per_label.coupon.f1", False)]


def test_a_star_stands_for_every_part(tmp_path: Path) -> None:
    found = outcomes(tmp_path, "metric: intent_any, slice: length=*, min: 0.6")
    assert found == [("slices.length.1-4.intent_any", True), ("slices.length.50+.intent_any", False)]


def test_a_star_that_stands_for_nothing_fails(tmp_path: Path) -> None:
    assert outcomes(tmp_path, "metric: f1, intent: '*', min_support: 999, min: 0") == [("per_label.*.f1", False)]


def test_a_drop_without_a_baseline_fails() -> None:
    (outcome,) = apply_gate((Check("intent_any", None, None, "g:3", drop=0.5),), SUMMARY)
    assert not outcome.passed and "no baseline" in str(outcome)


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        ("metric: accuracy", "one of min, max, max_drop, max_rise is needed"),
        ("metric: accuracy, bound: low, min: 0.5", "'low' is not known"),
        ("metric: f1, intent: a, slice: length=1-4, min: 0.5", "not both"),
        ("metric: f1, slice: length, min: 0.5", "DIMENSION=PART"),
        ("metric: accuracy, minimum: 0.5, min: 0.5", "minimum"),
    ],
)
def test_a_faulty_check_is_named_with_its_line(tmp_path: Path, check: str, fault: str) -> None:
    file = tmp_path / "gate.yaml"
    file.write_text(f"version: 1\nchecks:\n  - {{{check}}}\n", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"gate\.yaml:3") as caught:
        read_gate(file)
    assert fault in str(caught.value)


@pytest.mark.parametrize(("value", "passed"), [(0.17, True), (0.2, True), (0.21, False)])
def test_what_is_better_low_may_rise_so_much(tmp_path: Path, value: float, passed: bool) -> None:
    file = tmp_path / "gate.yaml"
    file.write_text("version: 1\nchecks:\n  - {metric: cost, max_rise: 0.02}\n", encoding="utf-8")
    (outcome,) = apply_gate(read_gate(file), {"cost": value}, {"cost": 0.18})
    assert (outcome.passed, outcome.needed) == (passed, "at most 0.02 above baseline 0.1800")
    (alone,) = apply_gate(read_gate(file), {"cost": value})
    assert not alone.passed and "no baseline" in alone.needed
