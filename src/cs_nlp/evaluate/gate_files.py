"""The outcome of a gate for other programs: JUnit XML for a CI server, Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from cs_nlp.evaluate.gate import Outcome

_HEADLINES = (
    ("accuracy", "端到端正确率"),
    ("intent_any", "意图正确率"),
    ("macro_f1", "宏平均 F1"),
    ("coverage", "自动回答覆盖率"),
    ("precision", "自动回答正确率"),
    ("oos_recall", "越界召回率"),
    ("s_recall", "S 级召回率"),
    ("severity_macro_f1", "级别宏平均 F1"),
)


def junit(outcomes: Sequence[Outcome], *, name: str = "cs-nlp gate") -> bytes:
    """The outcomes as JUnit XML, one test case a check.

    >>> junit([]).decode().splitlines()[1]
    '<testsuites tests="0" failures="0"><testsuite name="cs-nlp gate" tests="0" failures="0" /></testsuites>'
    """
    counts = {"tests": str(len(outcomes)), "failures": str(sum(not outcome.passed for outcome in outcomes))}
    top = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(top, "testsuite", {"name": name, **counts})
    for outcome in outcomes:
        case = ElementTree.SubElement(
            suite, "testcase", {"classname": "gate", "name": f"{outcome.name} {outcome.needed}"}
        )
        if not outcome.passed:
            ElementTree.SubElement(case, "failure", {"message": str(outcome)}).text = str(outcome)
    text: bytes = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def markdown(outcomes: Sequence[Outcome], summary: Mapping[str, Any], baseline: Mapping[str, Any] | None = None) -> str:
    """A summary for a pull request, in Chinese: verdict, headline figures (beside the baseline's), failed checks.

    Args:
        outcomes: The outcomes of the gate; none when there was no gate.
        summary: The figures.
        baseline: The figures of the baseline, or None.
    """
    failed = [outcome for outcome in outcomes if not outcome.passed]
    verdict = "" if not outcomes else f"：❌ {len(failed)} / {len(outcomes)} 项未达标" if failed else "：✅ 全部达标"
    lines = [f"## 模型评测{verdict}", "", f"测试消息 {summary['messages']} 条。", ""]
    lines += _headline_table(summary, baseline)
    comparison = summary.get("comparison")
    if comparison:
        lines += [
            "",
            f"与基线相比：修好 **{comparison['mended']}** 条，弄坏 **{comparison['broken']}** 条"
            f"（McNemar p = {comparison['p_value']:.3g}），新增错答 {comparison['new_wrong_answers']} 条。",
        ]
    for title, part, mark in (("未达标", failed, "❌"), ("达标", [o for o in outcomes if o.passed], "✅")):
        if part:
            lines += ["", f"<details{' open' if mark == '❌' else ''}><summary>{title} {len(part)} 项</summary>", ""]
            lines += ["| | 指标 | 实测 | 要求 | 出处 |", "| --- | --- | --- | --- | --- |"]
            lines += [f"| {mark} | `{o.name}` | {_number(o.value)} | {o.needed} | {o.check.source} |" for o in part]
            lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def _headline_table(summary: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> list[str]:
    lines = ["| 指标 | 本次 | 95 % 区间 |" + (" 基线 | 变化 |" if baseline else "")]
    lines.append("| --- | ---: | ---: |" + (" ---: | ---: |" if baseline else ""))
    for name, title in _HEADLINES:
        value = summary.get(name)
        if value is None:
            continue
        bounds = summary.get("intervals", {}).get(name)
        between = f"{bounds['low']:.1%} – {bounds['high']:.1%}" if bounds else ""
        line = f"| {title} `{name}` | {value:.1%} | {between} |"
        if baseline:
            old = baseline.get(name)
            line += f" {old:.1%} | {(value - old) * 100:+.1f} |" if old is not None else " | |"
        lines.append(line)
    return lines


def _number(value: float | None) -> str:
    return "未测" if value is None else f"{value:.4f}"
