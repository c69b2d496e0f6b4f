"""The detailed sections of the report: intents, confusion, severity, slices, behaviour, data quality, mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from cs_nlp.evaluate.html import bar, esc, intent, number, percent, section, table, tag, tip
from cs_nlp.evaluate.report import Report
from cs_nlp.evaluate.severity import LEVELS
from cs_nlp.evaluate.slices import DIMENSIONS
from cs_nlp.evaluate.svg import heat_map, interval_bar

_MOST_LABELS = 18
_MOST_CONFUSIONS = 30
_KINDS = {"MFT": "必须会", "INV": "不该变", "DIR": "只能往一边变"}


def labels(report: Report) -> str:
    """The table of intents."""
    both = report.outside is not None
    found = report.summary["per_label"]
    rows = [
        _label_row(label, row, report.names, both)
        for label, row in sorted(found.items(), key=lambda i: -i[1]["support"])
    ]
    rejected = "“意图”两列不看阈值；后面三列是端到端，没自动回答的算判成越界，所以召回低。" if both else ""
    hint = f"{rejected}点表头排序，点一行看它的错误。样本不足 10 条的数字只能当线索。"
    bare = ["意图精确率", "意图召回率"] if both else []
    heads = ["意图", "标注", *bare, "精确率", "召回率", "F1", "!"]
    return section("labels", "各意图", hint, table(heads, rows, tall=True, numbers=range(1, len(heads) - 1)))


def _label_row(label: str, row: Mapping[str, Any], names: Mapping[str, str], both: bool) -> str:
    thin = tag("样本少", "warn") if row["support"] < 10 else ""
    bare = f"{number(row['intent_precision'])}{number(row['intent_recall'])}" if both else ""
    return (
        f'<tr data-gold="{esc(label)}"><td>{intent(label, names)} {thin}</td>{number(row["support"], "d")}{bare}'
        f"{number(row['precision'])}{number(row['recall'])}{number(row['f1'])}"
        f"<td>{interval_bar(row['f1'], None, None)}</td></tr>"
    )


def confusion(report: Report) -> str:
    """The matrix of the labels that are confused most, and the list."""
    if not report.confusions:
        return ""
    counts = {(gold, said): count for gold, said, count in report.confusions}
    weight: Counter[str] = Counter()
    for gold, said, count in report.confusions:
        weight[gold] += count
        weight[said] += count
    chosen = [label for label, _ in sorted(weight.items(), key=lambda item: (-item[1], item[0]))[:_MOST_LABELS]]
    counts |= {(label, label): report.right.get(label, 0) for label in chosen}
    rows = [
        f'<tr data-gold="{esc(gold)}" data-said="{esc(said)}"><td>{intent(gold, report.names)}</td>'
        f"<td>{intent(said, report.names)}</td>{number(count, 'd')}</tr>"
        for gold, said, count in report.confusions[:_MOST_CONFUSIONS]
    ]
    beyond = "越界的只算被接受的。" if report.outside is not None else ""
    hint = f"只看首选意图，不看阈值。{beyond}行是标注，列是预测，取最易混的 {len(chosen)} 个；颜色按行的比例。点列表的一行看那些消息。"
    heat = f'<div class="scroll">{heat_map(chosen, report.names, counts)}</div>'
    listed = table(["应为", "判为", "次数"], rows, tall=True, numbers=(2,))
    return section("confusion", "混淆", hint, f'<div class="pair wide"><div>{heat}</div><div>{listed}</div></div>')


def severity(report: Report) -> str:
    """The matrix of severities and what the mistakes cost."""
    costs = report.summary.get("severity_costs")
    if not costs:
        return ""
    matrix, prices = costs["matrix"], costs["prices"]
    head = "".join(f"<th>判 {level}</th>" for level in LEVELS)
    body = "".join(
        f"<tr><th>标 {gold}</th>{''.join(_level_cell(gold, said, matrix[gold][said], prices[gold][said]) for said in LEVELS)}</tr>"
        for gold in LEVELS
    )
    text = (
        f"低估 <b>{percent(costs['under'])}</b>，高估 <b>{percent(costs['over'])}</b>；平均每条代价 <b>{costs['per_message']:.2f}</b>"
        f"，全部判 N 会是 {costs['all_normal']:.2f}。"
    )
    hint = (
        f"漏掉一条紧急消息远比多惊动一次人贵：S 判成 N 记 {prices['S']['N']:g} 分，"
        f"N 判成 S 记 {prices['N']['S']:g} 分。格子里小字是单价。"
    )
    grid = f'<div class="scroll"><table class="matrix"><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    verdict = tip(text, "warn" if costs["under"] > 0.05 else "good")
    content = f'<div class="pair"><div>{grid}</div><div>{verdict}{_dearest(matrix, prices)}</div></div>'
    return section("severity", "严重级别", hint, content)


def _dearest(matrix: Mapping[str, Mapping[str, int]], prices: Mapping[str, Mapping[str, float]]) -> str:
    """The kinds of wrong levels by what they cost together."""
    found = [(prices[a][b] * matrix[a][b], a, b) for a in LEVELS for b in LEVELS if a != b and matrix[a][b]]
    total = sum(cost for cost, _, _ in found)
    rows = [
        f"<td>{gold} 判成 {said}</td>{number(matrix[gold][said], 'd')}{number(cost, 'g')}{number(cost / max(total, 1e-9), '.0%')}"
        for cost, gold, said in sorted(found, reverse=True)[:6]
    ]
    return table(["!错法", "!条数", "!代价", "!占比"], rows, numbers=(1, 2, 3)) if rows else ""


def _level_cell(gold: str, said: str, count: int, price: float) -> str:
    kind = "good" if gold == said else "bad" if LEVELS.index(said) > LEVELS.index(gold) else "warn"
    style = f' style="background:var(--{kind}-soft);color:var(--{kind})"' if count else ' style="color:var(--faint)"'
    note = f"<br><small>×{price:g}</small>" if price and count else ""
    return f"<td{style}><b>{count}</b>{note}</td>"


def parts(report: Report) -> str:
    """Figures by length, script, spelling, source, severity."""
    whole = report.summary
    rows = []
    for dimension, found in whole["slices"].items():
        title, names = DIMENSIONS[dimension]
        rows.append(f'<tr class="group"><th colspan="7">{title}</th></tr>')
        rows += [_part_row(names.get(part, part), row, whole) for part, row in found.items()]
    heads = ["!部分", "!条数", "!意图正确率", "!", "!覆盖率", "!答对率", "!"]
    hint = "蓝条是这部分的比例，黑线是 95 % 区间，红线是全体。区间不碰红线才说明这部分真的不同。"
    return section("slices", "切片", hint, table(heads, rows, numbers=(1, 2, 4, 5)))


def _part_row(name: str, row: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    return (
        f"<td>{esc(name)}</td>{number(row['messages'], 'd')}"
        f"{number(row['intent_any'])}{bar(row, 'intent_any', whole['intent_any'])}"
        f"{number(row['coverage'])}{number(row['precision'])}{bar(row, 'precision', whole['precision'])}"
    )


def behaviour(report: Report) -> str:
    """The behavioural tests with the cases that failed."""
    if not report.behaviour:
        return ""
    rows, failures = [], []
    for result in sorted(report.behaviour, key=lambda item: (item.passed, item.rate)):
        test = result.test
        mark = tag("通过", "good") if result.passed else tag("未过", "bad")
        rows.append(
            f"<td>{mark}</td><td>{esc(test.name)}<span class='id'>{esc(test.id)}</span></td><td>{_KINDS[test.kind]}</td>"
            f"{number(result.cases, 'd')}{number(result.rate, '.0%')}{number(test.least, '.0%')}"
        )
        failures += [
            f"<td>{esc(test.name)}</td><td>{esc(case.text)}</td><td>{esc(case.wanted)}</td><td>{esc(case.found)}</td>"
            for case in result.failures
        ]
    content = table(["结果", "行为", "类型", "用例", "通过率", "要求"], rows, numbers=(3, 4, 5))
    if failures:
        listed = table(["行为", "消息", "应当", "实际"], failures, tall=True)
        content += f"<details><summary>没通过的用例 {len(failures)} 个</summary>{listed}</details>"
    return section(
        "behaviour",
        "行为测试",
        "不靠标注：必须会的、不该变的（标点、繁体、错别字…）、只能往一边变的（加上投诉，级别不降）。",
        content,
    )


def data_quality(report: Report) -> str:
    """Leaks between training and test, and labels that are contradicted more than the scores admit."""
    noise, leaks = report.summary["label_noise"], report.summary.get("leaks")
    content = ""
    if noise["sure"]:
        over = noise["excess_low"] > 0
        content += tip(
            f"模型有把握（分数 ≥ 0.8）的 {noise['sure']} 条里，标注与它不符的占 <b>{percent(noise['contradicted'])}</b>，"
            f"按分数应有 {percent(noise['expected'])}。"
            + (
                "多出来的部分要么是标错，要么是模型过于自信：先看错误明细里分数最高的。" if over else "没有多余的矛盾。"
            ),
            "warn" if over else "good",
        )
    if leaks is not None:
        text = f"测试消息里有 <b>{leaks['messages']}</b> 条（{percent(leaks['share'])}）在训练数据里出现过：相同 {leaks['exact']}，近似 {leaks['near']}。"
        content += tip(text, "bad" if leaks["messages"] else "good")
    else:
        content += tip("没有给训练数据（<code>--train</code>），没有检查泄漏。")
    labels = report.summary.get("training_labels")
    if labels is not None:
        content += tip(
            f"训练数据 {labels['messages']} 条，没见过它们的模型同意标注的占 <b>{percent(labels['held_out_right'])}</b>，"
            f"强烈反对的占 <b>{percent(labels['suspected'])}</b>；用 <code>cs-nlp doctor</code> 逐条看。"
        )
    if report.leaks:
        rows = [f"<td>{esc(a)}</td><td>{esc(b)}</td>{number(like, '.2f')}" for a, b, like in report.leaks]
        content += table(["测试", "训练", "相似度"], rows, tall=True, numbers=(2,))
    return section("quality", "数据质量", "", content)


def errors(report: Report) -> str:
    """The searchable list of mistakes; the script fills it."""
    if not report.mistakes:
        return section("errors", "错误明细", "", tip("没有错误。", "good"))
    hint = "危险的在前，同类里越有把握的越在前。点开看为什么：哪些字推向错的一边，触发了哪些规则，差多少。"
    filters = (
        '<div class="filters"><input type="search" id="query" placeholder="搜消息、意图、规则、来源…" aria-label="搜索">'
        '<select id="by-kind" aria-label="错误类型"><option value="">所有类型</option></select>'
        '<select id="by-gold" aria-label="应为"><option value="">应为：全部</option></select>'
        '<select id="by-said" aria-label="判为"><option value="">判为：全部</option></select></div>'
    )
    listed = '<p class="shown" id="shown"></p><div id="mistakes"></div><button id="more">再看 50 条</button>'
    return section("errors", "错误明细", hint, filters + listed)


def glossary(report: Report) -> str:
    """What the figures mean."""
    words = [
        ("覆盖率", "机器人自己回答（或分类器按阈值接受）的消息占全部消息的比例。"),
        ("答对率", "自动回答的消息里，首选意图是标注的第一或第二意图的比例；越界消息被答一律算错。"),
        (
            "端到端正确率",
            "界内消息既要意图对、又要没被拒；越界消息要没被答。转人工的界内消息在这里算错，所以它比意图正确率低。",
        ),
        ("越界", f"不该自动回答的消息，标注为 {report.outside}。" if report.outside else "这批数据没有越界标签。"),
        ("OSCR", "随机取一条界内、一条越界消息，界内那条意图对且分数更高的概率，不依赖阈值。"),
        ("置信下限", "数据有限，真实比例有 95 % 的把握落在区间里；承诺看下限，不看点值。"),
    ]
    listed = "".join(f"<dt>{esc(word)}</dt><dd>{esc(text)}</dd>" for word, text in words)
    return section("glossary", "怎么读", "", f"<dl>{listed}</dl>")
