from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.decide.policy import Policy, Situation, Step, Thresholds
from cs_nlp.types import Action, Emotion, Severity
from cs_nlp.understand.taxonomy import Taxonomy

POLICY = Policy.default()
BARS = Thresholds(direct=0.8, clarify=0.3)
SURE = Situation("invoice", 0.95)
SITUATIONS = st.builds(
    Situation,
    intent=st.sampled_from(Taxonomy.default().labels),
    score=st.floats(0.0, 1.0),
    severity=st.sampled_from(Severity),
    emotion=st.sampled_from(Emotion),
    unclear=st.booleans(),
    repeated=st.booleans(),
    has_answer=st.booleans(),
    failures=st.integers(0, 4),
    notes=st.sampled_from([(), ("truncated",), ("empty",)]),
)


@pytest.mark.parametrize(
    ("now", "action", "reason"),
    [
        (SURE, "answer", "confident"),
        (SURE._replace(score=0.8), "answer", "confident"),
        (SURE._replace(score=0.79), "clarify", "ambiguous"),
        (SURE._replace(score=0.3), "clarify", "ambiguous"),
        (SURE._replace(score=0.29), "handoff", "not_sure"),
        (SURE._replace(has_answer=False), "handoff", "no_answer_on_file"),
        (SURE._replace(unclear=True), "clarify", "depends_on_context"),
        (SURE._replace(notes=("empty",)), "clarify", "empty_input"),
        (SURE._replace(severity=Severity.S), "handoff", "severity_s"),
        (SURE._replace(severity=Severity.A), "answer", "confident"),
        (SURE._replace(severity=Severity.A, repeated=True, emotion=Emotion.ANGRY), "handoff", "needs_remedy"),
        (SURE._replace(failures=2), "answer", "confident"),
        (SURE._replace(failures=2, score=0.5), "handoff", "repeated_failure"),
        (SURE._replace(failures=2, unclear=True), "handoff", "repeated_failure"),
        (SURE._replace(failures=2, notes=("rejected_options",)), "handoff", "repeated_failure"),
        (SURE._replace(failures=1, notes=("rejected_options",)), "clarify", "rejected_options"),
        (Situation("request_human", 0.6), "handoff", "wants_human"),
        (Situation("safety", 0.6), "handoff", "safety_matter"),
        (Situation("account_security", 0.6), "handoff", "safety_matter"),
        (Situation("counterfeit", 0.6), "handoff", "senior_matter"),
        (Situation("complaint", 0.6, emotion=Emotion.ANGRY), "handoff", "angry_complaint"),
    ],
)
def test_the_packaged_policy_decides(now: Situation, action: str, reason: str) -> None:
    step = POLICY.decide(now, BARS)
    assert (step.action.value, step.reason) == (action, reason)


@given(SITUATIONS)
def test_every_situation_is_decided(now: Situation) -> None:
    step = POLICY.decide(now, BARS)
    assert step.reason
    assert POLICY.text(step.reason)


@given(SITUATIONS)
def test_an_urgent_message_always_reaches_a_human(now: Situation) -> None:
    urgent = now._replace(severity=Severity.S, notes=())
    assert POLICY.decide(urgent, BARS).action is Action.HANDOFF


@given(SITUATIONS)
def test_only_a_sure_and_clear_message_is_answered(now: Situation) -> None:
    if POLICY.decide(now, BARS).action is Action.ANSWER:
        assert now.score >= BARS.direct and now.has_answer and not now.unclear


@given(SITUATIONS)
def test_nothing_is_answered_without_an_answer(now: Situation) -> None:
    assert POLICY.decide(now._replace(has_answer=False), BARS).action is not Action.ANSWER


def test_an_intent_can_have_a_threshold_of_its_own() -> None:
    bars = Thresholds(0.8, 0.3, {"invoice": 0.97})
    assert (bars.direct_for("invoice"), bars.direct_for("coupon")) == (0.97, 0.8)
    assert POLICY.decide(SURE, bars).reason == "ambiguous"


@pytest.mark.parametrize(
    ("condition", "changed"),
    [
        ({"intents": frozenset({"coupon"})}, {"intent": "coupon"}),
        ({"severities": frozenset("A")}, {"severity": Severity.A}),
        ({"emotions": frozenset({"angry"})}, {"emotion": Emotion.ANGRY}),
        ({"notes": frozenset({"truncated"})}, {"notes": ("truncated",)}),
        ({"score": 0.97}, {"score": 0.97}),
        ({"unclear": True}, {"unclear": True}),
        ({"repeated": True}, {"repeated": True}),
        ({"failures": 1}, {"failures": 1}),
        ({"answer": False}, {"has_answer": False}),
        ({"reaches": "direct"}, {"score": 0.8}),
    ],
)
def test_each_condition_asks_for_its_own_thing(condition: dict[str, object], changed: dict[str, object]) -> None:
    step = Step("x", Action.ANSWER, **condition)  # type: ignore[arg-type]
    base = SURE._replace(score=0.5) if "reaches" in condition else SURE
    policy = replace(POLICY, steps=(step, Step("last", Action.HANDOFF)))
    assert policy.decide(base, BARS).reason == "last"
    assert policy.decide(base._replace(**changed), BARS).reason == "x"  # type: ignore[arg-type]


def written(folder: Path, thresholds: str, steps: str = "[{reason: last, action: handoff}]") -> Policy:
    file = folder / "policy.yaml"
    file.write_text(
        f"version: 1\nthresholds: {thresholds}\nsteps: {steps}\nclarify_question: 哪一个？\nclarify_open: 什么？\n"
        "texts: {default: 请稍等。, last: 到底了。}\n",
        encoding="utf-8",
    )
    return Policy.from_yaml(file)


def test_a_policy_file_overrides_the_trained_thresholds(tmp_path: Path) -> None:
    trained = Thresholds(0.7, 0.2, {"invoice": 0.9})
    assert written(tmp_path, "{}").thresholds(trained) == trained
    assert written(tmp_path, "{direct: model, clarify: 0.4}").thresholds(trained) == Thresholds(
        0.7, 0.4, {"invoice": 0.9}
    )
    assert written(tmp_path, "{direct: 0.95}").thresholds(trained) == Thresholds(0.95, 0.2, None)


def test_a_reason_without_a_text_gets_the_default(tmp_path: Path) -> None:
    policy = written(tmp_path, "{}")
    assert (policy.text("last"), policy.text("other")) == ("到底了。", "请稍等。")


def test_the_first_step_that_holds_decides(tmp_path: Path) -> None:
    policy = written(tmp_path, "{}", "[{reason: a, action: clarify, unclear: false}, {reason: b, action: answer}]")
    assert policy.decide(SURE, BARS).reason == "a"
    assert policy.decide(SURE._replace(unclear=True), BARS).reason == "b"


def test_the_packaged_policy_names_only_known_intents() -> None:
    known = set(Taxonomy.default().labels)
    named = {intent for step in POLICY.steps for intent in step.intents or ()} | set(POLICY.menu)
    assert named <= known


def test_every_text_belongs_to_a_reason() -> None:
    assert set(POLICY.texts) <= {step.reason for step in POLICY.steps} | {"default"}
