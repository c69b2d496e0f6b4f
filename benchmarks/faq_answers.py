"""Do the answers of the shipped knowledge base fit? Confusable questions, and messages that a reader judged.

`data/eval/confusable.jsonl` is asked first. Then the judgements are counted:

Of the real messages with a business intent that the assistant answers a sample is drawn, by hashes of their ids: when the
answers of a few messages change, so do only a few of the sample. Readers decide for each message and its answer whether it fits, by the rule in docs/faq.md;
`docs/faq_judgements.jsonl` keeps message id, entry and the verdicts of two readers, no texts; an answer counts as fitting when both say so. `docs/faq_unseen.jsonl` keeps the same, by line of
`messages_pool.txt`, of messages that were drawn and judged after the entries had been mended; no entry was changed before that.

Run: python benchmarks/faq_answers.py [--real FOLDER] [--show]
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import Any

from cs_nlp import Assistant
from cs_nlp.types import Reply

ROOT = Path(__file__).resolve().parent.parent
JUDGED = ROOT / "docs" / "faq_judgements.jsonl"
UNSEEN = ROOT / "docs" / "faq_unseen.jsonl"
SIZE, SEED = 200, 61


def confusable(bot: Assistant) -> str:
    """What becomes of the questions that sound alike and mean different things."""
    lines = (ROOT / "data" / "eval" / "confusable.jsonl").read_text(encoding="utf-8").splitlines()
    found: Counter[str] = Counter()
    for row in map(json.loads, lines):
        reply = bot.reply(row["text"])
        if reply.faq is None:
            found[reply.action.value] += 1
        else:
            found["right" if reply.faq == row["right"] else "wrong" if reply.faq in row["wrong"] else "other"] += 1
    return f"confusable, of {len(lines)}: " + ", ".join(f"{kind} {count}" for kind, count in found.most_common())


def answered(bot: Assistant, file: Path) -> list[tuple[dict[str, str], Reply]]:
    """The messages with a business intent that the assistant answers, by id."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    business = [row for row in rows if row["intent"] != "unclear" and not bot.taxonomy.is_talk(row["intent"])]
    replies = [(row, bot.reply(row["text"])) for row in sorted(business, key=lambda row: row["id"])]
    return [(row, reply) for row, reply in replies if reply.action.value == "answer"]


def interval(right: int, size: int) -> tuple[float, float]:
    """The Wilson interval of a share, 95 %."""
    share, z = right / size, 1.96
    middle, spread = share + z * z / (2 * size), z * sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    return (middle - spread) / (1 + z * z / size), (middle + spread) / (1 + z * z / size)


def rows_of(file: Path) -> list[dict[str, Any]]:
    """The judgements of a file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def share(rows: Sequence[dict[str, Any]]) -> str:
    """How many of some judged answers fit."""
    right = sum(row["fitting"] for row in rows)
    low, high = interval(right, len(rows))
    return f"{right} of {len(rows)} fit: {right / len(rows):.3f} (95 % interval {low:.3f}–{high:.3f})"


def counted(sample: Sequence[tuple[dict[str, str], Reply]]) -> str:
    """What the kept judgements say, and how many still hold for what the assistant answers now."""
    rows = rows_of(JUDGED)
    now = {row["id"]: (row["intent"], reply) for row, reply in sample}
    missed = [now[row["id"]] for row in rows if not row["fitting"] and row["id"] in now]
    wrong = sum(intent != reply.intents[0].id for intent, reply in missed)
    same = sum(row["id"] in now and now[row["id"]][1].faq == row["faq"] for row in rows)
    kinds = Counter(("general" if row["faq"].endswith("_general") else "special", row["fitting"]) for row in rows)
    each = " and ".join(str(sum(row["readers"][reader] for row in rows)) for reader in range(2))
    return (
        f"{share(rows)}; by the two readers alone {each}\n"
        f"general answers {kinds['general', True]} of {kinds['general', True] + kinds['general', False]}, "
        f"special ones {kinds['special', True]} of {kinds['special', True] + kinds['special', False]}\n"
        f"of those that do not fit, {wrong} are taken for another intent\n"
        f"{same} of {len(rows)} judged messages are drawn and answered with the same entry today"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the sample, or the count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--real", type=Path, default=ROOT.parent / "shared" / "real", help="folder of the real messages"
    )
    parser.add_argument("--show", action="store_true", help="print messages and answers for the reader, as JSON lines")
    chosen = parser.parse_args(arguments)
    bot = Assistant.load(faq=ROOT / "faq")
    if not chosen.show:
        print(confusable(bot))
    found = answered(bot, chosen.real / "messages_dev.jsonl")
    sample = sorted(found, key=lambda pair: hashlib.sha256(f"{SEED} {pair[0]['id']}".encode()).digest())[:SIZE]
    if chosen.show:
        for row, reply in sample:
            shown = {"id": row["id"], "text": row["text"], "faq": reply.faq, "answer": reply.text}
            print(json.dumps(shown, ensure_ascii=False))
        return 0
    print(f"{len(found)} messages are answered, {len(sample)} drawn with seed {SEED}")
    print(counted(sample))
    print(f"unseen when they were judged: {share(rows_of(UNSEEN))}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
