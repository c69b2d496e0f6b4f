"""The policy: which of the three actions, by the first step of an ordered table whose conditions hold. A pure function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

from cs_nlp.resources import Faults, Node, packaged, read_yaml
from cs_nlp.types import Action, Emotion, Severity

_THRESHOLDS = ("direct", "clarify")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score on the bot answers, and from which it asks back.

    Attributes:
        direct: Answer at or above, 0–1.
        clarify: Ask back at or above, hand over below, 0–1.
        per_intent: A `direct` of its own for an intent.
    """

    direct: float = 0.8
    clarify: float = 0.3
    per_intent: Mapping[str, float] | None = None

    def direct_for(self, intent: str) -> float:
        """The `direct` threshold of an intent."""
        return (self.per_intent or {}).get(intent, self.direct)


class Situation(NamedTuple):
    """All that the policy looks at; a named tuple, because one is made for every message.

    Attributes:
        intent: Best intent.
        score: Its score: the calibrated probability that it is right, 0–1.
        severity: How bad it is.
        emotion: How the customer feels.
        unclear: Whether the message cannot be understood without the turns before it.
        repeated: Whether it says that it is not the first time.
        has_answer: Whether there is an FAQ entry that may be said.
        failures: How often the bot has failed in this conversation.
        notes: Codes of what was odd about the input.
    """

    intent: str
    score: float
    severity: Severity = Severity.N
    emotion: Emotion = Emotion.CALM
    unclear: bool = False
    repeated: bool = False
    has_answer: bool = True
    failures: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the policy: conditions that must all hold, and what is done then. None asks for nothing."""

    reason: str
    action: Action
    intents: frozenset[str] | None = None
    severities: frozenset[str] | None = None
    emotions: frozenset[str] | None = None
    notes: frozenset[str] | None = None
    score: float | None = None
    unclear: bool | None = None
    repeated: bool | None = None
    failures: int | None = None
    reaches: str | None = None
    answer: bool | None = None

    def tests(self) -> tuple[Test, ...]:
        """The conditions that are there, but for the one on the intent, each as a function."""
        given = [(test, getattr(self, name)) for name, test in _TESTS.items()]
        return tuple(test(value) for test, value in given if value is not None)


Test = Callable[[Situation, Thresholds], bool]
_Plan = tuple[tuple[tuple[Test, ...], Step], ...]
_OTHER = ""  # the intents that no step names


def _severities(names: frozenset[str]) -> Test:
    levels = tuple(Severity(name) for name in names)
    return lambda now, _: now.severity in levels


def _emotions(names: frozenset[str]) -> Test:
    feelings = tuple(Emotion(name) for name in names)
    return lambda now, _: now.emotion in feelings


def _reaches(name: str) -> Test:
    if name == "direct":
        return lambda now, thresholds: now.score >= thresholds.direct_for(now.intent)
    return lambda now, thresholds: now.score >= thresholds.clarify


_TESTS: Mapping[str, Callable[[Any], Test]] = {
    "severities": _severities,
    "emotions": _emotions,
    "notes": lambda codes: lambda now, _: not codes.isdisjoint(now.notes),
    "score": lambda least: lambda now, _: now.score >= least,
    "unclear": lambda wanted: lambda now, _: now.unclear == wanted,
    "repeated": lambda wanted: lambda now, _: now.repeated == wanted,
    "failures": lambda least: lambda now, _: now.failures >= least,
    "reaches": _reaches,
    "answer": lambda wanted: lambda now, _: now.has_answer == wanted,
}
"""For each condition of a step but that on the intent, what makes its test."""

_CONDITIONS = ("intents", *_TESTS)


@dataclass(frozen=True)
class Policy:
    """The ordered steps with their texts.

    >>> policy = Policy.default()
    >>> policy.decide(Situation("delivery_status", 0.95), Thresholds()).reason
    'confident'
    >>> policy.decide(Situation("safety", 0.4, Severity.S), Thresholds()).action.value
    'handoff'
    """

    steps: tuple[Step, ...]
    direct: float | None
    clarify: float | None
    options: int
    menu: tuple[str, ...]
    clarify_question: str
    clarify_open: str
    texts: Mapping[str, str]

    @classmethod
    def default(cls) -> Policy:
        """The packaged policy."""
        return _default()

    @classmethod
    def from_yaml(cls, file: Traversable | Path) -> Policy:
        """Reads a policy file.

        Raises:
            DataFileError: If the file has faults; all are listed.
        """
        faults = Faults()
        policy = _parse(read_yaml(file, faults))
        faults.check()
        return policy

    def thresholds(self, trained: Thresholds) -> Thresholds:
        """What was chosen in training, with what the policy file overrides."""
        return Thresholds(
            trained.direct if self.direct is None else self.direct,
            trained.clarify if self.clarify is None else self.clarify,
            trained.per_intent if self.direct is None else None,
        )

    def decide(self, now: Situation, thresholds: Thresholds) -> Step:
        """The first step whose conditions hold; the last step of a policy has none, so there is always one."""
        plans = self._plans if now.notes else self._plans_without_notes
        for tests, step in plans.get(now.intent) or plans[_OTHER]:
            for test in tests:
                if not test(now, thresholds):
                    break
            else:
                return step
        return self.steps[-1]

    @cached_property
    def _plans(self) -> Mapping[str, _Plan]:
        """For each intent that a step names, and for all others, the steps that may hold with what is left to ask."""
        named = {intent for step in self.steps for intent in step.intents or ()}
        tests = [step.tests() for step in self.steps]
        return {
            intent: tuple(
                (asked, step)
                for asked, step in zip(tests, self.steps, strict=True)
                if step.intents is None or intent in step.intents
            )
            for intent in sorted(named | {_OTHER})
        }

    @cached_property
    def _plans_without_notes(self) -> Mapping[str, _Plan]:
        """The same for a message of which nothing was noted: most of them."""
        return {intent: tuple(one for one in plan if one[1].notes is None) for intent, plan in self._plans.items()}

    def text(self, reason: str) -> str:
        """What the customer is told on a handoff for this reason."""
        return self.texts.get(reason) or self.texts["default"]


@lru_cache(maxsize=1)
def _default() -> Policy:
    return Policy.from_yaml(packaged("policy.yaml"))


def _parse(top: Node) -> Policy:
    top.only("version", "thresholds", "options", "steps", "menu", "clarify_question", "clarify_open", "texts")
    thresholds = top.child("thresholds")
    thresholds.only(*_THRESHOLDS)
    steps = tuple(_step(node) for node in top.nodes("steps"))
    last = steps[-1] if steps else None
    if last is None or any(getattr(last, name) is not None for name in _CONDITIONS):
        top.fail("steps", "the last step must have no conditions, so that every message is decided")
    texts = top.child("texts")
    return Policy(
        steps=steps,
        direct=_threshold(thresholds, "direct"),
        clarify=_threshold(thresholds, "clarify"),
        options=int(top.number("options", 3, low=2, high=5)),
        menu=top.texts("menu"),
        clarify_question=top.text("clarify_question"),
        clarify_open=top.text("clarify_open"),
        texts={"default": texts.text("default"), **{key: texts.text(key) for key in texts}},
    )


def _threshold(node: Node, name: str) -> float | None:
    value = node.text(name, "model")
    return None if value == "model" else node.number(name)


def _step(node: Node) -> Step:
    node.only("reason", "action", *_CONDITIONS)
    given = set(node)

    def names(key: str, among: tuple[str, ...] | None = None) -> frozenset[str] | None:
        return frozenset(node.texts(key, among=among)) if key in given else None

    def flag(key: str) -> bool | None:
        return node.flag(key, False) if key in given else None

    actions = {action.value: action for action in Action}
    return Step(
        reason=node.text("reason"),
        action=actions.get(node.text("action", among=tuple(actions)), Action.HANDOFF),
        intents=names("intents"),
        severities=names("severities", tuple(Severity.__members__)),
        emotions=names("emotions", tuple(emotion.value for emotion in Emotion)),
        notes=names("notes"),
        score=node.number("score") if "score" in given else None,
        unclear=flag("unclear"),
        repeated=flag("repeated"),
        failures=int(node.number("failures", low=1, high=100)) if "failures" in given else None,
        reaches=node.text("reaches", among=_THRESHOLDS) if "reaches" in given else None,
        answer=flag("answer"),
    )
