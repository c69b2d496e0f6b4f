from __future__ import annotations

import pytest

from cs_nlp.evaluate.metrics import Judged
from cs_nlp.evaluate.slices import DIMENSIONS, length_of, script_of, slices, spelling_of


def row(text: str, right: bool = True, **more: str) -> Judged:
    return Judged("a", None, "a" if right else "b", 0.9, True, text=text, **more)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("退货", "1-4"),
        ("怎么退货呢", "5-9"),
        ("一" * 14, "10-14"),
        ("一" * 49, "25-49"),
        ("一" * 500, "50+"),
        (" ", "1-4"),
    ],
)
def test_lengths(text: str, part: str) -> None:
    assert length_of(text) == part


@pytest.mark.parametrize(
    ("text", "part"),
    [("怎么退货", "hans"), ("怎麼退貨", "hant"), ("买了iPhone", "mixed"), ("where is it", "latin"), ("？？1", "other")],
)
def test_scripts(text: str, part: str) -> None:
    assert script_of(text) == part


@pytest.mark.parametrize(
    ("text", "part"),
    [("块递到哪了", "misspelt"), ("转人功客服", "misspelt"), ("快递到哪了", "usual"), ("退或换都行", "usual")],
)
def test_spelling(text: str, part: str) -> None:
    assert spelling_of(text) == part


def test_parts_have_their_own_figures_in_order() -> None:
    found = slices([row("退货"), row("我想问一下怎么退货", False), row("我想问一下怎么换货")])
    assert list(found["length"]) == ["1-4", "5-9"]
    assert (found["length"]["1-4"]["intent_any"], found["length"]["5-9"]["intent_any"]) == (1.0, 0.5)
    assert found["length"]["5-9"]["messages"] == 2


def test_a_dimension_with_one_part_says_nothing() -> None:
    assert "source" not in slices([row("退货", source="x.jsonl")])
    assert list(slices([row("退货", source="x"), row("换货", source="y")])["source"]) == ["x", "y"]


def test_severities_go_from_the_worst() -> None:
    rows = [row("退货", gold_severity=level) for level in "NAS"]
    assert list(slices(rows)["severity"]) == ["S", "A", "N"]


def test_every_dimension_has_a_name() -> None:
    rows = [row("退货", source="x", gold_severity="S"), row("块递到了", source="y", gold_severity="N")]
    assert set(slices(rows)) <= set(DIMENSIONS)
