from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.types import Emotion, Severity
from cs_nlp.understand.rules import Rule, RuleHit
from cs_nlp.understand.severity import emotion, severity

LEVELS = ("A", "B", "N", "S")
MOODS = ("angry", "anxious", "calm")


def hit(kind: str, label: str) -> RuleHit:
    return RuleHit(Rule("r", kind, label, 0.9, "r.yaml:1"), ((0, 1),))


HITS = st.lists(
    st.sampled_from([hit("severity", level) for level in "SAB"] + [hit("emotion", "angry"), hit("intent", "x")])
)
CHANCES = st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4).map(
    lambda parts: [part / sum(parts) for part in parts]
)


@pytest.mark.parametrize(
    ("chances", "hits", "level"),
    [
        ([0.0, 0.0, 1.0, 0.0], [], Severity.N),
        ([0.3, 0.0, 0.1, 0.6], [], Severity.S),
        ([0.3, 0.0, 0.4, 0.3], [], Severity.A),
        ([0.1, 0.2, 0.5, 0.2], [], Severity.B),
        ([0.1, 0.1, 0.7, 0.1], [], Severity.N),
        ([0.0, 0.0, 1.0, 0.0], [hit("severity", "S")], Severity.S),
        ([0.0, 0.0, 1.0, 0.0], [hit("severity", "B"), hit("severity", "A")], Severity.A),
        ([0.0, 0.0, 0.0, 1.0], [hit("severity", "B")], Severity.S),
        ([0.0, 0.0, 1.0, 0.0], [hit("intent", "S")], Severity.N),
    ],
)
def test_rules_and_head_can_only_raise(chances: list[float], hits: list[RuleHit], level: Severity) -> None:
    assert severity(LEVELS, chances, hits) is level


@given(CHANCES, HITS, HITS)
def test_more_hits_never_lower_the_level(chances: list[float], hits: list[RuleHit], more: list[RuleHit]) -> None:
    assert severity(LEVELS, chances, hits + more).rank >= severity(LEVELS, chances, hits).rank


@pytest.mark.parametrize(
    ("chances", "hits", "mood"),
    [
        ([0.1, 0.2, 0.7], [], Emotion.CALM),
        ([0.1, 0.7, 0.2], [], Emotion.ANXIOUS),
        ([0.1, 0.2, 0.7], [hit("emotion", "anxious"), hit("emotion", "angry")], Emotion.ANGRY),
        ([0.8, 0.1, 0.1], [hit("emotion", "anxious")], Emotion.ANGRY),
    ],
)
def test_the_strongest_emotion_counts(chances: list[float], hits: list[RuleHit], mood: Emotion) -> None:
    assert emotion(MOODS, chances, hits) is mood


def test_without_heads_only_rules_speak() -> None:
    assert (severity((), [], []), emotion((), [], [])) == (Severity.N, Emotion.CALM)
    assert severity((), [], [hit("severity", "A")]) is Severity.A
    assert emotion((), [], [hit("emotion", "angry")]) is Emotion.ANGRY


def test_levels_are_ranked() -> None:
    assert [Severity(level).rank for level in "NBAS"] == [0, 1, 2, 3]
