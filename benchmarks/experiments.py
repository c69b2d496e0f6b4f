"""Tries ways of training and measures them on real messages: each is one row of docs/experiments.md.

    python benchmarks/experiments.py --try baseline --try pinyin
    python benchmarks/experiments.py --try baseline --strength 5 --block skip=0.5 --name "skip-grams, C = 5"

Trains the intent head only, on data/ without folds, and prints the share of clear messages whose intent is right (all,
chat, reviews, the half whose errors were read, the other half; data/eval), the recall of unclear ones, and the coverage
at 90 % precision by the plain probability. The messages it is measured on are read, never trained on. The tries stand
in tries.py. `--share 0.5` takes every second training message and a rough solver, for a first look in half the time:
rows are to be compared with a baseline of the same share only.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import Bench, Case
from cs_nlp.text import read
from cs_nlp.train.fit import Knowledge, Options
from cs_nlp.train.heads import softmax
from cs_nlp.train.shipped import training_examples
from cs_nlp.understand.features import features
from cs_nlp.understand.reader import Reader
from real import errors_were_read
from tries import TRIES

ROOT = Path(__file__).resolve().parent.parent
UNCLEAR = "unclear"


@dataclass(frozen=True)
class Test:
    """A labelled message to be measured on."""

    text: str
    right: tuple[str, str | None]
    groups: frozenset[str]


def main() -> int:
    usual = Options()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--try", action="append", dest="tries", choices=TRIES, help="a try by its name; may be repeated"
    )
    parser.add_argument("--name", help="what the row is called (default: the name of the try)")
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--share", type=float, default=1.0, help="share of the training messages that is taken")
    parser.add_argument("--strength", type=float, default=usual.strength)
    parser.add_argument("--least", type=int, default=usual.least)
    parser.add_argument("--most", type=int, default=usual.most)
    parser.add_argument("--block", action="append", default=[], metavar="NAME=WEIGHT")
    parser.add_argument("--without", action="append", default=[], metavar="FILE", help="leave a training file out")
    parser.add_argument("--no-second", action="store_true", help="count second labels as negatives")
    args = parser.parse_args()
    if not args.real.is_dir():
        print(f"{args.real} is not here; nothing to measure on", file=sys.stderr)
        return 0
    tests = [*real_tests(args.real / "messages_dev.jsonl"), *own_tests(ROOT / "data" / "eval" / "messages.jsonl")]
    bench = prepare(args, tests, usual.block_weights)
    print(
        "| try | messages | features | all | chat | reviews | read half | other half | eval | unclear | coverage | time |"
    )
    print("| --- |" + " ---: |" * 11, flush=True)
    for name in args.tries or ["baseline"]:
        start = time.process_time()
        scores, size = TRIES[name](bench)
        figures = [f"{value:.3f}" for value in measure(softmax(scores), bench.labels, tests)]
        cells = [
            args.name or name,
            f"{len(bench.train):,}",
            f"{size:,}",
            *figures,
            f"{time.process_time() - start:.0f} s",
        ]
        print("| " + " | ".join(cells) + " |", flush=True)
    return 0


def prepare(args: argparse.Namespace, tests: Sequence[Test], weights: dict[str, float]) -> Bench:
    """Reads all messages once for all tries."""
    knowledge = Knowledge.default(UNCLEAR)
    reader = Reader(knowledge.lexicon, knowledge.rules, knowledge.segmenter)

    def case(text: str, intent: str, second: str | None = None, source: str = "") -> Case:
        reading = reader.read(read(text))
        return Case(reading.view.text, features(reading.view), intent, second, source)

    examples = [example for example in training_examples(ROOT) if example.source not in args.without]
    step = round(1 / args.share)
    return Bench(
        train=[case(e.text, e.intent, None if args.no_second else e.second, e.source) for e in examples[::step]],
        tests=[case(test.text, "") for test in tests],
        reader=reader,
        weights=weights | {name: float(value) for name, value in (item.split("=") for item in args.block)},
        most=args.most,
        least=args.least,
        strength=args.strength,
        tolerance=1e-3 if step == 1 else 1e-2,
    )


def real_tests(file: Path) -> list[Test]:
    """Real messages, with their source and the half they belong to."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [
        Test(
            row["text"],
            (row["intent"], row["second"]),
            frozenset({"real", row["source"], "read half" if errors_were_read(row["id"]) else "other half"}),
        )
        for row in rows
    ]


def own_tests(file: Path) -> list[Test]:
    """The project's own evaluation messages."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Test(row["text"], (row["intent"], row["second"]), frozenset({"eval"})) for row in rows]


def measure(chances: NDArray[np.float64], labels: Sequence[str], tests: Sequence[Test]) -> list[float]:
    """Right of clear ones (all, chat, reviews, read half, other half, eval), recall of unclear ones, coverage."""
    unclear = labels.index(UNCLEAR)
    called = chances.argmax(axis=1) == unclear
    known = chances.copy()
    known[:, unclear] = -1
    best, score = known.argmax(axis=1), known.max(axis=1)
    right = np.array([labels[column] in test.right for column, test in zip(best, tests, strict=True)])
    clear = np.array([test.right[0] != UNCLEAR for test in tests])
    groups = ("real", "chat", "review", "read half", "other half", "eval")
    member = {group: np.array([group in test.groups for test in tests]) for group in groups}
    real = np.flatnonzero(member["real"])
    order = real[np.argsort(-score[real], kind="stable")]
    precision = np.cumsum((right & clear)[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(precision >= 0.9)
    coverage = (reached[-1] + 1) / len(order) if len(reached) else 0.0
    shares = [float(right[clear & member[group]].mean()) for group in groups]
    return [*shares, float(called[~clear & member["real"]].mean()), float(coverage)]


if __name__ == "__main__":
    sys.exit(main())
