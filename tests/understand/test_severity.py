from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.types import Emotion, Severity
from cs_nlp.understand import severity as severities
from cs_nlp.understand.rules import Rule, RuleHit
from cs_nlp.understand.severity import emotion, learned_level, severity

LEVELS = ("A", "B", "N", "S")


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
    assert severity(severities.LEVELS[learned_level(LEVELS, chances)], hits) is level


@given(CHANCES, HITS, HITS)
def test_more_hits_never_lower_the_level(chances: list[float], hits: list[RuleHit], more: list[RuleHit]) -> None:
    learned = severities.LEVELS[learned_level(LEVELS, chances)]
    assert severity(learned, hits + more).rank >= severity(learned, hits).rank


@pytest.mark.parametrize(
    ("learned", "hits", "mood"),
    [
        ("calm", [], Emotion.CALM),
        ("anxious", [], Emotion.ANXIOUS),
        ("calm", [hit("emotion", "anxious"), hit("emotion", "angry")], Emotion.ANGRY),
        ("angry", [hit("emotion", "anxious")], Emotion.ANGRY),
    ],
)
def test_the_strongest_emotion_counts(learned: str, hits: list[RuleHit], mood: Emotion) -> None:
    assert emotion(learned, hits) is mood


def test_without_head_only_rules_speak() -> None:
    assert learned_level((), []) == severities.LEVELS.index(Severity.N)
    assert severity(Severity.N, [hit("severity", "A")]) is Severity.A


def test_levels_are_ranked() -> None:
    assert [Severity(level).rank for level in "NBAS"] == [0, 1, 2, 3]
