"""The measured figures of both READMEs, in one go.

Run: python benchmarks/figures.py          measures, prints, and rewrites the marked tables of README.md and README.zh-CN.md

Accuracy is measured here by `cs-nlp evaluate`; speed, memory and start-up are read from benchmarks/serve.json, which
`python benchmarks/serve.py` writes. Figures on real messages need the folder of real messages (`../shared/real`, or what
CS_NLP_REAL names); without it those measured before, kept in benchmarks/figures.json, stay.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REAL = Path(os.environ.get("CS_NLP_REAL", ROOT.parent / "shared" / "real")) / "messages_dev.jsonl"
EVAL = ROOT / "data" / "eval" / "messages.jsonl"
SERVE = ROOT / "benchmarks" / "serve.json"
KEPT = ROOT / "benchmarks" / "figures.json"
BEGIN, END = "<!-- figures: begin (make figures) -->", "<!-- figures: end -->"
FILES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
NAMES = ("messages", "intent_any", "precision", "precision_low", "coverage", "s_recall", "severity_accuracy")
HEADS = {"en": ("measured", "figure", "command"), "zh": ("指标", "实测", "命令")}
KINDS = {
    "en": {
        "precision": "automatic answers that are right (lower 95 % bound)",
        "coverage": "messages it answers itself",
        "intent_any": "intent right, on messages that can be understood alone",
        "s_recall": "urgent (S) messages recognised",
    },
    "zh": {
        "precision": "自动回答正确率（95% 置信下限）",
        "coverage": "机器人直接回答的占比",
        "intent_any": "意图正确率（单句可判断的消息）",
        "s_recall": "紧急（S 级）消息召回率",
    },
}
SETS = {
    "en": {"eval": "{n} messages of data/eval", "real": "{n} real messages (not shipped)"},
    "zh": {"eval": "data/eval 的 {n} 条", "real": "{n} 条真实消息（不随包发布）"},
}
SPEED = {
    "en": {
        "reply, p50": "one reply, median",
        "reply without the C modules, p50": "the same installed without a C compiler",
        "reply, p99": "one reply, 99th percentile",
        "reply_many, one core": "messages a second, one core",
        "import, load, first reply": "import, load and first reply, fresh process",
        "peak resident memory": "peak resident memory",
        "bundle": "model on disk",
    },
    "zh": {
        "reply, p50": "单条处理，中位数",
        "reply without the C modules, p50": "安装时没有 C 编译器，中位数",
        "reply, p99": "单条处理，99 分位",
        "reply_many, one core": "单核每秒条数",
        "import, load, first reply": "新进程：导入、加载并答出第一条",
        "peak resident memory": "内存峰值",
        "bundle": "模型大小",
    },
}
COMMANDS = {
    "eval": "`cs-nlp evaluate --data data/eval/messages.jsonl`",
    "real": "`cs-nlp evaluate --data messages_dev.jsonl`",
    "speed": "`make bench`",
}
TIMES = {
    "en": "{jieba} × jieba.lcut, {sklearn} × a scikit-learn pipeline",
    "zh": "jieba.lcut 的 {jieba} 倍，scikit-learn 流水线的 {sklearn} 倍",
}


def evaluated(file: Path) -> dict[str, Any]:
    """What `cs-nlp evaluate --json` says about a file, the figures that are shown."""
    command = [sys.executable, "-m", "cs_nlp", "evaluate", "--data", str(file), "--json"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {name: found[name] for name in NAMES}


def collected() -> dict[str, Any]:
    """All figures: measured now, or kept from before where the messages are not at hand."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    figures = {"eval": evaluated(EVAL), "real": evaluated(REAL) if REAL.is_file() else kept.get("real")}
    figures = {name: value for name, value in figures.items() if value}
    KEPT.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if SERVE.is_file():
        figures["speed"] = {row["name"]: row for row in json.loads(SERVE.read_text(encoding="utf-8"))["rows"]}
    return figures


def accuracy(language: str, figures: dict[str, Any]) -> list[tuple[str, ...]]:
    """A column for each set of messages, a row for each figure, and below the commands that print them."""
    kinds = [kind for kind in ("eval", "real") if kind in figures]
    heads = [SETS[language][kind].format(n=f"{figures[kind]['messages']:,}") for kind in kinds]
    rows = [(HEADS[language][0], *heads), tuple("---" for _ in (0, *kinds))]
    for name, label in KINDS[language].items():
        cells = [f"{figures[kind][name]:.1%}" for kind in kinds]
        if name == "precision":
            cells = [f"{cell} ({figures[kind]['precision_low']:.1%})" for cell, kind in zip(cells, kinds, strict=True)]
        rows.append((label, *cells))
    return [*rows, (HEADS[language][2], *(COMMANDS[kind] for kind in kinds))]


def speed(language: str, found: dict[str, Any]) -> list[tuple[str, ...]]:
    """Name, figure and command of each cost."""
    rows: list[tuple[str, ...]] = [HEADS[language], ("---", "---", "---")]
    for name, label in SPEED[language].items():
        row = found[name]
        value = row["measured"]
        shown = f"{value:,.1f}" if value < 10 else f"{value:,.0f}"
        shown += f" {row['unit']}" if row["unit"] != "/s" else ""
        if name == "reply, p50":
            ratios = {"jieba": f"{row['to_jieba']:.1f}", "sklearn": f"{row['to_sklearn']:.2f}"}
            shown += f" ({TIMES[language].format(**ratios)})"
        rows.append((label, shown, COMMANDS["speed"]))
    return rows


def tables(language: str, figures: dict[str, Any]) -> str:
    """All figures as Markdown tables."""
    parts = [accuracy(language, figures)]
    if "speed" in figures:
        parts.append(speed(language, figures["speed"]))
    return "\n\n".join("\n".join(f"| {' | '.join(row)} |" for row in rows) for rows in parts)


def rewrite(file: Path, text: str) -> None:
    """Puts text between the marks of a file."""
    before, rest = file.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    file.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measures, prints, rewrites."""
    figures = collected()
    for language, file in FILES.items():
        text = tables(language, figures)
        rewrite(file, text)
        print(text, end="\n\n")


if __name__ == "__main__":
    main()
