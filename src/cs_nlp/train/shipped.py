"""Builds the shipped bundle from `data/` and `faq/` of a checkout: `python -m cs_nlp.train.shipped` (`make model`)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cs_nlp.bundle import Bundle
from cs_nlp.faq import load_entries, load_settings, to_json
from cs_nlp.train.card import model_card
from cs_nlp.train.dataset import Example, read_examples
from cs_nlp.train.fit import Knowledge, Options, Progress, train
from cs_nlp.understand.taxonomy import Taxonomy

FOLDERS = ("data/corpus", "data/dialogues")
TRAFFIC = ("echo_",)
"""Written one for one after real messages: intents, shapes and unclear ones come as often as in real traffic."""


def training_examples(root: Path) -> list[Example]:
    """The training messages of a checkout.

    Args:
        root: The folder that holds `data`.

    Raises:
        DatasetError: If a row is faulty.
    """
    files = [file for folder in FOLDERS for file in sorted((root / folder).glob("*.jsonl"))]
    return read_examples(files, labels=Taxonomy.default().labels)


def build(root: Path, progress: Progress = lambda message: None) -> Bundle:
    """Trains the shipped bundle, its knowledge base and model card included."""
    examples = training_examples(root)
    faq = to_json(load_entries(root / "faq"), load_settings(root / "faq"))
    knowledge = Knowledge.default(Taxonomy.default().unclear)
    bundle = train(examples, knowledge, Options(traffic=TRAFFIC), faq=faq, progress=progress)
    return replace(bundle, card=model_card(bundle, examples))


def main(argv: Sequence[str] | None = None) -> int:
    """Builds and writes the bundle."""
    parser = argparse.ArgumentParser(description="Build the shipped bundle from data/ and faq/.")
    parser.add_argument("--root", default=".", help="the checkout (default: this folder)")
    parser.add_argument("--out", default="models/default", help="where the bundle goes (default: models/default)")
    args = parser.parse_args(argv)
    bundle = build(Path(args.root), progress=lambda line: print(line, file=sys.stderr))  # noqa: T201
    bundle.save(Path(args.root) / args.out, replace=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
