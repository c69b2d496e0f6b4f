from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.understand.confidence import SIGNALS, Confidence, signals

SHARE = st.floats(0.0, 1.0)


def test_there_is_one_signal_a_name() -> None:
    assert len(signals(0.9, 0.1, 0.0, 1.0, 0.0, 0.0, 9)) == len(SIGNALS)


@pytest.mark.parametrize(
    ("length", "short", "long"), [(0, 1.0, 0.0), (3, 1.0, 0.0), (4, 0.0, 0.0), (30, 0.0, 0.0), (31, 0.0, 1.0)]
)
def test_very_short_and_long_messages_are_marked(length: int, short: float, long: float) -> None:
    assert signals(0.9, 0.1, 0.0, 1.0, 0.0, 0.0, length)[-2:] == (short, long)


@given(SHARE, SHARE, SHARE, SHARE, SHARE, SHARE, st.integers(0, 2000))
def test_a_probability_is_never_outside_0_and_1(
    top: float, second: float, unclear: float, known: float, agree: float, conflict: float, length: int
) -> None:
    sure = Confidence(-3.0, (5.0, 1.0, -2.0, 1.0, 3.0, -3.0, -1.0, 1.0))
    assert 0.0 <= sure.probability(signals(top, second, unclear, known, agree, conflict, length)) <= 1.0


def test_a_clearer_lead_gives_more_confidence() -> None:
    sure = Confidence(0.0, (1.0, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    chances = [sure.probability(signals(top, 1 - top, 0.0, 1.0, 0.0, 0.0, 9)) for top in (0.5, 0.7, 0.9, 0.99)]
    assert chances == sorted(chances)


def test_json_gives_the_same_confidence() -> None:
    sure = Confidence(0.5, (1.0, 0.2, -0.1, 0.0, 0.4, -0.4, 0.3, 0.1))
    assert Confidence.from_json(sure.to_json()) == sure


def test_a_missing_signal_is_an_error() -> None:
    with pytest.raises(KeyError):
        Confidence.from_json({"bias": 0.0, "weights": {"top": 1.0}})
