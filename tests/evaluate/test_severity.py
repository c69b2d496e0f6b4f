from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.errors import DataFileError
from cs_nlp.evaluate.metrics import Judged
from cs_nlp.evaluate.severity import COSTS, LEVELS, read_costs, severity_costs


def row(gold: str | None, said: str) -> Judged:
    return Judged("a", None, "a", 0.9, True, gold_severity=gold, severity=said)


def test_a_missed_emergency_is_the_dearest_mistake() -> None:
    assert COSTS["S"]["N"] == max(COSTS[gold][said] for gold in LEVELS for said in LEVELS)
    assert all(COSTS[level][level] == 0 for level in LEVELS)


@pytest.mark.parametrize(
    ("pairs", "cost", "under", "over"),
    [("SS NN", 0.0, 0.0, 0.0), ("SN NN", 15.0, 0.5, 0.0), ("NS NN", 1.5, 0.0, 0.5), ("AN NA", 3.0, 0.5, 0.5)],
)
def test_costs(pairs: str, cost: float, under: float, over: float) -> None:
    found = severity_costs([row(*pair) for pair in pairs.split()])
    assert found is not None
    assert (found["per_message"], found["under"], found["over"]) == (cost, under, over)


def test_without_labels_there_are_no_costs() -> None:
    assert severity_costs([row(None, "S")]) is None


def test_the_costs_can_be_ones_own() -> None:
    found = severity_costs([row("S", "N")], {level: dict.fromkeys(LEVELS, 7.0) for level in LEVELS})
    assert found is not None and found["per_message"] == 7.0


def test_costs_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "costs.yaml"
    file.write_text("version: 1\ncosts: {S: {N: 50}, A: {}, B: {}, N: {S: 1}}\n", encoding="utf-8")
    costs = read_costs(file)
    assert (costs["S"]["N"], costs["N"]["S"], costs["A"]["N"]) == (50.0, 1.0, 0.0)


@pytest.mark.parametrize("body", ["{S: {X: 1}, A: {}, B: {}, N: {}}", "{S: {N: -1}, A: {}, B: {}, N: {}}", "{S: {}}"])
def test_faulty_costs_are_named(tmp_path: Path, body: str) -> None:
    file = tmp_path / "costs.yaml"
    file.write_text(f"version: 1\ncosts: {body}\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="costs"):
        read_costs(file)
