"""The command `cs-nlp`: one module a command, each with `add_parser` and `run`."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from cs_nlp.errors import CsNlpError

COMMANDS = (
    "reply",
    "chat",
    "assist",
    "coach",
    "predict",
    "explain",
    "train",
    "doctor",
    "queue",
    "mine",
    "evaluate",
    "tune",
    "faq",
)
DONE, FAILED, USAGE = 0, 1, 2


def build_parser() -> argparse.ArgumentParser:
    """The parser with all commands; no command's heavy imports happen here."""
    parser = argparse.ArgumentParser(
        prog="cs-nlp",
        description="Chinese e-commerce customer service: intent, severity, FAQ answer and handoff.",
    )
    parser.add_argument("--version", action="version", version=f"cs-nlp {_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        module = import_module(f"cs_nlp.cli.{name}")
        module.add_parser(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command.

    Args:
        argv: Arguments without the program's name; those of the process when None.

    Returns:
        0 done, 1 a gate or a check failed, 2 wrong usage or unreadable input.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese, half a character: shown as ?
    parser = build_parser()
    try:
        args = parser.parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    if args.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    try:
        return int(args.run(args))
    except CsNlpError as error:
        lines = str(error).splitlines() or [type(error).__name__]
        more = f" (and {len(lines) - 1} more faults)" if len(lines) > 1 else ""
        print(f"cs-nlp: {lines[0]}{more}", file=sys.stderr)
        for line in lines[1:]:
            print(f"  {line}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        print(f"cs-nlp: {_file_reason(error)}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return 130


def _file_reason(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def _version() -> str:
    try:
        return version("cs-nlp")
    except PackageNotFoundError:
        return "unknown"


if __name__ == "__main__":
    sys.exit(main())
