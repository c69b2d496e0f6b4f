"""A chatbot for the terminal: python docs/examples/terminal_bot.py [session.json]."""

# ruff: noqa: T201
import json
import sys
from pathlib import Path

from cs_nlp import Assistant, Session
from cs_nlp.decide.export import webhook


def main(bot: Assistant, store: Path | None = None) -> None:
    """Talks until the input ends."""
    session = Session()
    if store is not None and store.exists():
        session = Session.from_json(json.loads(store.read_text(encoding="utf-8")))
    for line in sys.stdin:
        if line.strip() == "/back":  # the human agent is done
            session.give_back()
            continue
        reply = bot.reply(line.strip(), session)
        if reply.text:  # empty while a human owns the conversation
            print("机器人：", reply.text)
        for number, option in enumerate(reply.options, start=1):
            print(f"  {number}. {option.text}")
        if reply.ticket is not None:
            print("工单：", json.dumps(webhook(reply.ticket)["ticket"]["summary"], ensure_ascii=False))
        if store is not None:
            store.write_text(json.dumps(session.to_json(masked=True)), encoding="utf-8")


if __name__ == "__main__":
    main(Assistant.load(), Path(sys.argv[1]) if len(sys.argv) > 1 else None)
