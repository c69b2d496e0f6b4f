"""`cs-nlp reply`: one message, one decision."""

from __future__ import annotations

import argparse
from typing import Any

from cs_nlp.cli.common import add_assistant_options, dump, full_reply, load_assistant
from cs_nlp.cli.show import show_reply


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("reply", help="decide one message")
    parser.add_argument("text", metavar="TEXT", help="the customer's message")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    add_assistant_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    bot = load_assistant(args)
    reply = bot.reply(args.text)
    print(dump(full_reply(reply), indent=1) if args.json else show_reply(args.text, reply, bot.taxonomy))
    return 0
