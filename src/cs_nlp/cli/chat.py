"""`cs-nlp chat`: talk to the bot in a terminal and see what it decides and why."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from cs_nlp.assistant import Assistant
from cs_nlp.cli.common import add_assistant_options, dump, load_assistant
from cs_nlp.cli.show import show_reply
from cs_nlp.decide.session import BOT, Session
from cs_nlp.decide.ticket_json import ticket_json
from cs_nlp.types import Ticket

_HELP = "直接输入顾客的话。/why 上一句的完整解释  /new 新会话  /ticket 最近的工单  /back 人工交还机器人  /quit 退出"


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("chat", help="talk to the bot in the terminal")
    parser.add_argument("--query", metavar="TEXT", help="answer one message and stop")
    add_assistant_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    bot = load_assistant(args)
    if args.query is not None:
        print(show_reply(args.query, bot.reply(args.query, Session()), bot.taxonomy))
        return 0
    print(_HELP)
    _converse(bot)
    return 0


def _converse(bot: Assistant) -> None:
    from cs_nlp.cli.show import show_explanation

    session, last = Session(), ""
    ticket: Ticket | None = None
    while (text := _ask()) is not None:
        command = text.strip()
        if command == "/quit":
            return
        if command == "/new":
            session, last = Session(), ""
        elif command == "/back":
            session.give_back()
        elif command == "/ticket" and ticket is not None:
            print(dump(ticket_json(ticket), indent=1))
        elif command == "/why" and last:
            print(show_explanation(bot.explain(last), bot.taxonomy))
        elif command.startswith("/"):
            print(_HELP)
        elif command:
            last = text
            reply = bot.reply(text, session)
            ticket = reply.ticket or ticket
            print(show_reply(text, reply, bot.taxonomy) if reply.text else "（人工接待中，机器人不说话；/back 交还）")
            if session.owner != BOT and reply.text:
                print("（已转人工，/back 交还机器人，/new 新会话）")


def _ask() -> str | None:
    try:
        return input("顾客> " if sys.stdin.isatty() else "")
    except EOFError:
        return None
