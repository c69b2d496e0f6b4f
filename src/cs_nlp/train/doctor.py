"""The doctor: what is probably wrong with labelled messages, worst first.

Labels are judged by models that have not seen them (confident learning, Northcutt et al. 2021, arXiv 1911.00068): a
message whose given label gets next to no probability while another gets much is looked at first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cs_nlp.train.crossfit import CrossFit, cross_fit
from cs_nlp.train.dataset import Example
from cs_nlp.train.rulecheck import RuleFinding, check_rules
from cs_nlp.train.split import letters, near_pairs
from cs_nlp.understand.reader import Reader

THIN = 20
_OVERLAP = 0.25


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Attributes:
        kind: `label`, `twins`, `leak`, `thin`, `overlap`, or one of `rulecheck.RuleFinding`.
        score: How sure it is, 0–1; findings of a kind are sorted by it.
        note: What it is, for a reader.
        rows: Positions of the examples it is about.
        places: `file:row` of each, where known.
        suggestion: The label that is probably right, or an empty string.
    """

    kind: str
    score: float
    note: str
    rows: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """All findings, by kind, and the ranking of every message by how doubtful its label is.

    Attributes:
        findings: In the order of the kinds, surest first.
        ranking: Positions of the examples, the most doubtful label first.
        suspicion: How doubtful each label is, 0–1, in the order of the examples.
        suggested: The label that held-out models prefer, in the order of the examples.
    """

    findings: tuple[Finding, ...]
    ranking: tuple[int, ...]
    suspicion: tuple[float, ...]
    suggested: tuple[str, ...]

    def of(self, kind: str) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind == kind)


@dataclass(frozen=True)
class Questions:
    """What the doctor is asked.

    Attributes:
        test: A test set that the messages must not leak into.
        reader: Reads messages with the rules to check; rules are not checked when None.
        strength: Inverse of the regularisation of the models that judge.
        seed: Seed of the folds.
        jobs: Processes.
        progress: Called with a line of text at each step.
    """

    test: Sequence[Example] = ()
    reader: Reader | None = None
    strength: float = 0.3
    seed: int = 0
    jobs: int = 1
    progress: Callable[[str], None] = field(default=lambda line: None)


def diagnose(examples: Sequence[Example], questions: Questions | None = None) -> Diagnosis:
    """Looks for what is probably wrong.

    Args:
        examples: Labelled messages.
        questions: What else is wanted.

    Raises:
        DatasetError: If there are fewer than two labels.
    """
    asked = questions or Questions()
    judged = cross_fit(examples, strength=asked.strength, seed=asked.seed, jobs=asked.jobs, progress=asked.progress)
    suspicion = judged.suspicion()
    ranking = np.argsort(-suspicion, kind="stable")
    findings = _labels(examples, judged, suspicion, ranking)
    asked.progress("looking for near-duplicates")
    findings += _twins(examples)
    findings += _leaks(examples, asked.test)
    findings += _thin(examples)
    findings += _overlaps(judged)
    if asked.reader is not None:
        asked.progress("checking the rules")
        findings += [_of_rule(item, examples) for item in check_rules(examples, asked.reader, judged)]
    return Diagnosis(
        tuple(findings),
        tuple(ranking.tolist()),
        tuple(suspicion.round(4).tolist()),
        tuple(judged.suggestions()),
    )


def _place(example: Example) -> str:
    return f"{example.source}:{example.row}" if example.row else example.source


def _labels(
    examples: Sequence[Example], judged: CrossFit, suspicion: NDArray[np.float64], ranking: NDArray[np.intp]
) -> list[Finding]:
    """Messages for which held-out models prefer another label."""
    suggested = judged.suggestions()
    found = []
    for index in ranking.tolist():
        example = examples[index]
        if suggested[index] in example.labels:
            continue
        note = f"「{example.text}」 is labelled {example.intent}, probably {suggested[index]}"
        found.append(
            Finding("label", round(float(suspicion[index]), 4), note, (index,), (_place(example),), suggested[index])
        )
    return found


def _twins(examples: Sequence[Example]) -> list[Finding]:
    """Near-duplicates with different labels; the label that more of the same letters have is suggested."""
    votes: dict[str, Counter[str]] = {}
    for example in examples:
        votes.setdefault(letters(example.text), Counter())[example.intent] += 1
    found = []
    for pair in near_pairs([example.text for example in examples]):
        a, b = examples[pair.first], examples[pair.second]
        if set(a.labels) & set(b.labels):
            continue
        count = votes[letters(a.text)] + votes[letters(b.text)]
        (best, most), *rest = count.most_common()
        suggestion = best if not rest or most > rest[0][1] else ""
        note = f"「{a.text}」 is {a.intent}, 「{b.text}」 is {b.intent}"
        rows = (pair.first, pair.second)
        found.append(Finding("twins", pair.likeness, note, rows, (_place(a), _place(b)), suggestion))
    return sorted(found, key=lambda finding: (-finding.score, finding.rows))


def _leaks(examples: Sequence[Example], test: Sequence[Example]) -> list[Finding]:
    """Test messages that stand, nearly or wholly, among the training messages, one finding a test message."""
    if not test:
        return []
    size = len(examples)
    every = [example.text for example in examples] + [example.text for example in test]
    best: dict[int, tuple[float, int]] = {}
    firsts: dict[str, int] = {}
    for index, text in enumerate(every):
        first = firsts.setdefault(letters(text), index)
        if index >= size > first:
            best[index] = (1.0, first)
    for pair in near_pairs(every):
        if pair.first < size <= pair.second and pair.likeness > best.get(pair.second, (0.0, 0))[0]:
            best[pair.second] = (pair.likeness, pair.first)
    conversations = {example.group for example in examples if example.group}
    found = []
    for index, (likeness, row) in sorted(best.items(), key=lambda item: (-item[1][0], item[0])):
        mine, theirs = examples[row], test[index - size]
        note = f"test message 「{theirs.text}」 is also in training as 「{mine.text}」"
        found.append(Finding("leak", likeness, note, (row,), (_place(theirs), _place(mine))))
    for name in sorted({example.group for example in test if example.group in conversations}):
        found.append(Finding("leak", 1.0, f"conversation {name} is in training and in the test"))
    return found


def _thin(examples: Sequence[Example]) -> list[Finding]:
    counts = Counter(label for example in examples for label in example.labels)
    return [
        Finding(
            "thin", round(1 - count / THIN, 4), f"{label} has {count} messages; {THIN} are a start", suggestion=label
        )
        for label, count in sorted(counts.items(), key=lambda item: (item[1], item[0]))
        if count < THIN
    ]


def _overlaps(judged: CrossFit) -> list[Finding]:
    """Pairs of labels that held-out models mix up in a quarter or more of the smaller one's messages."""
    found = []
    for (a, b), (mixed, share) in judged.mixed_up().items():
        if share >= _OVERLAP and mixed >= 3:
            note = (
                f"{a} and {b} are mixed up in {mixed} messages, {share:.0%} of the smaller one; merge or sharpen them"
            )
            found.append(Finding("overlap", round(min(share, 1.0), 4), note))
    return sorted(found, key=lambda finding: (-finding.score, finding.note))


def _of_rule(item: RuleFinding, examples: Sequence[Example]) -> Finding:
    places = (item.source, *(_place(examples[row]) for row in item.rows))
    return Finding(item.kind, item.score, item.note, item.rows, places, item.suggestion)
