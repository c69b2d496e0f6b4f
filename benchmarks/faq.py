"""Measures the FAQ search: is it right, and is it fast, beside brute force and scikit-learn in the same run.

Run: python benchmarks/faq.py [--real FOLDER] [--sizes 5000 100000] [--json]
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.fuzz import ratio
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score

from cs_nlp.faq.entries import FaqEntry, load_entries
from cs_nlp.faq.index import FaqIndex

ROOT = Path(__file__).resolve().parent.parent
Table = dict[str, dict[str, float]]

_WHO = ("我的", "", "上周买的", "昨天拍的", "给妈妈买的", "刚收到的", "双十一买的", "退回去的", "那件", "客厅用的")
_WHAT = (
    *("手机", "耳机", "冰箱", "空调", "洗衣机", "外套", "裙子", "运动鞋", "牛奶", "面膜", "奶粉", "行李箱", "台灯"),
    *("键盘", "显示器", "锅", "床垫", "书架", "窗帘", "玩具", "水杯", "电饭煲", "手表"),
)
_COLOUR = ("白色", "黑色", "红色", "蓝色", "大号", "小号", "新款", "旧款", "加厚", "折叠", "便携", "家用", "儿童")
_ASK = (
    *("怎么退货", "能换货吗", "什么时候发货", "物流不动了", "发票怎么开", "有优惠吗", "坏了怎么修", "钱退到哪里"),
    *("少了配件", "怎么安装", "能便宜点吗", "保修几年", "颜色不对", "可以改地址吗"),
)


def synthetic(size: int, seed: int = 7) -> list[str]:
    """Different questions of a shop, put together by chance."""
    chance = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < size:
        number = chance.choice(["", "", f"{chance.randint(1, 999)}号", f"第{chance.randint(2, 99)}次"])
        parts = (chance.choice(_WHO), chance.choice(_COLOUR), chance.choice(_WHAT), number, chance.choice(_ASK))
        text = "".join(parts) + chance.choice(["", "啊", "呢", "谢谢"])
        at = chance.randrange(len(text))
        found[text[:at] + chr(0x4E00 + chance.randrange(3000)) + text[at:]] = None
    return list(found)


def typed(text: str, chance: random.Random) -> str:
    """The question as a hurried customer types it: one character lost, a greeting in front."""
    at = chance.randrange(len(text))
    return chance.choice(["", "你好，", "亲"]) + text[:at] + text[at + 1 :]


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def groups(file: Path) -> Table:
    """Share of questions whose nearest other question is of the same group (`hit@1`)."""
    rows = rows_of(file)
    texts, marks = [row["text"] for row in rows], np.array([row["group"] for row in rows])
    index = FaqIndex.build(FaqEntry(str(place), (text,), "-") for place, text in enumerate(texts))
    nearest = []
    for place, text in enumerate(texts):
        others = [int(hit.entry_id) for hit in index.search(text, k=2) if hit.entry_id != str(place)]
        nearest.append(others[0] if others else place - 1)
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2)).fit_transform(texts)
    found = {
        "FaqIndex": float((marks[nearest] == marks).mean()),
        "rapidfuzz ratio": _nearest_same(process.cdist(texts, texts, scorer=ratio), marks),
        "scikit-learn char 1-2": _nearest_same((vectors @ vectors.T).toarray(), marks),
    }
    return {name: {"hit@1": value} for name, value in found.items()}


def group_entries(file: Path, parts: int = 10) -> Table:
    """Share of questions found in their group, when each group is one entry without them (`hit@1`, `hit@5`)."""
    found: dict[str, list[str]] = {}
    for row in rows_of(file):
        found.setdefault(row["group"], []).append(row["text"])
    return {
        "FaqIndex, group as entry": held_out([FaqEntry(key, tuple(texts), "-") for key, texts in found.items()], parts)
    }


def held_out(entries: Sequence[FaqEntry], parts: int = 10) -> dict[str, float]:
    """Hit@1 and hit@5 of questions that are left out of the index, a part at a time; `own`: in the entry's intent."""
    first = fifth = own = total = 0
    for part in range(parts):
        kept = [_with(entry, [q for n, q in enumerate(entry.questions) if n % parts != part]) for entry in entries]
        index = FaqIndex.build(entry for entry in kept if entry.questions)
        for entry in entries:
            for question in entry.questions[part::parts]:
                hits = [hit.entry_id for hit in index.search(question)]
                narrow = index.search(question, 1, entry.intents[:1] or None)
                total += 1
                first += hits[:1] == [entry.id]
                fifth += entry.id in hits
                own += bool(narrow) and narrow[0].entry_id == entry.id
    return {"hit@1": first / total, "hit@5": fifth / total, "hit@1 own intent": own / total}


def pairs(file: Path) -> Table:
    """How well the score tells pairs of one meaning from others (area under the ROC curve)."""
    rows = rows_of(file)
    left, right, same = [row["a"] for row in rows], [row["b"] for row in rows], [int(row["same"]) for row in rows]
    index = FaqIndex.build(FaqEntry(str(place), (text,), "-") for place, text in enumerate(dict.fromkeys(left + right)))
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2)).fit(left + right)
    cosine = np.asarray(vectors.transform(left).multiply(vectors.transform(right)).sum(axis=1)).ravel()
    scores = {
        "FaqIndex": [index.likeness(a, [b]) for a, b in zip(left, right, strict=True)],
        "rapidfuzz ratio": [ratio(a, b) for a, b in zip(left, right, strict=True)],
        "scikit-learn char 1-2": cosine.tolist(),
    }
    return {name: {"AUC": float(roc_auc_score(same, values))} for name, values in scores.items()}


def speed(size: int, per_entry: int = 10, queries: int = 1000) -> dict[str, float]:
    """Build time, memory and time of a search at a number of variants; hit@1 of questions with a character lost."""
    texts = synthetic(size)
    entries = [
        FaqEntry(f"f{place:07}", tuple(texts[place : place + per_entry]), "-") for place in range(0, size, per_entry)
    ]
    gc.collect()
    start = time.perf_counter()
    index = FaqIndex.build(entries)
    build = time.perf_counter() - start
    chance = random.Random(11)
    asked = [chance.randrange(size) for _ in range(queries)]
    wanted = [(typed(texts[place], chance), f"f{place // per_entry * per_entry:07}") for place in asked]
    right = sum(index.search(text, 1)[0].entry_id == key for text, key in wanted if text)
    times = _times(index.search, [text for text, _ in wanted])
    edit = _times(lambda text: index.upsert([FaqEntry("edit", (text,), "-")]), [text for text, _ in wanted[:20]])
    return {
        "variants": size, "build s": build, "MB": _megabytes(entries) if size <= 100_000 else float("nan"),
        "p50 us": statistics.median(times), "p99 us": float(np.percentile(times, 99)),
        "edit ms": max(edit) / 1000, "hit@1": right / queries,
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--real", type=Path, default=ROOT.parent / "shared" / "real", help="folder of the real questions"
    )
    parser.add_argument("--sizes", type=int, nargs="*", default=[5_000, 100_000, 1_000_000], help="numbers of variants")
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args(arguments)
    report: dict[str, Table] = {}
    for name, file, measures in (
        ("nearest question of the same group", "faq_groups_dev.jsonl", (groups, group_entries)),
        ("pairs of questions", "pairs_lcqmc_dev.jsonl", (pairs,)),
    ):
        if (chosen.real / file).is_file():
            report[name] = {key: row for measure in measures for key, row in measure(chosen.real / file).items()}
        else:
            print(f"{name}: skipped, there is no {file} in {chosen.real}", file=sys.stderr)
    if (ROOT / "faq").is_dir():
        report["shipped knowledge base, variants left out"] = {"FaqIndex": held_out(load_entries(ROOT / "faq"))}
    report["speed"] = {f"{size:,} variants": speed(size) for size in chosen.sizes}
    print(json.dumps(report, ensure_ascii=False, indent=2) if chosen.json else _text(report))
    return 0


def _with(entry: FaqEntry, questions: list[str]) -> FaqEntry:
    return FaqEntry(entry.id, tuple(questions), entry.answer, intents=entry.intents)


def _nearest_same(scores: np.ndarray, marks: np.ndarray) -> float:
    np.fill_diagonal(scores, -1)
    return float((marks[scores.argmax(axis=1)] == marks).mean())


def _times(call: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    found = []
    for text in texts:
        start = time.perf_counter()
        call(text)
        found.append((time.perf_counter() - start) * 1e6)
    return found


def _megabytes(entries: Sequence[FaqEntry]) -> float:
    tracemalloc.start()
    index = FaqIndex.build(entries)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(index) == len(entries)
    return size / 1e6


def _text(report: dict[str, Table]) -> str:
    lines = []
    for name, table in report.items():
        lines.append(name)
        for row, values in table.items():
            lines.append(f"  {row:26} " + "  ".join(f"{key} {value:.4g}" for key, value in values.items()))
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
