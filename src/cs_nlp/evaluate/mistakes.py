"""The messages a model gets wrong, each with why: what spoke for the wrong intent, what for the right one, which rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cs_nlp.assistant import Assistant
from cs_nlp.evaluate.metrics import Judged, is_accepted
from cs_nlp.explain import IntentCase, case_for, character_heat
from cs_nlp.text import mask, read
from cs_nlp.types import Message, Reply, Severity

KINDS = {
    "answered_wrong": "错答",
    "answered_outside": "越界被答",
    "wrong_intent": "意图错，未自动答",
    "severity_under": "级别低估",
    "severity_over": "级别高估",
}
"""Kinds of mistakes with their Chinese names, the worst first."""

MOST = 2000
_MOST_VOICES = 7
_SURE = 0.85


def kinds_of(row: Judged, outside: str | None) -> list[str]:
    """What is wrong about a prediction, of `KINDS`.

    >>> kinds_of(Judged("unclear", None, "invoice", 0.9, answered=True), "unclear")
    ['answered_outside']
    """
    found = []
    if row.gold == outside and outside is not None:
        found += ["answered_outside"] if is_accepted(row, outside) else []
    elif not row.right:
        found.append("answered_wrong" if is_accepted(row, outside) else "wrong_intent")
    if row.gold_severity is not None and row.severity is not None and row.gold_severity != row.severity:
        low = Severity(row.severity).rank < Severity(row.gold_severity).rank
        found.append("severity_under" if low else "severity_over")
    return found


def mistakes(
    bot: Assistant, rows: Sequence[Judged], outside: str | None = None, *, also: Sequence[int] = ()
) -> list[dict[str, Any]]:
    """Every mistake with its explanation, the worst and surest first; at most 2,000.

    Args:
        bot: The assistant that made the predictions.
        rows: Predictions with their labels.
        outside: The label of what is out of scope.
        also: Positions to explain although nothing is wrong there.

    Returns:
        JSON values. Texts are masked; `heat` holds for each character of the text what it added to the predicted
        intent over the right one.
    """
    order = list(KINDS)
    found = [(index, kinds_of(row, outside)) for index, row in enumerate(rows)]
    chosen = [(index, kinds) for index, kinds in found if kinds or index in set(also)]
    chosen.sort(key=lambda item: (order.index(item[1][0]) if item[1] else 9, -rows[item[0]].score, item[0]))
    return [_mistake(bot, index, rows[index], kinds) for index, kinds in chosen[:MOST]]


def _mistake(bot: Assistant, index: int, row: Judged, kinds: list[str]) -> dict[str, Any]:
    message = read(mask(row.text))
    reply = bot.reply(message.raw)
    cases = _cases(bot, message, row)
    understanding = bot.analyze(message.raw)
    known = bot.analyzer.judge(bot.analyzer.read(message)).known
    return {
        "index": index,
        "text": message.raw,
        "kinds": kinds,
        "gold": row.gold,
        "others": [label for label in (row.second, *row.others) if label],
        "said": row.predicted,
        "score": round(row.score, 4),
        "direct": round(bot.thresholds.direct_for(row.predicted), 4),
        "answered": row.answered,
        "action": row.action,
        "reason": row.reason,
        "gold_severity": row.gold_severity,
        "severity": row.severity,
        "gold_emotion": row.gold_emotion,
        "emotion": row.emotion,
        "source": row.source,
        "place": row.place,
        "candidates": [[label.id, round(label.score, 4)] for label in reply.intents],
        "rules": [_rule(message, item.id, item.note, item.span, item.source) for item in reply.evidence],
        "heat": [round(value, 2) for value in character_heat(message, cases)] if len(cases) == 2 else [],
        "voices": [[case.intent, round(case.bias, 2), round(case.total, 2), _voices(case)] for case in cases],
        "known": round(known, 3),
        "clear": round(understanding.clear, 3),
        "advice": _advice(row, kinds, reply, known),
    }


def _cases(bot: Assistant, message: Message, row: Judged) -> tuple[IntentCase, ...]:
    """The cases for the predicted and the right intent, as far as the model knows them."""
    reading = bot.analyzer.read(message)
    wanted = dict.fromkeys((row.predicted, row.gold))
    return tuple(case_for(bot.analyzer, reading, intent) for intent in wanted if intent in bot.analyzer.labels)


def _voices(case: IntentCase) -> list[list[Any]]:
    return [[voice.block, voice.shown, round(voice.value, 2)] for voice in case.voices[:_MOST_VOICES]]


def _rule(message: Message, name: str, note: str, span: Any, source: str) -> list[str]:
    return [name, note, span.of(message.raw) if span is not None else "", source]


def _advice(row: Judged, kinds: list[str], reply: Reply, known: float) -> str:
    """What to do about it, in a sentence or two."""
    parts = []
    ranks = {label.id: place for place, label in enumerate(reply.intents, start=1)}
    if {"answered_wrong", "wrong_intent"} & set(kinds):
        if row.score >= _SURE:
            parts.append("模型很有把握，先核对标注；标注无误就补充同类训练句或规则。")
        rank = ranks.get(row.gold)
        parts.append(f"正确意图排第 {rank}。" if rank else "正确意图不在前三。")
    if "answered_outside" in kinds:
        parts.append("这句离开上文看不懂或不属业务，却被自动回答；补充同类的越界训练句。")
    if "severity_under" in kinds:
        parts.append("级别被低估，危险；检查级别规则和词表是否缺了这种说法。")
    if "severity_over" in kinds:
        parts.append("级别被高估，多花人力；检查触发的规则是否缺排除词。")
    if known < 0.5 and kinds:
        parts.append(f"只认识 {known:.0%} 的字词，训练数据里缺这类说法。")
    return "".join(parts)
