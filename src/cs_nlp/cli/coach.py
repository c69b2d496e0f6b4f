"""`cs-nlp coach`: an exercise: a difficult customer, and points for each reply."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from cs_nlp.assistant import Assistant
from cs_nlp.cli.common import add_assistant_options, load_assistant
from cs_nlp.errors import DataFileError

_PASS = 80


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("coach", help="an exercise for agents: answer a difficult customer, get points")
    parser.add_argument("--case", metavar="ID", help="which case (default: all, one after another)")
    parser.add_argument("--list", action="store_true", help="list the cases and stop")
    add_assistant_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command; exit 1 when the mean of all replies is under the pass mark."""
    from cs_nlp.decide.draft import DraftCheck

    cases = DraftCheck.default().cases
    if args.list:
        print("\n".join(f"{case.id}  {case.title}" for case in cases))
        return 0
    chosen = [case for case in cases if args.case in (None, case.id)]
    if not chosen:
        raise DataFileError([f"--case {args.case}: no such case; there are {', '.join(case.id for case in cases)}"])
    bot = load_assistant(args)
    points: list[int] = []
    for case in chosen:
        print(f"== {case.title}（{case.id}）")
        for turn in case.turns:
            reply = _asked(turn)
            if reply is None:
                return _result(points)
            points.append(_judged(bot, turn, reply))
    return _result(points)


def _asked(turn: str) -> str | None:
    print(f"客户：{turn}")
    try:
        return input("您的回复> " if sys.stdin.isatty() else "")
    except EOFError:
        return None


def _judged(bot: Assistant, turn: str, reply: str) -> int:
    from cs_nlp.decide.draft import DraftCheck, score

    findings = DraftCheck.default().check(reply, turn, bot.analyze(turn))
    failed = [f"{item.note}（{item.code}）" for item in findings if not item.passed]
    points = score(findings)
    print(f"  得分 {points}" + (f"，改进：{'；'.join(failed)}" if failed else "，很好"))
    return points


def _result(points: list[int]) -> int:
    if not points:
        return 0
    mean = round(sum(points) / len(points))
    print(f"平均 {mean} 分，{'通过' if mean >= _PASS else f'未到 {_PASS} 分'}")
    return 0 if mean >= _PASS else 1
