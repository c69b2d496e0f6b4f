"""`cs-nlp explain`: why a message is decided as it is."""

from __future__ import annotations

import argparse
from typing import Any

from cs_nlp.cli.common import add_assistant_options, load_assistant
from cs_nlp.cli.show import show_explanation


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("explain", help="show which characters, rules and thresholds decided a message")
    parser.add_argument("text", metavar="TEXT", help="the customer's message")
    add_assistant_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    bot = load_assistant(args)
    print(show_explanation(bot.explain(args.text), bot.taxonomy))
    return 0
