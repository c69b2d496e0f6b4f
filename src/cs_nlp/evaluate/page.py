"""The report as one page: HTML with its style, script, plots and data inside; nothing is fetched."""

from __future__ import annotations

import json
from importlib.resources import files

from cs_nlp.evaluate.font import font_face
from cs_nlp.evaluate.html import esc, percent
from cs_nlp.evaluate.mistakes import KINDS
from cs_nlp.evaluate.report import Report
from cs_nlp.evaluate.sections import sections

_BLOCKS = {"char": "字", "word": "词", "concept": "概念", "pair": "概念对", "skip": "隔字", "shape": "形式"}
_PLAIN_KINDS = {"answered_wrong": "接受但错", "answered_outside": "越界被接受", "wrong_intent": "意图错，未接受"}
_ACTIONS = {"answer": "自动回答", "clarify": "反问", "handoff": "转人工"}


def page(report: Report) -> str:
    """The page as HTML."""
    parts = sections(report)
    links = "".join(f'<a href="#{anchor}">{esc(title)}</a>' for anchor, title, _ in parts if title)
    facts = "".join(f"<span>{esc(name)} <b>{esc(value)}</b></span>" for name, value in report.facts)
    body = (
        f'<header class="top"><div><h1>{esc(report.title)}</h1><p class="facts">{facts}</p>{_lead(report)}</div></header>'
        f"<nav><div>{links}</div></nav><main>{''.join(content for _, _, content in parts)}</main>"
        "<footer>由 cs-nlp evaluate 生成 · 消息已脱敏 · 区间均为 95 %</footer>"
        f'<script type="application/json" id="data">{_data(report)}</script>'
        f"<script>{_asset('report.js')}</script></body></html>\n"
    )
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{esc(report.title)}</title><style>{font_face(body)}{_asset('report.css')}</style></head><body>{body}"
    )


def _asset(name: str) -> str:
    return (files("cs_nlp.evaluate") / "assets" / name).read_text(encoding="utf-8").strip()


def _data(report: Report) -> str:
    values = {
        "names": dict(report.names),
        "kinds": KINDS | _PLAIN_KINDS if report.plain else KINDS,
        "blocks": _BLOCKS,
        "actions": _ACTIONS,
        "plain": report.plain,
        "mistakes": list(report.mistakes),
    }
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _lead(report: Report) -> str:
    """The verdict in two sentences."""
    found = report.summary
    coverage, precision, low = found["coverage"], found["precision"], found["precision_low"]
    does = "按自己的阈值接受" if report.plain else "自动回答"
    if not coverage or precision is None:
        return f'<p class="lead">在这批消息上模型一条也没有{does}。</p>'
    text = f"{does} <b>{percent(coverage)}</b> 的消息，其中 <b>{percent(precision)}</b> 是对的（置信下限 {percent(low)}）。"
    understood = found.get("intent_any")
    if understood is not None:
        text += f"意图本身认对 <b>{percent(understood)}</b>。"
    if found.get("s_recall") is not None:
        text += f"S 级消息认出 <b>{percent(found['s_recall'], 0)}</b>。"
    return f'<p class="lead">{text}</p>'
