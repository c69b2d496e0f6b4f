"""`cs-nlp evaluate`: measure a model on labelled messages, and hold it against a gate."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cs_nlp.cli.common import dump


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("evaluate", help="measure a model on labelled messages")
    parser.add_argument("--model", metavar="DIR", help="a trained bundle (default: the shipped one)")
    parser.add_argument(
        "--data", required=True, action="append", metavar="T.jsonl", help="labelled messages; repeatable"
    )
    parser.add_argument("--text-field", default="text", metavar="NAME", help="column of the text (default: text)")
    parser.add_argument("--label-field", default="intent", metavar="NAME", help="column of the label (default: intent)")
    parser.add_argument("--oos-label", metavar="NAME", help="label of out-of-scope messages (default: the bundle's)")
    parser.add_argument("--gate", metavar="GATE.yaml", help="exit 1 when one of its checks fails")
    parser.add_argument("--report", metavar="DIR", help="write report.json there")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    from cs_nlp.assistant import Assistant
    from cs_nlp.evaluate.gate import apply_gate, read_gate
    from cs_nlp.evaluate.metrics import summarize
    from cs_nlp.evaluate.run import judge
    from cs_nlp.files import write_atomic
    from cs_nlp.train.dataset import read_examples

    checks = read_gate(Path(args.gate)) if args.gate else ()
    bot = Assistant.load(args.model)
    files = [Path(name) for name in args.data]
    examples = read_examples(files, text_field=args.text_field, label_field=args.label_field)
    outside = args.oos_label if args.oos_label is not None else bot.bundle.unclear
    summary = summarize(judge(bot, examples), outside=outside)
    if args.report:
        folder = Path(args.report)
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(folder / "report.json", (dump(summary, indent=1) + "\n").encode("utf-8"))
    outcomes = apply_gate(checks, summary)
    if args.json:
        print(dump(summary))
    else:
        for name, value in summary.items():
            if not isinstance(value, dict):
                print(f"{name:20} {value}")
    for outcome in outcomes:
        print(outcome)
    return 0 if all(outcome.passed for outcome in outcomes) else 1
