"""Support and precision of every rule on data/ and on real messages: `python benchmarks/rules.py > docs/rules.md`.

An intent rule is right when its label is the first or the second intent; a severity rule when the message is at least
as bad; an emotion rule when the emotion is at least as strong. The last two columns are for rules of severity S on
reviews of food: right are those about illness, foreign bodies or fakes, wrong those with none of these and no event of
spoilage or hygiene either; what lies between is not counted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

from cs_nlp.text import read
from cs_nlp.train.dataset import Example, read_examples
from cs_nlp.train.shipped import training_examples
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.rules import Rule, RuleBook

ROOT = Path(__file__).resolve().parent.parent
_HARM = {"身体不适", "异物", "售卖假货"}
_DOUBTFUL = {"变质", "临期", "过期", "回收食品", "经营环境", "食品不熟"}
_ORDER = {"severity": ("N", "B", "A", "S"), "emotion": ("calm", "anxious", "angry")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    args = parser.parse_args()
    lexicon, book = Lexicon.default(), RuleBook.default()
    counts = {"data": count(training_examples(ROOT), lexicon, book)}
    if args.real.is_dir():
        counts["real"] = count(read_examples([args.real / "messages_dev.jsonl"]), lexicon, book)
        counts["food"] = count_food(args.real / "food_safety_reviews.jsonl", lexicon, book)
    print("# Rules and how often they are right\n")
    print("`python benchmarks/rules.py > docs/rules.md` prints this table: how often each rule fires and is right.\n")
    print("| rule | sets | label | " + " | ".join(f"{name} | right" for name in counts) + " |")
    print("| --- | --- | --- |" + " ---: | ---: |" * len(counts))
    for rule in book.rules:
        if rule.kind != "flag":
            cells = [cell for name in counts for cell in share(*counts[name][rule.id])]
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


def count_food(file: Path, lexicon: Lexicon, book: RuleBook) -> dict[str, list[int]]:
    """How often each rule of severity S fires on reviews of food and is right."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        events, text = set(row["events"]), read(row["text"]).text
        if events & _HARM or not events & _DOUBTFUL:
            for hit in book.find(text, lexicon.find(text)):
                if hit.rule.label == "S":
                    found[hit.rule.id][0] += 1
                    found[hit.rule.id][1] += bool(events & _HARM)
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
