"""`cs-nlp mine`: what was not understood, grouped into proposed intents and FAQ questions."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Any

from cs_nlp.cli.common import dump
from cs_nlp.cli.numbers import count, not_negative
from cs_nlp.cli.queue import add_chat_options, read_chats


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("mine", help="group what was not understood into new intents and questions")
    add_chat_options(parser)
    parser.add_argument(
        "--below", type=not_negative, default=0.6, metavar="SCORE", help="not understood below it (default: 0.6)"
    )
    parser.add_argument("--least", type=count, default=3, metavar="N", help="smallest group (default: 3)")
    parser.add_argument("--top", type=count, default=30, metavar="N", help="groups shown (default: 30)")
    parser.add_argument("--json", action="store_true", help="print all groups as JSON lines")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    from cs_nlp.assistant import Assistant
    from cs_nlp.train.mine import mine

    bot = Assistant.load(args.model)
    found = mine(read_chats(args), bot.analyzer, below=args.below, least=args.least, progress=_say)
    for proposal in found if args.json else found[: args.top]:
        if args.json:
            print(dump(asdict(proposal)))
            continue
        known = bot.taxonomy.name(proposal.nearest) if proposal.nearest in bot.taxonomy.labels else proposal.nearest
        print(f"{proposal.messages:5}  {proposal.name}  「{proposal.question}」  ~ {known} {proposal.agreement:.0%}")
        for text in proposal.examples[:3]:
            print(f"       {text}")
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr)
