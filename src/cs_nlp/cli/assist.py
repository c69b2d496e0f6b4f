"""`cs-nlp assist`: help for a human agent: answers with short codes, questions to ask, a check of the draft."""

from __future__ import annotations

import argparse
from typing import Any

from cs_nlp.assistant import Assistant
from cs_nlp.cli.common import add_assistant_options, dump, load_assistant

_ANSWERS = 3


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("assist", help="for a human agent: answers to a message, and a check of a draft")
    parser.add_argument("text", metavar="TEXT", help="the customer's message")
    parser.add_argument("--draft", metavar="TEXT", help="the agent's reply, to be checked; exit 1 when a check fails")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_assistant_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command."""
    bot = load_assistant(args)
    found = advice(bot, args.text, args.draft)
    print(dump(found, indent=1) if args.json else _shown(found, bot))
    return 1 if any(not item["passed"] for item in found["draft"]) else 0


def advice(bot: Assistant, text: str, draft: str | None) -> dict[str, Any]:
    """What an agent is told about a message.

    Args:
        bot: The assistant.
        text: The customer's message.
        draft: The agent's reply, or None.

    Returns:
        JSON values: `intent`, `severity`, `emotion`, `answers` (each with `code`, `id`, `score`, `text`), `ask`, `draft`
        (each with `code`, `passed`, `note`) and `score` (0–100, None without a draft).
    """
    from cs_nlp.decide.draft import DraftCheck, score
    from cs_nlp.text import read

    understanding = bot.analyze(text)
    message = read(text)
    wanted = tuple(label.id for label in understanding.intents)
    hits = bot.faq.search(message.text, k=_ANSWERS, intents=wanted, normal=True)
    answers: list[dict[str, Any]] = []
    for hit in hits:
        answer = bot.knowledge.answer(hit, message)
        if answer is not None:
            code = f"a{len(answers) + 1}"
            answers.append({"code": code, "id": hit.entry_id, "score": round(hit.score, 4), "text": answer})
    findings = DraftCheck.default().check(draft, text, understanding) if draft is not None else ()
    return {
        "intent": understanding.intents[0].id,
        "severity": understanding.severity.value,
        "emotion": understanding.emotion.value,
        "answers": answers,
        "ask": list(dict.fromkeys(text for hit in hits for text in bot.faq.entry(hit.entry_id).follow_ups)),
        "draft": [{"code": item.code, "passed": item.passed, "note": item.note} for item in findings],
        "score": score(findings) if draft is not None else None,
    }


def _shown(found: dict[str, Any], bot: Assistant) -> str:
    name = bot.taxonomy.name(found["intent"])
    lines = [f"{name}（{found['intent']}）  级别 {found['severity']}  情绪 {bot.taxonomy.emotions[found['emotion']]}"]
    lines += [f"  {item['code']}  {item['text']}  [{item['id']} {item['score']:.2f}]" for item in found["answers"]]
    lines += [f"  可追问  {text}" for text in found["ask"]]
    lines += [f"  {'✓' if item['passed'] else '✗'} {item['note']}（{item['code']}）" for item in found["draft"]]
    if found["score"] is not None:
        lines.append(f"  得分 {found['score']}")
    return "\n".join(lines)
