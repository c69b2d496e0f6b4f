"""The sections of the report: headline figures, gate, comparison, curves, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cs_nlp.evaluate.html import esc, intent, number, percent, section, table, tag, tip
from cs_nlp.evaluate.report import Report
from cs_nlp.evaluate.sections_detail import (
    behaviour,
    confusion,
    data_quality,
    errors,
    glossary,
    labels,
    parts,
    severity,
)
from cs_nlp.evaluate.svg import coverage_plot, reliability_plot

_CARDS = (
    ("precision", "自动回答正确率", "答出去的里面有多少对"),
    ("coverage", "自动回答覆盖率", "多少消息不用人工"),
    ("intent_any", "意图正确率", "首选意图是标注的第一或第二意图"),
    ("accuracy", "端到端正确率", "该答的答对，不该答的没答"),
    ("macro_f1", "宏平均 F1", "各意图一样重要"),
    ("oos_recall", "越界召回率", "不该自动答的没有自动答"),
    ("s_recall", "S 级召回率", "紧急消息认出多少"),
    ("severity_macro_f1", "级别宏平均 F1", "S、A、B、N 四级"),
    ("emotion_accuracy", "情绪正确率", "平静、着急、生气"),
    ("oscr", "OSCR", "不看阈值：分得开界内与越界吗"),
)
_PLAIN = {
    "precision": ("接受的正确率", "接受的里面有多少对"),
    "coverage": ("接受率", "分数到阈值的消息"),
    "accuracy": ("端到端正确率", "该接受的对，不该接受的拒绝"),
    "oos_recall": ("越界召回率", "不该接受的没有接受"),
}
"""What some figures are called when there is only a classifier."""


def sections(report: Report) -> list[tuple[str, str, str]]:
    """Anchor, title and HTML of every section that has something to show."""
    found = [
        ("overview", "概览", _cards(report)),
        ("gate", "门禁", _gate(report)),
        ("compare", "与基线比较", _comparison(report)),
        ("curves", "曲线", _curves(report)),
        ("labels", "各意图", labels(report)),
        ("confusion", "混淆", confusion(report)),
        ("severity", "级别", severity(report)),
        ("slices", "切片", parts(report)),
        ("behaviour", "行为测试", behaviour(report)),
        ("quality", "数据质量", data_quality(report)),
        ("errors", "错误明细", errors(report)),
        ("glossary", "", glossary(report)),
    ]
    return [item for item in found if item[2]]


def _cards(report: Report) -> str:
    cards = []
    for name, title, hint in _CARDS:
        value = report.summary.get(name)
        if value is None or (report.plain and name == "intent_any" and report.outside is None):
            continue
        if report.plain:
            title, hint = _PLAIN.get(name, (title, hint))
        bounds = report.summary["intervals"].get(name)
        between = f"{bounds['low'] * 100:.1f} – {percent(bounds['high'])}" if bounds else ""
        if bounds and bounds["method"] == "wilson":
            between += f" · {bounds['cases']} 条"
        cards.append(_card(title, percent(value), between, hint, _change(report, name, value)))
    ece = report.summary["calibration"]["ece"]
    if ece is not None:
        cards.append(_card("校准误差 ECE", percent(ece), "分数与实际正确率的平均差距", "越小分数越可信", ""))
    costs = report.summary.get("severity_costs")
    if costs:
        text = f"全判 N 为 {costs['all_normal']:.2f}"
        cards.append(_card("级别错误代价", f"{costs['per_message']:.2f}", text, "每条消息平均，见“级别”", ""))
    return f'<div class="cards" id="overview">{"".join(cards)}</div>'


def _card(title: str, value: str, between: str, hint: str, change: str) -> str:
    return (
        f'<div class="card" title="{esc(hint)}"><h3>{esc(title)}</h3>'
        f'<div class="value">{esc(value)}{change}</div><p>{esc(between)}</p><p>{esc(hint)}</p></div>'
    )


def _change(report: Report, name: str, value: float) -> str:
    old = (report.baseline or {}).get(name)
    if old is None:
        return ""
    points = (value - old) * 100
    kind = "up" if points > 0.05 else "down" if points < -0.05 else ""
    return f'<small class="{kind}">{points:+.1f}</small>'


def _gate(report: Report) -> str:
    if not report.outcomes:
        return ""
    failed = sum(not outcome.passed for outcome in report.outcomes)
    total = len(report.outcomes)
    verdict = (
        tip(f"{failed} / {total} 项未达标，构建应当失败。", "bad") if failed else tip(f"{total} 项全部达标。", "good")
    )
    rows = [
        f"<td>{tag('达标', 'good') if o.passed else tag('未达标', 'bad')}</td><td><code>{esc(o.name)}</code></td>"
        f"{number(o.value, '.4f', missing='未测')}<td>{esc(o.needed)}</td>"
        f'<td class="id">{esc(o.check.source)}</td>'
        for o in sorted(report.outcomes, key=lambda outcome: outcome.passed)
    ]
    return section(
        "gate", "门禁", "", verdict + table(["结果", "指标", "实测", "要求", "出处"], rows, numbers=(2,), tall=True)
    )


def _comparison(report: Report) -> str:
    found = report.summary.get("comparison")
    if not found:
        return ""
    hint = "同一批消息，逐条对比。McNemar 检验问：修好与弄坏的差别会不会只是偶然？p 小于 0.05 才算站得住。"
    rows = [_paired_row("端到端", found), _paired_row("只看意图", found["intent"])]
    heads = ["!口径", "!修好", "!弄坏", "!净变化", "!正确率变化", "!95% 区间", "!McNemar p", "!结论"]
    body = table(heads, rows, numbers=(1, 2, 3, 4, 5, 6))
    body += tip(
        f"新增错答 {found['new_wrong_answers']} 条，消除错答 {found['gone_wrong_answers']} 条。",
        "bad" if found["new_wrong_answers"] > found["gone_wrong_answers"] else "good",
    )
    for name, title in (("broken", "弄坏的消息"), ("mended", "修好的消息")):
        changed = report.changes.get(name, ())
        if changed:
            body += f"<details><summary>{title} {len(changed)} 条</summary>{_changes(changed, report.names)}</details>"
    return section("compare", "与基线比较", hint, body)


def _paired_row(title: str, found: Mapping[str, Any]) -> str:
    sure = found["p_value"] < 0.05
    verdict = tag("差别站不住", "") if not sure else tag("变好", "good") if found["net"] > 0 else tag("变差", "bad")
    chance = f"{found['p_value']:.3f}" if found["p_value"] >= 0.001 else "< 0.001"
    low, high = found["difference_low"] * 100, found["difference_high"] * 100
    return (
        f"<td>{title}</td>{number(found['mended'], 'd')}{number(found['broken'], 'd')}{number(found['net'], '+d')}"
        f'{number(found["difference"], "+.1%")}<td class="n">{low:+.1f} … {high:+.1f}</td>'
        f'<td class="n">{chance}</td><td>{verdict}</td>'
    )


def _changes(rows: Any, names: Mapping[str, str]) -> str:
    def said(label: str, score: float, answered: bool) -> str:
        return f"{intent(label, names)} {score:.2f} {tag('答', 'blue') if answered else ''}"

    cells = [
        f"<td>{esc(row['text'])}</td><td>{intent(row['gold'], names)}</td>"
        f"<td>{said(row['before'], row['score_before'], row['answered_before'])}</td>"
        f"<td>{said(row['now'], row['score_now'], row['answered_now'])}</td>"
        for row in rows
    ]
    return table(["消息", "应为", "基线", "现在"], cells, tall=True)


def _curves(report: Report) -> str:
    found = report.summary
    point = (found["coverage"], found["precision"]) if found["coverage"] and found["precision"] is not None else None
    at = found["coverage_at"]
    keys = [("", "现在的模型"), ("o", "基线"), ("t", "承诺"), ("b", "现在的策略")]
    legend = "".join(f'<span><i class="{k}"></i>{name}</span>' for k, name in keys if k != "o" or report.baseline_curve)
    left = section(
        "curves",
        "能答多少，答对多少",
        "把消息按分数从高到低排，答到哪里停。红点是现在的策略（还要看级别、情绪等条件，所以可能不在线上）。",
        coverage_plot(report.curve, point=point, baseline=report.baseline_curve)
        + f'<p class="legend">{legend}</p>'
        + tip(
            f"只看分数：正确率 90% 时可答 <b>{percent(at['p90'])}</b>，置信下限也到 90% 时可答 <b>{percent(at['p90_sure'])}</b>；"
            f"正确率 95% 时可答 <b>{percent(at['p95'])}</b>。"
        ),
    )
    heat = found["calibration"]
    right = section(
        "calibration",
        "分数可信吗",
        "分数 0.8 的消息应当十条对八条。点在虚线下方是过于自信，上方是过于谨慎；底部的柱是消息数。",
        reliability_plot(heat["bins"]) + tip(_honest(heat)),
    )
    return f'<div class="two">{left}{right}</div>'


def _honest(heat: Mapping[str, Any]) -> str:
    if heat["ece"] is None:
        return "没有可看的分数。"
    gap = sum(row["messages"] * (row["score"] - row["right"]) for row in heat["bins"])
    total = sum(row["messages"] for row in heat["bins"])
    way = "偏自信" if gap / total > 0.02 else "偏谨慎" if gap / total < -0.02 else "不偏不倚"
    return f"ECE <b>{percent(heat['ece'])}</b>（等量分箱 {percent(heat['ece_equal'])}），Brier {heat['brier']:.3f}，总体{way}。"
