"""`cs-nlp predict`: decide a stream of messages, JSON lines in and out, order kept."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from cs_nlp.cli.common import add_assistant_options, dump, json_rows, load_assistant, prediction, read_text, write_text
from cs_nlp.errors import DataFileError


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("predict", help="decide messages of a JSONL file or stream")
    parser.add_argument(
        "--input", required=True, metavar="IN.jsonl", help='rows {"id"?, "text"}; "-" is standard input'
    )
    parser.add_argument("--output", required=True, metavar="OUT.jsonl", help='"-" is standard output')
    parser.add_argument("--text-field", default="text", metavar="NAME", help="column of the text (default: text)")
    add_assistant_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    bot = load_assistant(args)
    progress = Progress()
    with read_text(args.input) as source, write_text(args.output) as target:
        for number, row in json_rows(source, args.input):
            text = row.get(args.text_field)
            if not isinstance(text, str):
                raise DataFileError(
                    [
                        f"{args.input}:{number}: a text in {args.text_field!r} is needed, found {text!r}; columns: {list(row)}"
                    ]
                )
            target.write(dump(prediction(row.get("id", number), bot.reply(text))) + "\n")
            progress.step()
    progress.close()
    return 0


class Progress:
    """A counter on standard error, shown only on a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._count = 0
        self._start = self._next = time.monotonic()

    def step(self) -> None:
        """One more is done."""
        self._count += 1
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._print(now)
            self._next = now + 0.1

    def close(self) -> None:
        """All is done."""
        if self._shown:
            self._print(time.monotonic())
            print(file=sys.stderr)

    def _print(self, now: float) -> None:
        speed = self._count / max(now - self._start, 1e-6)
        print(f"\r{self._count} messages, {speed:,.0f}/s", end="", file=sys.stderr, flush=True)
