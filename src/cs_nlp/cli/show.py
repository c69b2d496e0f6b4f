"""Replies and explanations as text for a terminal, in Chinese."""

from __future__ import annotations

import os
import sys

from cs_nlp.explain import Explanation, IntentCase
from cs_nlp.types import Evidence, Reply
from cs_nlp.understand.taxonomy import Taxonomy

_ACTIONS = {"answer": "机器人直接回答", "clarify": "反问确认", "handoff": "转人工"}
_COLOURS = {"answer": "32", "clarify": "33", "handoff": "31"}
_TIERS = {"junior": "一线", "senior": "资深"}
_BLOCKS = {"char": "字", "word": "词", "concept": "概念", "pair": "概念对", "skip": "隔字", "shape": "形式"}
_MOST_VOICES = 12


def colour(text: str, code: str) -> str:
    """Text in a colour, when standard output is a terminal that wants it."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\033[{code}m{text}\033[0m"


def show_reply(raw: str, reply: Reply, taxonomy: Taxonomy) -> str:
    """A reply with its reasons, several lines."""
    best = reply.intents[0]
    lines = [
        f"{colour(_ACTIONS[reply.action.value], _COLOURS[reply.action.value])}  {reply.text}",
        *(f"   {number}. {option.text}" for number, option in enumerate(reply.options, start=1)),
        f"  意图 {taxonomy.name(best.id)}（{best.id}）{best.score:.2f}"
        + "".join(f"，{label.id} {label.score:.2f}" for label in reply.intents[1:])
        + (f"；另问 {taxonomy.name(reply.second)}" if reply.second else ""),
        f"  级别 {reply.severity.value} {taxonomy.levels[reply.severity].name}"
        f"  情绪 {taxonomy.emotions[reply.emotion.value]}  依据 {', '.join(reply.reasons)}"
        + (f"  知识 {reply.faq}" if reply.faq else ""),
    ]
    if reply.entities:
        lines.append("  信息 " + "，".join(f"{entity.type}={entity.value}" for entity in reply.entities))
    lines += [f"  规则 {line}" for line in (_rule(raw, item) for item in reply.evidence)]
    if reply.ticket is not None:
        ticket = reply.ticket
        lines += [
            f"  工单 {ticket.desk_name}（{_TIERS[ticket.tier]}）  首次响应 {ticket.first_response_due:%Y-%m-%d %H:%M %Z}"
            f"  解决 {ticket.resolution_due:%Y-%m-%d %H:%M %Z}",
            f"       {ticket.summary}",
        ]
    return "\n".join(lines)


def _rule(raw: str, item: Evidence) -> str:
    place = f"「{item.span.of(raw)}」[{item.span.start}:{item.span.end}]" if item.span is not None else ""
    return f"{item.id} {place} {item.note}  {item.source}"


def show_explanation(found: Explanation, taxonomy: Taxonomy) -> str:
    """An explanation for a terminal, several paragraphs."""
    raw = found.message.raw
    lines = [show_reply(raw, found.reply, taxonomy), "", "逐字贡献（第一意图相对第二意图，对数几率）", _heat(found)]
    for case in found.cases:
        lines += ["", *_case(raw, case, taxonomy)]
    best = found.reply.intents[0]
    direct = found.thresholds.direct_for(best.id)
    lines += [
        "",
        f"能独立看懂的概率 {found.clear:.2f}，认识的字 {found.known:.0%}",
        f"把握 {best.score:.2f}，直接回答需要 {direct:.2f}，反问需要 {found.thresholds.clarify:.2f}",
    ]
    if found.faq is not None:
        lines.append(f"知识库 {found.faq.entry_id}，相似度 {found.faq.score:.2f}，命中问法「{found.faq.question}」")
    return "\n".join(lines)


def _heat(found: Explanation) -> str:
    cells = []
    for character, value in zip(found.message.raw, found.characters, strict=True):
        code = "32" if value > 0.15 else "31" if value < -0.15 else "37"
        cells.append(f"{colour(character, code)}{value:+.1f}")
    return "  " + " ".join(cells)


def _case(raw: str, case: IntentCase, taxonomy: Taxonomy) -> list[str]:
    lines = [f"{taxonomy.name(case.intent)}（{case.intent}）：基数 {case.bias:+.2f}，合计 {case.total:+.2f}"]
    for voice in case.voices[:_MOST_VOICES]:
        text = "、".join(dict.fromkeys(span.of(raw) for span in voice.spans))
        lines.append(f"  {voice.value:+.2f}  {_BLOCKS[voice.block]} {voice.shown}" + (f"  ←「{text}」" if text else ""))
    rest = sum(voice.value for voice in case.voices[_MOST_VOICES:])
    if len(case.voices) > _MOST_VOICES:
        lines.append(f"  {rest:+.2f}  其余 {len(case.voices) - _MOST_VOICES} 个特征")
    return lines
