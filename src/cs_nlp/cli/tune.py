"""`cs-nlp tune`: choose the thresholds of a bundle so that its answers keep a promised precision."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cs_nlp.cli.common import dump
from cs_nlp.cli.numbers import several, share

if TYPE_CHECKING:
    from cs_nlp.bundle import Bundle
    from cs_nlp.evaluate.promise import Promise
    from cs_nlp.evaluate.tune import Tuning


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("tune", help="choose thresholds that keep a promised precision")
    parser.add_argument(
        "--data", required=True, action="append", metavar="T.jsonl", help="labelled messages; repeatable"
    )
    parser.add_argument("--model", metavar="DIR", help="a trained bundle (default: the shipped one)")
    parser.add_argument("--out", metavar="DIR", help="where the new bundle goes; must not exist. Without it: only look")
    parser.add_argument("--precision", type=share, default=0.9, metavar="P", help="promised precision (default: 0.90)")
    parser.add_argument("--confidence", type=share, default=0.95, metavar="C", help="how sure (default: 0.95)")
    parser.add_argument("--global-only", action="store_true", help="one threshold for all intents")
    parser.add_argument(
        "--out-of-fold",
        action="store_true",
        help="the messages are those the bundle was trained on: judge each by a model trained without it",
    )
    parser.add_argument(
        "--base", metavar="DIR", help='with --out-of-fold: the bundle it was adapted from, or "default"'
    )
    parser.add_argument("--folds", type=several, default=4, metavar="N", help="with --out-of-fold (default: 4)")
    parser.add_argument("--text-field", metavar="NAME", help="column of the text (default: the usual names)")
    parser.add_argument("--label-field", metavar="NAME", help="column of the label (default: the usual names)")
    parser.add_argument("--oos-label", metavar="NAME", help="label of out-of-scope messages (default: the bundle's)")
    parser.add_argument("--json", action="store_true", help="print what was chosen as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command; exit code 1 when the data cannot support the promise."""
    from cs_nlp.bundle import Bundle, shipped_bundle
    from cs_nlp.evaluate.tune import tune, tuned

    if args.out and Path(args.out).exists():
        raise FileExistsError(f"{args.out} exists; choose another folder or delete it first")
    bundle = Bundle.load(args.model or shipped_bundle())
    outside = args.oos_label if args.oos_label is not None else bundle.unclear
    found = tune(
        _rows(args, bundle),
        bundle.thresholds,
        outside=outside,
        precision=args.precision,
        confidence=args.confidence,
        per_intent=not args.global_only,
    )
    print(dump(_json(found)) if args.json else _text(found))
    if found.thresholds is None:
        return 1
    if args.out:
        source = f"{'out of fold, ' if args.out_of_fold else ''}{', '.join(Path(name).name for name in args.data)}"
        tuned(bundle, found, source=source).save(args.out)
        print(f"-> {args.out}", file=sys.stderr)
    return 0


def _rows(args: argparse.Namespace, bundle: Bundle) -> list[Any]:
    from cs_nlp.bundle import Bundle, shipped_bundle
    from cs_nlp.errors import DatasetError
    from cs_nlp.evaluate.tune import eligible_rows, out_of_fold_rows
    from cs_nlp.train.dataset import data_hash, read_examples

    examples = list(
        read_examples([Path(name) for name in args.data], text_field=args.text_field, label_field=args.label_field)
    )
    if not examples:
        raise DatasetError([f"{', '.join(args.data)}: no labelled message in there"])
    if not args.out_of_fold:
        if data_hash(examples) in (bundle.info.get("data_sha256"), bundle.info.get("adapted_sha256")):
            print(
                "warning: the bundle was trained on these very messages, so its scores on them are too good; "
                "use --out-of-fold",
                file=sys.stderr,
            )
        return eligible_rows(bundle, examples)
    base = None
    if args.base:
        base = Bundle.load(shipped_bundle() if args.base == "default" else args.base)
    return out_of_fold_rows(
        bundle, examples, base=base, folds=args.folds, progress=lambda line: print(line, file=sys.stderr)
    )


def _text(found: Tuning) -> str:
    goal = f"{found.precision:.0%} right with {found.confidence:.0%} confidence"
    if found.thresholds is None:
        return f"{found.messages} messages do not support {goal}: {_missing(found.overall)}. Nothing is changed."
    lines = [f"{goal}, on {found.messages} messages"]
    lines += [f"  before   {_line(*found.before, found.messages)}"]
    lines += [f"  chosen   {_line(found.answered, found.right, found.bound, found.messages)}"]
    lines += [f"  direct   {found.thresholds.direct:.4f}   clarify {found.thresholds.clarify:.4f}"]
    if found.overall.threshold is None:
        lines += [f"  only the intents below are answered; for all together: {_missing(found.overall)}"]
    for item in found.own:
        lines += [
            f"  {item.intent:20} {item.threshold:.4f}   {item.answered} of {item.eligible}, right {item.right}, "
            f"at least {item.bound:.1%}"
        ]
    if found.weak:
        weak = ", ".join(f"{intent} {right}/{total}" for intent, total, right in found.weak)
        lines += [f"  below the promise on their own, carried by the others: {weak}"]
    return "\n".join(lines)


def _line(answered: int, right: int, bound: float, messages: int) -> str:
    share = f"{right / answered:.1%}" if answered else "none"
    return f"answers {answered / max(messages, 1):.1%} ({answered}), right {share}, at least {bound:.1%}"


def _missing(item: Promise) -> str:
    if item.needed is None:
        return (
            f"even the surest of the {item.eligible} answerable ones are not right often enough; "
            "more messages will not help, better training data may"
        )
    return f"{item.eligible} could be answered, about {item.needed} would be needed"


def _json(found: Tuning) -> dict[str, Any]:
    chosen = found.thresholds
    return {
        "kept": chosen is not None,
        "precision": found.precision,
        "confidence": found.confidence,
        "messages": found.messages,
        "direct": chosen.direct if chosen is not None else None,
        "clarify": chosen.clarify if chosen is not None else None,
        "per_intent": dict(chosen.per_intent or {}) if chosen is not None else {},
        "answered": found.answered,
        "right": found.right,
        "coverage": round(found.answered / found.messages, 4) if found.messages else None,
        "bound": round(found.bound, 4),
        "before": dict(zip(("answered", "right", "bound"), found.before, strict=True)),
        "needed": found.overall.needed,
        "weak": [list(item) for item in found.weak],
    }
