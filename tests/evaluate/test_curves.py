from __future__ import annotations

import pytest

from cs_nlp.evaluate.curves import MOST_POINTS, calibration, coverage_at, coverage_curve, label_noise
from cs_nlp.evaluate.metrics import Judged


def row(score: float, right: bool, gold: str = "a") -> Judged:
    return Judged(gold, None, gold if right else "z", score, True)


def test_the_curve_goes_from_the_surest_message_on() -> None:
    curve = coverage_curve([row(0.9, True), row(0.7, False), row(0.8, True), row(0.7, True)])
    assert [(p["threshold"], p["coverage"], p["precision"]) for p in curve] == [
        (0.9, 0.25, 1.0),
        (0.8, 0.5, 1.0),
        (0.7, 1.0, 0.75),
    ]
    assert all(p["low"] <= p["precision"] <= p["high"] for p in curve)


def test_answering_what_is_outside_is_wrong_and_calling_it_so_is_no_answer() -> None:
    rows = [row(0.9, True), Judged("x", None, "a", 0.8, True), Judged("x", None, "x", 0.7, False)]
    assert [(p["coverage"], p["precision"]) for p in coverage_curve(rows, "x")] == [(0.3333, 1.0), (0.6667, 0.5)]


def test_a_long_curve_is_thinned() -> None:
    curve = coverage_curve([row(index / 1000, index % 7 > 0) for index in range(1000)])
    assert len(curve) <= MOST_POINTS and curve[-1]["coverage"] == 1.0


def test_coverage_at_a_precision() -> None:
    curve = coverage_curve([row(0.9, True)] * 90 + [row(0.5, False)] * 10)
    found = coverage_at(curve)
    assert (found["p90"], found["p95"], found["p90_sure"]) == (1.0, 0.9, 0.9)


@pytest.mark.parametrize(
    ("score", "right", "ece"),
    [(0.8, 80, 0.0), (0.9, 80, 0.1), (0.6, 80, 0.2)],
)
def test_calibration_is_the_gap_between_score_and_share(score: float, right: int, ece: float) -> None:
    found = calibration([row(score, index < right) for index in range(100)])
    assert found["ece"] == pytest.approx(ece, abs=1e-9) and found["ece_equal"] is not None
    assert [part["messages"] for part in found["bins"]] == [100]


def test_mislabelled_messages_show_as_noise() -> None:
    honest = [row(0.95, index % 20 > 0) for index in range(400)]
    noisy = [row(0.95, index % 20 > 1) for index in range(400)]
    assert label_noise(honest)["excess"] == 0.0
    assert label_noise(noisy)["excess"] == pytest.approx(0.05, abs=1e-9)


def test_nothing_gives_nothing() -> None:
    assert coverage_curve([]) == [] and calibration([])["bins"] == [] and label_noise([])["excess"] is None
