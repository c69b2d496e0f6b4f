"""`cs-nlp doctor`: what is probably wrong with labelled messages, worst first."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from cs_nlp.cli.common import dump
from cs_nlp.cli.numbers import count, seed
from cs_nlp.cli.train import add_data_options, read_data
from cs_nlp.errors import CsNlpError

KINDS = (
    "label",
    "twins",
    "leak",
    "thin",
    "overlap",
    "rule_conflict",
    "rule_model",
    "rule_shadowed",
    "rule_dead",
)


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("doctor", help="find wrong labels, leaks, thin intents and odd rules")
    add_data_options(parser)
    parser.add_argument("--test", action="append", default=[], metavar="FILE", help="a test set to look for leaks into")
    parser.add_argument("--rules", action="store_true", help="also check the packaged rules against the messages")
    parser.add_argument("--top", type=count, default=20, metavar="N", help="findings shown of each kind (default: 20)")
    parser.add_argument("--ranking", metavar="OUT.jsonl", help="write every message, the most doubtful label first")
    parser.add_argument("--json", action="store_true", help="print all findings as JSON lines")
    parser.add_argument(
        "--fail-on",
        action="append",
        default=[],
        choices=KINDS,
        metavar="KIND",
        help=f"exit 1 when there is such a one: {', '.join(KINDS)}",
    )
    parser.add_argument("--seed", type=seed, default=0, help="the same seed gives the same findings (default: 0)")
    parser.add_argument("--jobs", type=count, default=2, metavar="N", help="processes (default: 2)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    from cs_nlp.files import write_atomic
    from cs_nlp.text import Segmenter
    from cs_nlp.train.dataset import read_examples
    from cs_nlp.train.doctor import Questions, diagnose
    from cs_nlp.understand.lexicon import Lexicon
    from cs_nlp.understand.reader import Reader
    from cs_nlp.understand.rules import RuleBook

    if "leak" in args.fail_on and not args.test:
        raise CsNlpError("--fail-on leak needs --test")
    columns = {"text_field": args.text_field, "label_field": args.label_field}
    examples = read_data(args)
    test = read_examples([Path(name) for name in args.test], **columns)
    rules = args.rules or any(kind.startswith("rule_") for kind in args.fail_on)
    reader = Reader(Lexicon.default(), RuleBook.default(), Segmenter()) if rules else None
    asked = Questions(test=test, reader=reader, seed=args.seed, jobs=args.jobs, progress=_say)
    found = diagnose(examples, asked)
    if args.ranking:
        lines = [
            {
                "text": examples[row].text,
                "intent": examples[row].intent,
                "suggested": found.suggested[row],
                "suspicion": found.suspicion[row],
                "place": f"{examples[row].source}:{examples[row].row}",
            }
            for row in found.ranking
        ]
        write_atomic(Path(args.ranking), "".join(dump(line) + "\n" for line in lines).encode("utf-8"))
    shown: Counter[str] = Counter()
    for item in found.findings:
        shown[item.kind] += 1
        if args.json:
            fields = {"kind": item.kind, "score": item.score, "note": item.note, "suggestion": item.suggestion}
            print(dump({**fields, "places": list(item.places)}))
        elif shown[item.kind] <= args.top:
            print(f"{item.kind:13} {item.score:.2f}  {item.note}  {' '.join(item.places)}")
    if not args.json:
        print("; ".join(f"{kind} {count}" for kind, count in shown.items()) or "nothing found")
    return 1 if any(kind in shown for kind in args.fail_on) else 0


def _say(line: str) -> None:
    print(line, file=sys.stderr)
