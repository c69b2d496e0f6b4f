from __future__ import annotations

import pytest

from cs_nlp.evaluate.intervals import bootstrap, intervals
from cs_nlp.evaluate.metrics import Judged, summarize


def rows(right: int, wrong: int) -> list[Judged]:
    return [Judged("a", None, "a", 0.9, True)] * right + [Judged("b", None, "a", 0.6, True)] * wrong


def test_every_interval_holds_its_figure() -> None:
    some = rows(30, 12)
    figures = summarize(some)
    for name, bounds in intervals(some).items():
        assert bounds["low"] <= figures[name] <= bounds["high"], name


def test_figures_that_are_no_shares_are_drawn() -> None:
    some = [
        Judged("a", None, "a", index / 40, True, gold_severity="S", severity="S" if index % 3 else "N")
        if index % 4
        else Judged("x", None, "a", index / 80, False)
        for index in range(40)
    ]
    figures, bounds = summarize(some, outside="x"), intervals(some, "x")
    for name in ("oscr", "severity_macro_f1", "macro_f1"):
        assert bounds[name]["method"] == "bootstrap"
        assert bounds[name]["low"] <= figures[name] <= bounds[name]["high"], name


def test_more_messages_give_narrower_intervals() -> None:
    few, many = intervals(rows(9, 1)), intervals(rows(900, 100))
    for name in ("accuracy", "macro_f1"):
        assert many[name]["high"] - many[name]["low"] < few[name]["high"] - few[name]["low"]


def test_the_bootstrap_is_the_same_each_time() -> None:
    assert intervals(rows(20, 5)) == intervals(rows(20, 5))


def test_a_figure_without_spread_has_no_interval_around_it() -> None:
    assert bootstrap(10, lambda chosen: 0.5) == (0.5, 0.5)


@pytest.mark.parametrize("outside", [None, "b"])
def test_figures_without_a_case_have_no_interval(outside: str | None) -> None:
    assert intervals([], outside) == {}
