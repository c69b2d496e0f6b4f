"""Rules held against labelled messages and held-out models: dead, shadowed, and contradicting ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cs_nlp.text import read
from cs_nlp.train.crossfit import CrossFit
from cs_nlp.train.dataset import Example
from cs_nlp.understand.reader import Reader
from cs_nlp.understand.rules import Rule

_LEAST = 3
_WRONG = 0.5
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """What is odd about a rule.

    Attributes:
        kind: `rule_dead`, `rule_shadowed`, `rule_conflict` (with the labels) or `rule_model` (with the model).
        score: How sure it is, 0–1.
        note: What it is.
        source: `file:line` of the rule.
        rows: Positions of the examples that show it.
        suggestion: Label that the messages have instead, or the rule that shadows it.
    """

    kind: str
    score: float
    note: str
    source: str
    rows: tuple[int, ...] = ()
    suggestion: str = ""


def check_rules(examples: Sequence[Example], reader: Reader, judged: CrossFit | None = None) -> list[RuleFinding]:
    """Looks at every rule for intents.

    Args:
        examples: Labelled messages.
        reader: Reads messages with the rules to check.
        judged: What held-out models say of the messages; rules are not held against them when None.
    """
    fired: defaultdict[str, list[int]] = defaultdict(list)
    for row, example in enumerate(examples):
        for hit in reader.read(read(example.text)).rules:
            fired[hit.rule.id].append(row)
    rules = [rule for rule in reader.rules.rules if rule.kind == "intent"]
    sets = {rule.id: frozenset(fired[rule.id]) for rule in rules}
    known = {label for example in examples for label in example.labels}
    found: list[RuleFinding] = []
    for rule in rules:
        rows = fired[rule.id]
        if not rows:
            found.append(RuleFinding("rule_dead", 0.5, f"rule {rule.id} fires on none of the messages", rule.source))
            continue
        wrong = [row for row in rows if rule.label not in examples[row].labels]
        if rule.label in known and len(wrong) >= _LEAST and len(wrong) / len(rows) >= _WRONG:
            instead = Counter(examples[row].intent for row in wrong).most_common(1)[0][0]
            note = f"rule {rule.id} says {rule.label}; {len(wrong)} of {len(rows)} messages say otherwise"
            score = round(len(wrong) / len(rows), 4)
            found.append(RuleFinding("rule_conflict", score, note, rule.source, tuple(wrong[:5]), instead))
        elif judged is not None and rule.label in known:
            found += _against_model(rule, rows, judged)
        for other in rules:
            if (
                other.id != rule.id
                and other.label == rule.label
                and other.score >= rule.score
                and len(rows) >= _LEAST
                and sets[rule.id] < sets[other.id]
            ):
                note = f"rule {rule.id} fires only where {other.id} fires, for the same label with no more weight"
                found.append(RuleFinding("rule_shadowed", 0.5, note, rule.source, tuple(rows[:3]), other.id))
                break
    order = {"rule_conflict": 0, "rule_model": 1, "rule_shadowed": 2, "rule_dead": 3}
    return sorted(found, key=lambda item: (order[item.kind], -item.score, item.source))


def _against_model(rule: Rule, rows: Sequence[int], judged: CrossFit) -> list[RuleFinding]:
    """The rule, if models that have not seen the messages are sure of something else in half of them or more."""
    said = {row: judged.labels[int(judged.chances[row].argmax())] for row in rows if judged.chances[row].max() >= _SURE}
    wrong = [row for row, label in said.items() if label != rule.label]
    if len(wrong) < _LEAST or len(wrong) / len(rows) < _WRONG:
        return []
    instead = Counter(said[row] for row in wrong).most_common(1)[0][0]
    note = (
        f"rule {rule.id} says {rule.label}; the model is sure of something else in {len(wrong)} of {len(rows)} messages"
    )
    return [RuleFinding("rule_model", round(len(wrong) / len(rows), 4), note, rule.source, tuple(wrong[:5]), instead)]
