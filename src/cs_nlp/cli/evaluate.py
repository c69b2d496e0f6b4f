"""`cs-nlp evaluate`: measure a model on labelled messages, and hold it against a gate."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cs_nlp.cli.common import dump
from cs_nlp.errors import CsNlpError

if TYPE_CHECKING:
    from cs_nlp.assistant import Assistant
    from cs_nlp.evaluate.gate import Outcome
    from cs_nlp.evaluate.trial import Trial


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("evaluate", help="measure a model on labelled messages")
    parser.add_argument("--model", metavar="DIR", help="a trained bundle (default: the shipped one)")
    parser.add_argument(
        "--data", required=True, action="append", metavar="T.jsonl", help="labelled messages; repeatable"
    )
    parser.add_argument("--text-field", metavar="NAME", help="column of the text (default: the usual names)")
    parser.add_argument("--label-field", metavar="NAME", help="column of the label (default: the usual names)")
    parser.add_argument("--oos-label", metavar="NAME", help="label of out-of-scope messages (default: the bundle's)")
    parser.add_argument("--baseline", metavar="DIR", help='a bundle to compare with, or "default" for the shipped one')
    parser.add_argument(
        "--train", action="append", metavar="A.jsonl", help="the training data, to look for leaks; repeatable"
    )
    parser.add_argument(
        "--check-labels", action="store_true", help="with --train: judge its labels, too (as slow as training)"
    )
    parser.add_argument(
        "--behaviour",
        nargs="?",
        const="default",
        metavar="PACK.yaml",
        help="run behavioural tests, the packaged ones by default",
    )
    parser.add_argument(
        "--costs", metavar="COSTS.yaml", help="what wrong severities cost (default: the packaged costs)"
    )
    parser.add_argument("--gate", metavar="GATE.yaml", help="exit 1 when one of its checks fails")
    parser.add_argument("--report", metavar="DIR", help="write index.html and report.json there")
    parser.add_argument("--junit", metavar="FILE", help="write the outcome of the gate as JUnit XML")
    parser.add_argument("--markdown", metavar="FILE", help="write a summary for a pull request")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    from cs_nlp.assistant import Assistant
    from cs_nlp.evaluate.behaviour import read_pack
    from cs_nlp.evaluate.gate import apply_gate, read_gate
    from cs_nlp.evaluate.severity import read_costs
    from cs_nlp.evaluate.trial import report_of, try_out

    _refuse_incomplete(args)
    checks = read_gate(Path(args.gate)) if args.gate else ()
    pack = read_pack(None if args.behaviour == "default" else Path(args.behaviour)) if args.behaviour else ()
    bot = Assistant.load(args.model)
    baseline = Assistant.load(None if args.baseline == "default" else args.baseline) if args.baseline else None
    trial = try_out(
        bot,
        _examples(args, args.data),
        outside=args.oos_label,
        baseline=baseline,
        training=_examples(args, args.train) if args.train else None,
        pack=pack,
        check_labels=args.check_labels,
        costs=read_costs(Path(args.costs)) if args.costs else None,
    )
    _say_unknown(bot, trial)
    outcomes = apply_gate(checks, trial.summary, trial.baseline)
    if args.report:
        report_of(bot, trial, outcomes, _facts(args, trial)).write(Path(args.report))
    _write_files(args, trial, outcomes)
    if args.json:
        print(dump(trial.summary))
    else:
        _print(trial)
    for outcome in outcomes:
        print(outcome, file=sys.stderr if args.json else sys.stdout)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _refuse_incomplete(args: argparse.Namespace) -> None:
    """An option that does nothing without another one is a mistake, and in a build one that nobody would see."""
    for name, needed in (("check_labels", "train"), ("junit", "gate")):
        if getattr(args, name) and not getattr(args, needed):
            raise CsNlpError(f"--{name.replace('_', '-')} needs --{needed}")


def _examples(args: argparse.Namespace, names: Sequence[str]) -> list[Any]:
    from cs_nlp.errors import DatasetError
    from cs_nlp.train.dataset import read_examples

    found = read_examples([Path(name) for name in names], text_field=args.text_field, label_field=args.label_field)
    if not found:
        raise DatasetError([f"{', '.join(names)}: no labelled message in there"])
    return list(found)


def _say_unknown(bot: Assistant, trial: Trial) -> None:
    """Names labels that the model cannot give: a wrong column, or a model of other intents."""
    known = {*bot.analyzer.labels, trial.outside}
    strange = sorted({row.gold for row in trial.rows if not known.intersection((row.gold, row.second, *row.others))})
    if strange:
        rows = sum(row.gold in strange for row in trial.rows)
        names = ", ".join(strange[:5]) + (", …" if len(strange) > 5 else "")
        print(f"warning: the model has no label {names}; {rows} messages cannot come out right", file=sys.stderr)


def _facts(args: argparse.Namespace, trial: Trial) -> list[tuple[str, str]]:
    facts = [("模型", args.model or "自带模型"), ("数据", "、".join(Path(name).name for name in args.data))]
    facts += [("消息", f"{len(trial.rows):,} 条")]
    facts += [("基线", "自带模型" if args.baseline == "default" else args.baseline)] if args.baseline else []
    facts += [("越界标签", trial.outside)] if trial.outside is not None else []
    return [*facts, ("时间", f"{datetime.now():%Y-%m-%d %H:%M}")]


def _write_files(args: argparse.Namespace, trial: Trial, outcomes: Sequence[Outcome]) -> None:
    from cs_nlp.evaluate.gate_files import junit, markdown
    from cs_nlp.files import write_atomic

    if args.junit:
        write_atomic(Path(args.junit), junit(outcomes))
    if args.markdown:
        write_atomic(Path(args.markdown), markdown(outcomes, trial.summary, trial.baseline).encode("utf-8"))


def _print(trial: Trial) -> None:
    bounds = trial.summary["intervals"]
    for name, value in trial.summary.items():
        if isinstance(value, dict):
            continue
        between = f"   95 % {bounds[name]['low']:.4f} – {bounds[name]['high']:.4f}" if name in bounds else ""
        print(f"{name:20} {value}{between}")
    print(f"{'ece':20} {trial.summary['calibration']['ece']}")
    costs = trial.summary.get("severity_costs")
    if costs:
        print(f"{'severity_cost':20} {costs['per_message']}   (all N: {costs['all_normal']})")
    leaks = trial.summary.get("leaks")
    if leaks:
        print(f"{'leaks':20} {leaks['messages']} ({leaks['exact']} equal, {leaks['near']} near)")
    labels = trial.summary.get("training_labels")
    if labels:
        print(f"{'training labels':20} held out right {labels['held_out_right']}, suspected {labels['suspected']}")
    for result in trial.behaviour:
        if not result.passed:
            print(
                f"{'behaviour':20} {result.test.id} {result.rate:.0%} of {result.cases}, needed {result.test.least:.0%}"
            )
    if trial.comparison is not None:
        found = trial.comparison.summary
        print(
            f"{'against baseline':20} mended {found['mended']}, broken {found['broken']}, McNemar p {found['p_value']:.3g}"
        )
