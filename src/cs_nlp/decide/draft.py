"""A check of what a human agent is about to send: politeness, empathy, promises, the question, the deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from cs_nlp.decide.tone import Tone
from cs_nlp.resources import Faults, Node, packaged, read_yaml
from cs_nlp.types import Emotion, Severity, Understanding

_PROMISE, _QUESTION, _EMPTY = "forbidden_promise", "unanswered_question", "empty"
_PROMISE_WEIGHT, _QUESTION_WEIGHT = 30, 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked.

    Attributes:
        code: Which check.
        passed: Whether it is as it should be.
        note: What is asked for, in Chinese.
        weight: What it counts.
    """

    code: str
    passed: bool
    note: str
    weight: int


@dataclass(frozen=True, slots=True)
class Check:
    """One check of `draft.yaml`; empty conditions ask for nothing."""

    code: str
    note: str
    weight: int
    needs: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()
    emotions: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()

    def concerns(self, emotion: Emotion, severity: Severity) -> bool:
        """Whether it is made for such a message."""
        return (not self.emotions or emotion.value in self.emotions) and (
            not self.severities or severity.value in self.severities
        )

    def passes(self, draft: str) -> bool:
        """Whether a draft is as it should be."""
        return (not self.needs or any(word in draft for word in self.needs)) and not any(
            word in draft for word in self.avoids
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A difficult customer: what he says, one turn after another."""

    id: str
    title: str
    turns: tuple[str, ...]


@dataclass(frozen=True)
class DraftCheck:
    """All checks and cases; immutable."""

    checks: tuple[Check, ...]
    answers: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    cases: tuple[Case, ...]
    tone: Tone

    @classmethod
    def default(cls) -> DraftCheck:
        """The packaged checks."""
        return _default()

    @classmethod
    def from_yaml(cls, file: Traversable | Path, tone: Tone | None = None) -> DraftCheck:
        """Reads a file of checks.

        Raises:
            DataFileError: If the file has faults; all are listed.
        """
        faults = Faults()
        found = _parse(read_yaml(file, faults), tone or Tone.default())
        faults.check()
        return found

    def check(self, draft: str, message: str, understanding: Understanding) -> tuple[Finding, ...]:
        """Checks the draft of a reply.

        Args:
            draft: What the agent is about to send.
            message: What the customer wrote.
            understanding: What that means.

        >>> from cs_nlp.types import Label
        >>> late = Understanding((Label("delivery_status", 0.9),), None, Severity.A, Emotion.ANGRY, 1.0)
        >>> found = DraftCheck.default().check("保证明天到", "到底什么时候到", late)
        >>> [item.code for item in found if not item.passed]
        ['polite', 'empathy', 'apology', 'next_step', 'forbidden_promise']
        """
        findings = [
            Finding(check.code, check.passes(draft), check.note, check.weight)
            for check in self.checks
            if check.concerns(understanding.emotion, understanding.severity)
        ]
        banned = self.tone.banned(draft)
        note = f"不作兑现不了的承诺：{'、'.join(banned)}" if banned else "不作兑现不了的承诺"
        findings.append(Finding(_PROMISE, not banned, note, _PROMISE_WEIGHT))
        for asks, words in self.answers.values():
            if any(word in message for word in asks):
                answered = any(word in draft for word in words)
                findings.append(Finding(_QUESTION, answered, "正面回答客户的问题", _QUESTION_WEIGHT))
                break
        if not draft.strip():
            findings.append(Finding(_EMPTY, False, "回复不能为空", _PROMISE_WEIGHT))
        return tuple(findings)


def score(findings: tuple[Finding, ...]) -> int:
    """Points of a draft, 0–100: the share of the weights that passed.

    >>> score((Finding("a", True, "", 30), Finding("b", False, "", 10)))
    75
    """
    total = sum(item.weight for item in findings)
    return round(100 * sum(item.weight for item in findings if item.passed) / total) if total else 100


@lru_cache(maxsize=1)
def _default() -> DraftCheck:
    return DraftCheck.from_yaml(packaged("draft.yaml"))


def _parse(top: Node, tone: Tone) -> DraftCheck:
    top.only("version", "checks", "answers", "cases")
    answers = {}
    for name, node in top.children("answers"):
        node.only("asks", "words")
        answers[name] = (node.texts("asks"), node.texts("words"))
    cases = []
    for node in top.nodes("cases"):
        node.only("id", "title", "turns")
        cases.append(Case(node.text("id"), node.text("title"), node.texts("turns")))
    return DraftCheck(tuple(_check(node) for node in top.nodes("checks")), answers, tuple(cases), tone)


def _check(node: Node) -> Check:
    node.only("code", "note", "weight", "needs", "avoids", "emotions", "severities")
    if "needs" not in node and "avoids" not in node:
        node.fail("", "needs or avoids is asked for")
    return Check(
        node.text("code"),
        node.text("note"),
        int(node.number("weight", low=1, high=100)),
        node.texts("needs"),
        node.texts("avoids"),
        node.texts("emotions", among=tuple(item.value for item in Emotion)),
        node.texts("severities", among=tuple(Severity.__members__)),
    )
