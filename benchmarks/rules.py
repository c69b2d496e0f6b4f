"""Support and precision of every rule on data/ and on real messages: `python benchmarks/rules.py > docs/rules.md`.

An intent rule is right when its label is the first or the second intent; a severity rule when the message is at least
as bad; an emotion rule when the emotion is at least as strong.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

from cs_nlp.text import read
from cs_nlp.train.dataset import Example, read_examples
from cs_nlp.train.shipped import training_examples
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.rules import Rule, RuleBook

ROOT = Path(__file__).resolve().parent.parent
_ORDER = {"severity": ("N", "B", "A", "S"), "emotion": ("calm", "anxious", "angry")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real" / "messages_dev.jsonl")
    args = parser.parse_args()
    sets = {"data": training_examples(ROOT)}
    if args.real.is_file():
        sets["real"] = read_examples([args.real])
    lexicon, book = Lexicon.default(), RuleBook.default()
    counts = {name: count(examples, lexicon, book) for name, examples in sets.items()}
    print("# Rules and how often they are right\n")
    print("`python benchmarks/rules.py > docs/rules.md` prints this table: how often each rule fires and is right.\n")
    print("| rule | sets | label | " + " | ".join(f"{name} | right" for name in sets) + " |")
    print("| --- | --- | --- |" + " ---: | ---: |" * len(sets))
    for rule in book.rules:
        if rule.kind != "flag":
            cells = [cell for name in sets for cell in share(*counts[name][rule.id])]
            print(f"| `{rule.id}` | {rule.kind} | {rule.label} | " + " | ".join(cells) + " |")
    return 0


def count(examples: list[Example], lexicon: Lexicon, book: RuleBook) -> dict[str, list[int]]:
    """How often each rule fires and is right."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for example in examples:
        text = read(example.text).text
        for hit in book.find(text, lexicon.find(text)):
            entry = found[hit.rule.id]
            entry[0] += 1
            entry[1] += is_right(hit.rule, example)
    return found


def is_right(rule: Rule, example: Example) -> bool:
    """Whether the label of a rule fits an example."""
    if rule.kind == "intent":
        return rule.label in (example.intent, example.second)
    gold = example.severity if rule.kind == "severity" else example.emotion
    order = _ORDER.get(rule.kind, ())
    return gold in order and order.index(gold) >= order.index(rule.label)


def share(fired: int, right: int) -> tuple[str, str]:
    """Two table cells."""
    return f"{fired:,}", f"{right / fired:.0%}" if fired else "–"


if __name__ == "__main__":
    sys.exit(main())
