"""Figures of parts of a test: by length, script, spelling, source, and labelled severity."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cs_nlp.evaluate.metrics import Judged, shares, wilson
from cs_nlp.text.traditional import has_traditional

_LENGTHS = (4, 9, 14, 24, 49)
_SHOWN = ("accuracy", "intent_any", "coverage", "precision")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")

TYPOS = (
    "腿货", "推货", "退歀", "换火", "发或", "发获", "块递", "快弟", "快滴", "塑递", "物留", "物牛", "签受", "客福", "课服",
    "人功", "发漂", "发彪", "优会", "优惠卷", "优惠劵", "打拆", "打择", "返线", "价宝", "保架", "包油", "包又", "运废", "邮废",
    "顶单", "付宽", "付歀", "帐号", "到帐", "密马", "登路", "登绿", "评驾", "差屏", "好坪", "怀了", "坏勒", "破勒", "少发勒",
    "怎摸", "怎末", "杂么", "肿么", "为森么", "什莫", "神马时候", "甚么", "木有", "么有收", "再吗", "以经", "己经", "自已",
    "在不发", "尺玛", "库村", "现获", "申清", "深请", "申情", "客付", "投拆", "偷诉", "投素", "陪偿", "赔尝", "假获", "真平",
    "申请退或", "要退或", "我想换或", "在次发", "型号不队", "质量太茶",
)  # fmt: skip
"""Common slips of input methods in messages to shops; a message with one of them counts as misspelt."""

_TYPO = re.compile("|".join(TYPOS))


def slices(rows: Sequence[Judged], outside: str | None = None) -> dict[str, dict[str, dict[str, Any]]]:
    """Figures by dimension and part, e.g. `["length"]["1-4"]["intent_any"]`.

    Dimensions are `length` (characters), `script` (hans, hant, mixed, latin, other), `spelling` (misspelt, usual),
    and, where there is more than one, `source` and `severity` (as labelled).
    """
    found = {}
    for name, key in _KEYS.items():
        parts: dict[str, list[Judged]] = {}
        for row in rows:
            part = key(row)
            if part:
                parts.setdefault(part, []).append(row)
        if len(parts) > 1 or (name in ("length", "script") and parts):
            found[name] = {part: _figures(parts[part], outside) for part in sorted(parts, key=_order)}
    return found


def length_of(text: str) -> str:
    """The class of length of a message.

    >>> length_of("怎么退货")
    '1-4'
    """
    size, low = len(text.strip()), 1
    for high in _LENGTHS:
        if size <= high:
            return f"{low}-{high}"
        low = high + 1
    return f"{low}+"


def script_of(text: str) -> str:
    """The script of a message.

    >>> script_of("怎麼退貨"), script_of("耳机是iPhone的"), script_of("？？")
    ('hant', 'mixed', 'other')
    """
    if _HAN.search(text):
        if has_traditional(text):
            return "hant"
        return "mixed" if _LATIN.search(text) else "hans"
    return "latin" if _LATIN.search(text) else "other"


def spelling_of(text: str) -> str:
    """Whether a message holds a common slip.

    >>> spelling_of("怎么申请退或"), spelling_of("怎么申请退货")
    ('misspelt', 'usual')
    """
    return "misspelt" if _TYPO.search(text) else "usual"


DIMENSIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "length": ("长度（字）", {}),
    "script": ("文字", {"hans": "简体", "hant": "繁体", "mixed": "中英混写", "latin": "拉丁字母", "other": "没有文字"}),
    "spelling": ("错别字", {"misspelt": "有常见错别字", "usual": "没有"}),
    "source": ("来源", {}),
    "severity": ("标注级别", {}),
}
"""Every dimension with its Chinese name and the Chinese names of its parts."""

_KEYS: Mapping[str, Callable[[Judged], str | None]] = {
    "length": lambda row: length_of(row.text),
    "script": lambda row: script_of(row.text),
    "spelling": lambda row: spelling_of(row.text),
    "source": lambda row: row.source,
    "severity": lambda row: row.gold_severity,
}


def _order(part: str) -> tuple[int, str]:
    """Lengths by number, severities from the worst, the rest by name."""
    digits = re.match(r"\d+", part)
    return (int(digits.group()) if digits else "SABN".find(part) if len(part) == 1 else 0, part)


def _figures(rows: Sequence[Judged], outside: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"messages": len(rows)}
    counts = shares(rows, outside)
    for name in _SHOWN:
        right, total = counts[name]
        low, high = wilson(right, total)
        found[name] = round(right / total, 4) if total else None
        found[f"{name}_low"], found[f"{name}_high"] = (round(low, 4), round(high, 4)) if total else (None, None)
    return found
