"""`cs-nlp queue`: which unlabelled chats to label next."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cs_nlp.cli.common import dump
from cs_nlp.cli.numbers import count
from cs_nlp.errors import CsNlpError

if TYPE_CHECKING:
    from cs_nlp.train.queue import Candidate

FORMATS = ("csv", "jsonl", "label-studio", "doccano")


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("queue", help="pick the unlabelled chats that teach most")
    add_chat_options(parser)
    parser.add_argument("--out", required=True, metavar="FILE", help="where the chosen rows go")
    parser.add_argument("--size", type=count, default=100, metavar="N", help="how many rows (default: 100)")
    parser.add_argument("--known", action="append", default=[], metavar="FILE", help="labelled already; passed over")
    parser.add_argument("--format", choices=FORMATS, help="default: by the suffix of --out, else jsonl")
    parser.add_argument("--prefill", action="store_true", help="put the guess into the label column, too")
    parser.set_defaults(run=run)


def add_chat_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that say which chats are read and by which model."""
    parser.add_argument(
        "--input", required=True, action="append", metavar="FILE", help="unlabelled chats; .txt is one a line"
    )
    parser.add_argument("--text-field", metavar="NAME", help="column of the text (default: found)")
    parser.add_argument("--model", metavar="DIR", help="a trained bundle (default: the shipped one)")


def read_chats(args: argparse.Namespace) -> list[str]:
    """The texts that `add_chat_options` asked for."""
    from cs_nlp.train.dataset import read_examples
    from cs_nlp.train.sources import read_text_lines

    texts: list[str] = []
    for name in args.input:
        file = Path(name)
        if file.suffix.lower() == ".txt":
            texts += read_text_lines(file)
        else:
            rows = read_examples([file], text_field=args.text_field, unlabelled=True)
            texts += [example.text for example in rows]
    return texts


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    from cs_nlp.assistant import Assistant
    from cs_nlp.files import write_atomic
    from cs_nlp.train.dataset import read_examples
    from cs_nlp.train.queue import queue

    style = args.format or _style(Path(args.out))
    analyzer = Assistant.load(args.model).analyzer
    texts = read_chats(args)
    known = [example.text for example in read_examples([Path(name) for name in args.known], unlabelled=True)]
    chosen = queue(texts, analyzer, args.size, known=known, progress=_say)
    write_atomic(Path(args.out), _written(chosen, style, args.prefill).encode("utf-8"))
    print(f"{len(chosen)} of {len(texts)} messages -> {args.out}; fill in the column intent, then train on it")
    return 0


def _style(out: Path) -> str:
    """The format that the suffix of a file asks for."""
    suffix = out.suffix.lower()
    if suffix in (".xlsx", ".xls", ".parquet"):
        raise CsNlpError(f"{out}: {suffix} is not written; use .csv, which Excel opens, or .jsonl")
    return "csv" if suffix == ".csv" else "jsonl"


def _written(chosen: list[Candidate], style: str, prefill: bool) -> str:
    from cs_nlp.train.dataset import Example
    from cs_nlp.train.exchange import to_doccano, to_label_studio

    if style == "label-studio":
        return to_label_studio([Example(item.text, item.guess) for item in chosen], guesses=True)
    if style == "doccano":
        return to_doccano([Example(item.text, item.guess) for item in chosen])
    rows = [
        {
            "text": item.text,
            "intent": item.guess if prefill else "",
            "guess": item.guess,
            "guess_2": item.runner_up,
            "score": item.score,
            "count": item.count,
        }
        for item in chosen
    ]
    if style == "jsonl":
        return "".join(dump(row) + "\n" for row in rows)
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, ["text", "intent", "guess", "guess_2", "score", "count"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + stream.getvalue()  # the mark lets Excel read it as UTF-8


def _say(line: str) -> None:
    print(line, file=sys.stderr)
