"""Every figure on real messages in one run: `python benchmarks/real.py --real FOLDER`.

messages_dev.jsonl        intents, automatic answers, severity, emotion; the largest confusions
food_safety_reviews.jsonl share of reviews about health, foreign bodies or fakes that get severity S, and of the others
out_of_scope.jsonl        share that is answered as if it were business

The messages are read, never trained on, and nothing of them is written anywhere.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cs_nlp import Action, Assistant, Reply

ROOT = Path(__file__).resolve().parent.parent
HARM = {"身体不适", "异物", "售卖假货"}
FOOD = HARM | {"变质", "临期", "过期", "回收食品", "经营环境", "食品不熟"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--model", help="a bundle (default: the shipped one)")
    args = parser.parse_args()
    if not args.real.is_dir():
        print(f"{args.real} is not here; nothing to measure on", file=sys.stderr)
        return 0
    bot = Assistant.load(args.model)
    messages(bot, rows(args.real / "messages_dev.jsonl"))
    food(bot, rows(args.real / "food_safety_reviews.jsonl"))
    out_of_scope(bot, rows(args.real / "out_of_scope.jsonl"))
    return 0


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def share(flags: Iterable[bool]) -> str:
    found = list(flags)
    return f"{sum(found) / len(found):.4f} ({sum(found)} of {len(found)})" if found else "–"


def messages(bot: Assistant, tests: list[dict[str, Any]]) -> None:
    judged = [(row, bot.reply(row["text"])) for row in tests]
    clear = [(row, reply) for row, reply in judged if row["intent"] != "unclear"]
    for name, part in (
        ("all", clear),
        *((kind, [p for p in clear if p[0]["source"] == kind]) for kind in ("chat", "review")),
    ):
        print(f"intent_any {name:7} {share(is_right(*pair) for pair in part)}")
    for name, read in (("read half", True), ("other half", False)):
        half = [pair for pair in clear if errors_were_read(pair[0]["id"]) is read]
        print(f"intent_any {name}: {share(is_right(*pair) for pair in half)}")
    answered = [(row, reply) for row, reply in judged if reply.action is Action.ANSWER]
    due = [reply for row, reply in clear if row["severity"] != "S" and row["intent"] != "request_human"]
    print(f"answer_right       {share(row['intent'] != 'unclear' and is_right(row, reply) for row, reply in answered)}")
    print(f"answer_rate        {share(reply.action is Action.ANSWER for reply in due)}")
    unclear = [reply for row, reply in judged if row["intent"] == "unclear"]
    print(f"unclear_answered   {share(as_business(bot, reply) for reply in unclear)}")
    print(f"S recall           {share(reply.severity == 'S' for row, reply in judged if row['severity'] == 'S')}")
    print(f"S precision        {share(row['severity'] == 'S' for row, reply in judged if reply.severity == 'S')}")
    print(f"severity right     {share(row['severity'] == reply.severity.value for row, reply in judged)}")
    print(f"emotion right      {share(row['emotion'] == reply.emotion.value for row, reply in judged)}")
    wrong = Counter((row["intent"], reply.intents[0].id) for row, reply in clear if not is_right(row, reply))
    print("confusions         " + ", ".join(f"{a} → {b} {count}" for (a, b), count in wrong.most_common(10)))


def errors_were_read(identity: str) -> bool:
    """The half of the messages, by their id, whose errors were read while the library was made."""
    return int(hashlib.md5(identity.encode()).hexdigest(), 16) % 2 == 0


def is_right(row: dict[str, Any], reply: Reply) -> bool:
    return reply.intents[0].id in (row["intent"], row["second"])


def as_business(bot: Assistant, reply: Reply) -> bool:
    return reply.action is Action.ANSWER and not bot.taxonomy.is_talk(reply.intents[0].id)


def food(bot: Assistant, reviews: list[dict[str, Any]]) -> None:
    urgent = [(set(row["events"]), bot.reply(row["text"]).severity == "S") for row in reviews]
    print(f"food, harmed: S    {share(flag for events, flag in urgent if events & HARM)}")
    for event in sorted(HARM):
        print(f"food, {event}: S {share(flag for events, flag in urgent if event in events)}")
    print(f"food, none: S      {share(flag for events, flag in urgent if not events & FOOD)}")


def out_of_scope(bot: Assistant, asked: list[dict[str, Any]]) -> None:
    print(f"out of scope answered as business {share(as_business(bot, bot.reply(row['text'])) for row in asked)}")


if __name__ == "__main__":
    sys.exit(main())
