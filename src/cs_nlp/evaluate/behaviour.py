"""Behavioural tests of a model in Chinese: what it must know, what must not change its mind, what must not lower a level.

Three kinds, after CheckList (Ribeiro et al. 2020):

- `MFT`, minimum functionality: plain messages with the intent, severity or action they must get.
- `INV`, invariance: the message is changed (signs, width, script, a greeting before it …) and must be understood alike.
- `DIR`, direction: something is added that may only push one way: a complaint never lowers the severity.

A pack is a YAML file; the packaged one is `resources/behaviour.yaml`. In pytest:

```
@pytest.mark.parametrize("test", read_pack(), ids=lambda test: test.id)
def test_behaviour(bot, test):
    assert run_test(bot, test).rate >= test.least
```
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cs_nlp.assistant import Assistant
from cs_nlp.evaluate.changes import CHANGES, change
from cs_nlp.resources import Faults, Node, packaged, read_yaml
from cs_nlp.types import Reply, Severity

KINDS = ("MFT", "INV", "DIR")
_EXPECTED = ("intent", "severity", "action", "severity_at_least")
_KEPT = ("intent", "severity", "action")
_DIRECTIONS = ("severity_not_lower", "severity_not_higher", "action_not_answer")


@dataclass(frozen=True, slots=True)
class BehaviourTest:
    """One behaviour, with the messages that show it.

    Attributes:
        id: Its name in figures and gates.
        kind: MFT, INV or DIR.
        name: What it is about, in Chinese.
        texts: The messages.
        expect: For MFT: what each must get, e.g. `(("intent", "invoice"),)`.
        changes: For INV and DIR: names of `cs_nlp.evaluate.changes.CHANGES`, or `before:…` and `after:…` with a text.
        keep: For INV: what must stay, of intent, severity, action. For DIR: the direction.
        least: The share of cases that must pass, 0–1.
        source: `file:line`.
    """

    id: str
    kind: str
    name: str
    texts: tuple[str, ...]
    expect: tuple[tuple[str, str], ...] = ()
    changes: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    least: float = 1.0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that failed.

    Attributes:
        text: The message that was tried.
        origin: The message it was made from, or an empty string.
        wanted: What was wanted.
        found: What came.
    """

    text: str
    origin: str
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class BehaviourResult:
    """What a behaviour test found."""

    test: BehaviourTest
    cases: int
    failures: tuple[Failure, ...]

    @property
    def rate(self) -> float:
        """Share of the cases that passed."""
        return 1.0 - len(self.failures) / self.cases if self.cases else 0.0

    @property
    def passed(self) -> bool:
        """Whether enough cases passed."""
        return self.rate >= self.test.least


def read_pack(file: Traversable | Path | None = None) -> tuple[BehaviourTest, ...]:
    """Reads a pack of behavioural tests.

    Args:
        file: A YAML file; the packaged pack by default.

    Raises:
        DataFileError: If the file has faults; all are listed.

    >>> sorted({test.kind for test in read_pack()})
    ['DIR', 'INV', 'MFT']
    """
    faults = Faults()
    top = read_yaml(packaged("behaviour.yaml") if file is None else file, faults)
    if not set(top):
        faults.check()  # a file that cannot be read has one fault, not three
    top.only("version", "tests")
    tests = tuple(_test(node) for node in top.nodes("tests"))
    if not tests:
        top.fail("tests", "at least one test is needed")
    if len({test.id for test in tests}) < len(tests):
        top.fail("tests", "two tests have the same id")
    faults.check()
    return tests


def _test(node: Node) -> BehaviourTest:
    node.only("id", "kind", "name", "texts", "expect", "changes", "keep", "least")
    kind = node.text("kind", among=KINDS)
    given = set(node)
    changes = node.texts("changes")
    for name in changes:
        if name not in CHANGES and not name.startswith(("before:", "after:")):
            node.fail("changes", f"{name!r} is not known; allowed are {', '.join(CHANGES)}, before:…, after:…")
    expect: tuple[tuple[str, str], ...] = ()
    if kind == "MFT":
        wanted = node.child("expect")
        wanted.only(*_EXPECTED)
        expect = tuple((key, wanted.text(key)) for key in wanted)
    elif not changes:
        node.fail("changes", "at least one change is needed")
    keep = node.texts("keep", among=_DIRECTIONS if kind == "DIR" else _KEPT) if "keep" in given else ()
    if kind != "MFT" and not keep:
        node.fail("keep", f"is needed: {', '.join(_DIRECTIONS if kind == 'DIR' else _KEPT)}")
    texts = node.texts("texts")
    if not texts:
        node.fail("texts", "at least one message is needed")
    return BehaviourTest(
        node.text("id"), kind, node.text("name"), texts, expect, changes, keep, node.number("least", 1.0),
        f"{node.file}:{node.line}",
    )  # fmt: skip


def run_pack(bot: Assistant, tests: Sequence[BehaviourTest]) -> list[BehaviourResult]:
    """Runs all tests."""
    return [run_test(bot, test) for test in tests]


def run_test(bot: Assistant, test: BehaviourTest) -> BehaviourResult:
    """Runs one test; each message, and each message under each change, is a case."""
    failures: list[Failure] = []
    cases = 0
    for text in test.texts:
        origin = bot.reply(text)
        if test.kind == "MFT":
            cases += 1
            wanted = _unmet(origin, test.expect)
            if wanted:
                failures.append(Failure(text, "", wanted, _short(origin)))
            continue
        for name in test.changes:
            changed = change(text, name)
            if changed == text:
                continue
            cases += 1
            reply = bot.reply(changed)
            wanted = _moved(origin, reply, test.keep)
            if wanted:
                failures.append(Failure(changed, text, wanted, _short(reply)))
    return BehaviourResult(test, cases, tuple(failures))


def behaviour_figures(results: Sequence[BehaviourResult]) -> dict[str, Any]:
    """Share of cases passed by kind (`mft`, `inv`, `dir`), of all, and by test under `tests`."""
    found: dict[str, Any] = {}
    for kind in (*KINDS, "all"):
        part = [result for result in results if kind in (result.test.kind, "all")]
        cases = sum(result.cases for result in part)
        if cases:
            failed = sum(len(result.failures) for result in part)
            found[kind.lower()] = round(1.0 - failed / cases, 4)
    found["failed_tests"] = sum(not result.passed for result in results)
    found["tests"] = {result.test.id: round(result.rate, 4) for result in results}
    return found


def _unmet(reply: Reply, expect: Sequence[tuple[str, str]]) -> str:
    for key, wanted in expect:
        if key == "severity_at_least":
            met = reply.severity.rank >= Severity(wanted).rank
        else:
            met = {"intent": reply.intents[0].id, "severity": reply.severity, "action": reply.action}[key] == wanted
        if not met:
            return f"{key} {wanted}"
    return ""


def _moved(origin: Reply, reply: Reply, keep: Sequence[str]) -> str:
    """What should have stayed but did not, in words; an empty string when all is well."""
    same = {
        "intent": origin.intents[0].id == reply.intents[0].id,
        "severity": origin.severity is reply.severity,
        "action": origin.action is reply.action,
        "severity_not_lower": reply.severity.rank >= origin.severity.rank,
        "severity_not_higher": reply.severity.rank <= origin.severity.rank,
        "action_not_answer": reply.action.value != "answer",
    }
    broken = next((name for name in keep if not same[name]), "")
    return f"{broken} ← {_short(origin)}" if broken else ""


def _short(reply: Reply) -> str:
    return f"{reply.intents[0].id} {reply.intents[0].score:.2f} {reply.severity.value} {reply.action.value}"
