"""What a session is worth: held-out dialogues, each turn understood alone and in its conversation.

    python benchmarks/dialogues.py [--model DIR] [--data FILE] [--ids PREFIX ...] [--json FILE]

The weights and the gate of `context.yaml` were chosen on data/dialogues and looked at on the dialogues g…; those that
played no part in any choice are measured alone by `--ids h i`.

*Resolved*: of the customer turns that are `unclear` alone (by hand), how many get an intent from the conversation at or
above the model's own `direct` threshold, and how many of those are the intent that the turn has there. *Taken alone*: how
many of them are taken for a clear message at that threshold, without the conversation, and how often that is right.
The bot's own words, questions and counts are taken out again after each turn, for in these dialogues a human agent spoke.

*Handoff*: the golden turn of a dialogue is the first one for which the policy, given the labels written by hand, hands
over. It is compared with the first turn for which it hands over given what was understood, by golden transfer within
tolerance (GT-T), after Liu et al., "Time to Transfer: Predicting and Evaluating Machine-Human Chatting
Handoff", AAAI 2021 (arXiv 2012.07610). The measure there compares lists of positions, punishes early and late transfer
differently by a coefficient λ, and takes T = 1, 2, 3. Here each side has one position, for the conversation is the desk's
from then on, and λ is 0: 1 when both agree (or nobody hands over), exp(-distance² / 2σ²) up to a distance of T customer
turns, 0 beyond or when only one side hands over; σ = T/3, so that the score at the edge of the tolerance is .011. How many
handoffs are early, late, needless or missed stands below it, so that nothing hides in the mean.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import exp
from pathlib import Path
from typing import Any

from cs_nlp import Action, Assistant, Emotion, Session, Severity
from cs_nlp.decide.policy import Situation

TOLERANCES = (1, 2, 3)
IN_CONTEXT = {"resolved_in_context", "chose_option", "gave_info"}
Row = dict[str, Any]


@dataclass
class Side:
    """What one way of understanding did."""

    resolved: int = 0
    resolved_right: int = 0
    taken: int = 0
    taken_right: int = 0
    all_right: int = 0
    transfers: list[tuple[int | None, int | None]] = field(default_factory=list)


def dialogues(file: Path, ids: tuple[str, ...] = ("",)) -> Iterator[list[Row]]:
    """The turns of each dialogue whose id begins so, in order."""
    found: dict[str, list[Row]] = {}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["d"].startswith(ids):
                found.setdefault(row["d"], []).append(row)
    yield from found.values()


def golden(bot: Assistant, row: Row) -> bool:
    """Whether the policy hands over, given the labels written by hand."""
    unclear = row["in_context"] == "unclear"
    now = Situation(row["in_context"], 1.0, Severity(row["severity"]), Emotion(row["emotion"]), unclear=unclear)
    return bot.policy.decide(now, bot.thresholds).action is Action.HANDOFF


def gtt(pairs: list[tuple[int | None, int | None]], tolerance: int) -> float:
    """Golden transfer within tolerance, the mean over dialogues of (golden turn, predicted turn)."""
    return sum(_agreement(gold, mine, tolerance) for gold, mine in pairs) / len(pairs)


def _agreement(gold: int | None, mine: int | None, tolerance: int) -> float:
    if gold is None or mine is None:
        return float(gold is mine)
    distance = abs(gold - mine)
    return exp(-(distance**2) / (2 * (tolerance / 3) ** 2)) if distance <= tolerance else 0.0


def measure(bot: Assistant, file: Path, ids: tuple[str, ...] = ("",)) -> Row:
    """The figures of both ways over the dialogues of a file whose id begins so."""
    alone, together = Side(), Side()
    unclear = customers = count = 0
    for turns in dialogues(file, ids):
        count += 1
        session, place, gold = Session(), 0, None
        first: dict[str, int | None] = {"alone": None, "together": None}
        for row in turns:
            if row["role"] != "customer":
                session.hear_agent(row["text"])
                continue
            customers += 1
            replies = {"alone": bot.reply(row["text"]), "together": _in_session(bot, row["text"], session)}
            if gold is None and golden(bot, row):
                gold = place
            for name, side in (("alone", alone), ("together", together)):
                reply = replies[name]
                if first[name] is None and reply.action is Action.HANDOFF:
                    first[name] = place
                _count(side, reply, row, bot)
            unclear += row["intent"] == "unclear"
            place += 1
        alone.transfers.append((gold, first["alone"]))
        together.transfers.append((gold, first["together"]))
    sides = {"single messages": alone, "session": together}
    figures = {name: _figures(side, unclear, customers) for name, side in sides.items()}
    return {"dialogues": count, "customer_turns": customers, "unclear_turns": unclear, **figures}


def _in_session(bot: Assistant, text: str, session: Session) -> Any:
    """The reply in the session, without what the bot said and counted."""
    agents = [turn for turn in session.turns if turn.role != "bot"]
    reply = bot.reply(text, session)
    session.turns = [*agents, *(turn for turn in session.turns[-2:] if turn.role == "customer")]
    session.question, session.severity = None, Severity.N
    session.said, session.answered, session.answers, session.problems = [], [], [], {}
    session.give_back()
    return reply


def _count(side: Side, reply: Any, row: Row, bot: Assistant) -> None:
    best = reply.intents[0]
    right = best.id == row["in_context"]
    side.all_right += right
    if row["intent"] != "unclear" or reply.action is Action.CLARIFY or best.score < bot.thresholds.direct_for(best.id):
        return
    if IN_CONTEXT.isdisjoint(reply.reasons):
        side.taken += 1
        side.taken_right += right
    else:
        side.resolved += 1
        side.resolved_right += right


def _figures(side: Side, unclear: int, customers: int) -> Row:
    golds = [(gold, mine) for gold, mine in side.transfers if gold is not None and mine is not None]
    return {
        "resolved": round(side.resolved / unclear, 4),
        "resolved_right": round(side.resolved_right / max(side.resolved, 1), 4),
        "taken_alone": round(side.taken / unclear, 4),
        "taken_alone_right": round(side.taken_right / max(side.taken, 1), 4),
        "right_of_all_turns": round(side.all_right / customers, 4),
        **{f"gtt_{tolerance}": round(gtt(side.transfers, tolerance), 4) for tolerance in TOLERANCES},
        "handoff_early": round(sum(mine < gold for gold, mine in golds) / len(side.transfers), 4),
        "handoff_late": round(sum(mine > gold for gold, mine in golds) / len(side.transfers), 4),
        "handoff_needless": round(sum(g is None and m is not None for g, m in side.transfers) / len(side.transfers), 4),
        "handoff_missed": round(sum(g is not None and m is None for g, m in side.transfers) / len(side.transfers), 4),
    }


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a bundle (default: the shipped one)")
    parser.add_argument("--data", default="data/eval/dialogues.jsonl", help="dialogues (default: %(default)s)")
    parser.add_argument("--ids", nargs="+", default=[""], metavar="PREFIX", help="only dialogues whose id begins so")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    args = parser.parse_args()
    figures = measure(Assistant.load(args.model), Path(args.data), tuple(args.ids))
    print(f"{figures['dialogues']} dialogues, {figures['customer_turns']} customer turns, ", end="")
    print(f"{figures['unclear_turns']} of them unclear alone")
    names = list(figures["session"])
    print(f"\n{'':22}{'single messages':>18}{'session':>12}")
    for name in names:
        print(f"{name:22}{figures['single messages'][name]:18.3f}{figures['session'][name]:12.3f}")
    if args.json:
        Path(args.json).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
