"""Tries one way of training and measures it on real messages: one row of docs/experiments.md.

    python benchmarks/experiments.py --name "no skip-grams" --block skip=0
    python benchmarks/experiments.py --name "C = 2" --strength 2

Trains the intent head only, on data/ without folds, and prints the share of clear messages whose intent is right
(all, chat, reviews), the recall of unclear ones, and the coverage at 90 % precision by the plain probability.
The messages it is measured on are read, never trained on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from cs_nlp.text import read
from cs_nlp.train.fit import Knowledge
from cs_nlp.train.heads import fit_head, softmax
from cs_nlp.train.shipped import training_examples
from cs_nlp.train.space import DEFAULT_WEIGHTS, FeatureSpace
from cs_nlp.understand.analyzer import Reader
from cs_nlp.understand.features import features

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="baseline", help="what is tried")
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real" / "messages_dev.jsonl")
    parser.add_argument("--strength", type=float, default=2.0)
    parser.add_argument("--least", type=int, default=3)
    parser.add_argument("--most", type=int, default=60_000)
    parser.add_argument("--block", action="append", default=[], metavar="NAME=WEIGHT")
    parser.add_argument("--without", action="append", default=[], metavar="FILE", help="leave a training file out")
    parser.add_argument("--no-second", action="store_true", help="count second labels as negatives")
    args = parser.parse_args()
    if not args.real.is_file():
        print(f"{args.real} is not here; nothing to measure on", file=sys.stderr)
        return 0
    weights = DEFAULT_WEIGHTS | {name: float(value) for name, value in (item.split("=") for item in args.block)}
    examples = [example for example in training_examples(ROOT) if example.source not in args.without]
    tests = [json.loads(line) for line in args.real.read_text(encoding="utf-8").splitlines()]
    knowledge = Knowledge.default("unclear")
    reader = Reader(knowledge.lexicon, knowledge.rules, knowledge.segmenter)
    start = time.perf_counter()
    rows = [features(reader.read(read(example.text)).view) for example in examples]
    space = FeatureSpace.learn(rows, weights, least=args.least, most=args.most)
    second = None if args.no_second else [example.second for example in examples]
    targets = [example.intent for example in examples]
    head = fit_head(space.matrix(rows), targets, also=second, strength=args.strength)
    chances = softmax(head.scores(space.matrix([features(reader.read(read(row["text"])).view) for row in tests])))
    figures = measure(chances, head.labels, tests)
    cells = [args.name, f"{len(rows):,}", f"{len(space.idf):,}", *(f"{value:.3f}" for value in figures)]
    print("| " + " | ".join([*cells, f"{time.perf_counter() - start:.0f} s"]) + " |", flush=True)
    return 0


def measure(chances: np.ndarray, labels: tuple[str, ...], tests: list[dict]) -> list[float]:
    """Right of clear ones (all, chat, review), recall of unclear ones, coverage at 90 % precision."""
    unclear = labels.index("unclear")
    called = chances.argmax(axis=1) == unclear
    known = chances.copy()
    known[:, unclear] = -1
    best, score = known.argmax(axis=1), known.max(axis=1)
    right = np.array(
        [labels[column] in (row["intent"], row["second"]) for column, row in zip(best, tests, strict=True)]
    )
    clear = np.array([row["intent"] != "unclear" for row in tests])
    chat = np.array([row["source"] == "chat" for row in tests])
    order = np.argsort(-score, kind="stable")
    precision = np.cumsum((right & clear)[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(precision >= 0.9)
    coverage = (reached[-1] + 1) / len(order) if len(reached) else 0.0
    return [
        right[clear].mean(),
        right[clear & chat].mean(),
        right[clear & ~chat].mean(),
        called[~clear].mean(),
        coverage,
    ]


if __name__ == "__main__":
    sys.exit(main())
