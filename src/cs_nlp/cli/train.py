"""`cs-nlp train`: make a model from labelled messages."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cs_nlp.cli.numbers import count, not_negative, positive, seed, share

if TYPE_CHECKING:
    from cs_nlp.bundle import Bundle
    from cs_nlp.train.dataset import Example


UNRIGHT = " (no intent is right for an out-of-scope message)"


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("train", help="train a model on labelled messages")
    add_data_options(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="where the bundle goes; must not exist")
    parser.add_argument("--base", metavar="DIR", help='a bundle to start from, or "default" for the shipped one')
    parser.add_argument("--oos-label", metavar="NAME", help="label of messages that must not be answered")
    parser.add_argument(
        "--profile", default="auto", choices=("auto", "characters", "words"), help="features (default: by the language)"
    )
    parser.add_argument("--strength", type=positive, metavar="C", help="regularisation; tuned when not given")
    parser.add_argument(
        "--tune", type=not_negative, default=0.0, metavar="SECONDS", help="limit of tuning (default: none)"
    )
    parser.add_argument("--keep-doubtful", action="store_true", help="let doubted labels count fully")
    parser.add_argument(
        "--precision", type=share, default=0.9, metavar="P", help="promised precision of answers (default: 0.9)"
    )
    parser.add_argument("--seed", type=seed, default=0, help="the same seed gives the same model (default: 0)")
    parser.add_argument("--jobs", type=count, default=2, metavar="N", help="processes (default: 2)")
    parser.set_defaults(run=run)


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that say which labelled messages are read."""
    parser.add_argument(
        "--data",
        required=True,
        action="append",
        metavar="FILE",
        help="CSV, JSONL, Excel, Parquet, or an export of Label Studio or doccano; repeatable",
    )
    parser.add_argument("--text-field", metavar="NAME", help="column of the text (default: found)")
    parser.add_argument("--label-field", metavar="NAME", help="column of the label (default: found)")
    parser.add_argument(
        "--skip-unlabelled", action="store_true", help="pass over rows without a label, such as tasks not yet done"
    )


def read_data(args: argparse.Namespace) -> list[Example]:
    """The labelled messages that `add_data_options` asked for; how many were passed over is said."""
    from cs_nlp.train.dataset import read_examples

    columns = {"text_field": args.text_field, "label_field": args.label_field}
    found = read_examples([Path(name) for name in args.data], unlabelled=args.skip_unlabelled, **columns)
    labelled = [example for example in found if example.intent]
    if len(labelled) < len(found):
        _say(f"passed over {len(found) - len(labelled)} rows without a label")
    return labelled


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    out = Path(args.out)
    if out.exists():
        raise FileExistsError(f"{out} exists; choose another folder or delete it first")
    examples = read_data(args)
    labels = {label for example in examples for label in example.labels}
    if args.oos_label is not None and args.base is None and args.oos_label not in labels:
        _say(f"warning: no message has the label {args.oos_label!r} of --oos-label")
    bundle = _trained(args, examples)
    bundle.save(out)
    found = bundle.info.get("out_of_fold", {})
    print(f"{len(examples)} messages, {len(bundle.labels)} labels, {len(bundle.model.idf)} features -> {out}")
    if args.base is None and found:
        print(
            f"out of fold: {found['right']:.1%} right{UNRIGHT if bundle.unclear in labels else ''}; "
            f"answers {found['answered']:.1%}, of these right {found['answered_right']}"
        )
    return 0


def _trained(args: argparse.Namespace, examples: list[Example]) -> Bundle:
    from cs_nlp.bundle import Bundle, shipped_bundle
    from cs_nlp.understand.taxonomy import Taxonomy

    if args.base is not None:
        from cs_nlp.train.adapt import adapt

        base = Bundle.load(shipped_bundle() if args.base == "default" else args.base)
        _say_unused(args, "--base")
        return adapt(base, examples, strength=args.strength, precision=args.precision, progress=_say)
    if {label for example in examples for label in example.labels} <= set(Taxonomy.default().labels):
        from cs_nlp.train.fit import Knowledge, Options, train

        _say_unused(args, "labels of the packaged taxonomy")
        options = Options(precision=args.precision, jobs=args.jobs)
        if args.strength is not None:
            options = replace(options, strength=args.strength)
        return train(examples, Knowledge.default(args.oos_label), options, progress=_say)
    from cs_nlp.train.general import Plan, train_general

    plan = Plan(
        unclear=args.oos_label,
        profile=args.profile,
        strength=args.strength,
        clean=not args.keep_doubtful,
        precision=args.precision,
        budget=args.tune,
        seed=args.seed,
        jobs=args.jobs,
    )
    return train_general(examples, plan, progress=_say)


def _say_unused(args: argparse.Namespace, reason: str) -> None:
    """Names the options that only the training from nothing knows."""
    given = {"--profile": args.profile != "auto", "--tune": args.tune > 0, "--keep-doubtful": args.keep_doubtful}
    unused = [name for name, used in given.items() if used]
    if unused:
        _say(f"{', '.join(unused)}: no effect with {reason}")


def _say(line: str) -> None:
    print(line, file=sys.stderr)
