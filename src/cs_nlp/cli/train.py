"""`cs-nlp train`: make a model from labelled messages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("train", help="train a model on labelled messages")
    parser.add_argument("--data", required=True, action="append", metavar="A.jsonl", help="JSONL or CSV; repeatable")
    parser.add_argument("--out", required=True, metavar="DIR", help="where the bundle goes; must not exist")
    parser.add_argument("--base", metavar="DIR", help='a bundle to start from, or "default" for the shipped one')
    parser.add_argument("--text-field", default="text", metavar="NAME", help="column of the text (default: text)")
    parser.add_argument("--label-field", default="intent", metavar="NAME", help="column of the label (default: intent)")
    parser.add_argument("--oos-label", metavar="NAME", help="label of messages that must not be answered")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    from cs_nlp.bundle import Bundle, shipped_bundle
    from cs_nlp.train.adapt import adapt
    from cs_nlp.train.dataset import read_examples
    from cs_nlp.train.fit import Knowledge, train

    out = Path(args.out)
    if out.exists():
        raise FileExistsError(f"{out} exists; choose another folder or delete it first")
    examples = read_examples(
        [Path(name) for name in args.data], text_field=args.text_field, label_field=args.label_field
    )
    if args.base is not None:
        base = Bundle.load(shipped_bundle() if args.base == "default" else args.base)
        adapt(base, examples, progress=_say).save(out)
        print(f"{len(examples)} chats on top of {args.base}, {len(base.labels)} labels -> {out}")
        return 0
    bundle = train(examples, Knowledge.default(args.oos_label), progress=_say)
    bundle.save(out)
    found = bundle.info["out_of_fold"]
    print(f"{len(examples)} messages, {len(bundle.labels)} labels, {len(bundle.model.idf)} features -> {out}")
    print(
        f"out of fold: {found['right']:.1%} right; answers {found['answered']:.1%}, of these right {found['answered_right']}"
    )
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr)
