"""Measures the FAQ search: is it right, and is it fast, beside other libraries in the same run.

bm25s and tantivy are measured when they are installed. Times of searches are the best of some rounds a question.

Run: python benchmarks/faq.py [--real FOLDER] [--sizes 5000 100000] [--json]
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import random
import statistics
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.fuzz import ratio
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score

from cs_nlp.faq.compiled import from_json, to_json
from cs_nlp.faq.entries import FaqEntry, load_entries
from cs_nlp.faq.fold import folder
from cs_nlp.faq.guards import guards
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


def one_each(file: Path, seed: int = 3) -> Table:
    """One question a group is the only entry, all others are asked: hit@1 and hit@5 beside the other libraries."""
    found: dict[str, list[str]] = {}
    for row in rows_of(file):
        found.setdefault(row["group"], []).append(row["text"])
    chance = random.Random(seed)
    kept = [texts.pop(chance.randrange(len(texts))) for texts in found.values()]
    asked = [(text, place) for place, texts in enumerate(found.values()) for text in texts]
    index = FaqIndex.build(FaqEntry(str(place), (text,), "-") for place, text in enumerate(kept))
    searches: dict[str, Callable[[str, int], list[int]]] = {
        "FaqIndex, one question a group": lambda text, k: [int(hit.entry_id) for hit in index.search(text, k)]
    }
    searches |= {f"{name}, same": make(kept) for name, make in RIVALS.items() if name not in _missing()}
    return {name: _hits(search, asked) for name, search in searches.items()}


def _hits(search: Callable[[str, int], list[int]], asked: list[tuple[str, int]]) -> dict[str, float]:
    places = [(search(text, 5), place) for text, place in asked]
    return {
        "hit@1": sum(found[:1] == [place] for found, place in places) / len(places),
        "hit@5": sum(place in found for found, place in places) / len(places),
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


def start(queries: int = 1000) -> Table:
    """Start and search of the shipped knowledge base: times in CPU milliseconds and microseconds."""
    text = to_json(load_entries(ROOT / "faq"), {})
    folder()
    guards()
    reads, builds = [], []
    for _ in range(9):
        begun = time.process_time()
        entries, _ = from_json(text)
        read = time.process_time()
        index = FaqIndex.build(entries)
        reads.append((read - begun) * 1000)
        builds.append((time.process_time() - read) * 1000)
    chance = random.Random(5)
    asked = [(typed(one.questions[-1], chance), one.intents[:1]) for one in chance.choices(entries, k=queries)]
    index.search("怎么退货", 1)
    one = _best_times([lambda q=q, i=i: index.search(q, 1, i, normal=True) for q, i in asked])
    whole = _best_times([lambda q=q: index.search(q, 1, normal=True) for q, _ in asked])
    five = _best_times([lambda q=q: index.search(q, 5, normal=True) for q, _ in asked])
    return {
        "from_json and build": {"ms": statistics.median(reads) + statistics.median(builds)},
        "one intent, k = 1": _spread(one),
        "all entries, k = 1": _spread(whole),
        "all entries, k = 5": _spread(five),
    }


def speed(size: int, per_entry: int = 10, queries: int = 1000) -> Table:
    """Build, memory, search, edits and storage at a number of variants; hit@1 of questions with a character lost."""
    texts = synthetic(size)
    entries = [
        FaqEntry(f"f{place:07}", tuple(texts[place : place + per_entry]), "-") for place in range(0, size, per_entry)
    ]
    gc.collect()
    begun = time.process_time()
    index = FaqIndex.build(entries)
    index.search("怎么退货", 1)
    build = time.process_time() - begun
    chance = random.Random(11)
    asked = [chance.randrange(size) for _ in range(queries)]
    wanted = [(typed(texts[place], chance), f"f{place // per_entry * per_entry:07}") for place in asked]
    right = sum(index.search(text, 1)[0].entry_id == key for text, key in wanted if text)
    times = _best_times([lambda text=text: index.search(text, 1) for text, _ in wanted], 3)
    row = {"build s": build, **_spread(times), "hit@1": right / queries, **_stored(index), **_edits(index, wanted)}
    row["MB"] = _megabytes(entries)
    owners = [f"f{place // per_entry * per_entry:07}" for place in range(size)]
    return {"FaqIndex": row} | {
        name: _rival(make, texts, owners, wanted[:100]) for name, make in RIVALS.items() if name not in _missing()
    }


def _stored(index: FaqIndex) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as place:
        index.save(Path(place) / "index")
        begun = time.perf_counter()
        FaqIndex.load(Path(place) / "index").search("怎么退货", 1)
        return {"load and search ms": (time.perf_counter() - begun) * 1000}


def _edits(index: FaqIndex, wanted: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Milliseconds from an edit to the search that sees it, while four readers search."""
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            index.search("怎么退货", 1)
            time.sleep(0.01)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    found = []
    for number, (text, _) in enumerate(wanted[:100]):
        begun = time.perf_counter()
        index.upsert([FaqEntry("edit", (f"门店{number}在哪", text), "-")])
        assert index.search(f"门店{number}在哪", 1)[0].entry_id == "edit"
        found.append((time.perf_counter() - begun) * 1000)
    done.set()
    for reader in readers:
        reader.join()
    index.delete(["edit"])
    return {"edit p50 ms": statistics.median(found), "edit p99 ms": float(np.percentile(found, 99))}


def _brute(texts: list[str]) -> Callable[[str, int], list[int]]:
    return lambda question, k: [place for _, _, place in process.extract(question, texts, scorer=ratio, limit=k)]


def _sklearn(texts: list[str]) -> Callable[[str, int], list[int]]:
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), dtype=np.float32)
    rows = vectorizer.fit_transform(texts).T.tocsr()

    def search(question: str, k: int) -> list[int]:
        scores = (vectorizer.transform([question]) @ rows).toarray()[0]
        return [int(scores.argmax())] if k == 1 else np.argsort(-scores, kind="stable")[:k].tolist()

    return search


def _bm25s(texts: list[str]) -> Callable[[str, int], list[int]]:
    import bm25s

    model = bm25s.BM25()
    model.index([_grams(text) for text in texts], show_progress=False)
    return lambda question, k: model.retrieve([_grams(question)], k=k, show_progress=False)[0][0].tolist()


def _tantivy(texts: list[str]) -> Callable[[str, int], list[int]]:
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_text_field("text", tokenizer_name="whitespace")
    schema.add_integer_field("row", stored=True)
    index = tantivy.Index(schema.build())
    writer = index.writer()
    for row, text in enumerate(texts):
        writer.add_document(tantivy.Document(text=" ".join(_grams(text)), row=row))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(question: str, k: int) -> list[int]:
        words = " ".join(gram for gram in _grams(question) if gram.isalnum())
        hits = searcher.search(index.parse_query(words, ["text"]), k).hits
        return [int(searcher.doc(place)["row"][0]) for _, place in hits]

    return search


RIVALS = {"rapidfuzz ratio": _brute, "scikit-learn char 1-2": _sklearn, "bm25s": _bm25s, "tantivy": _tantivy}


def _missing() -> set[str]:
    return {name for name in ("bm25s", "tantivy") if importlib.util.find_spec(name) is None}


def _grams(text: str) -> list[str]:
    return [*text, *(text[at : at + 2] for at in range(len(text) - 1))]


def _rival(
    make: Callable[[list[str]], Callable[[str, int], list[int]]],
    texts: list[str], owners: list[str], wanted: Sequence[tuple[str, str]],
) -> dict[str, float]:  # fmt: skip
    begun = time.process_time()
    search = make(texts)
    build = time.process_time() - begun
    right = sum([owners[place] for place in search(text, 1)] == [key] for text, key in wanted)
    times = _best_times([lambda text=text: search(text, 1) for text, _ in wanted], 1)
    return {"build s": build, **_spread(times), "hit@1": right / len(wanted)}


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
        ("nearest question of the same group", "faq_groups_dev.jsonl", (groups, one_each, group_entries)),
        ("pairs of questions", "pairs_lcqmc_dev.jsonl", (pairs,)),
    ):
        if (chosen.real / file).is_file():
            report[name] = {key: row for measure in measures for key, row in measure(chosen.real / file).items()}
        else:
            print(f"{name}: skipped, there is no {file} in {chosen.real}", file=sys.stderr)
    if (ROOT / "faq").is_dir():
        report["shipped knowledge base, variants left out"] = {"FaqIndex": held_out(load_entries(ROOT / "faq"))}
        report["shipped knowledge base, speed"] = start()
    for size in chosen.sizes:
        report[f"{size:,} variants"] = speed(size)
    print(json.dumps(report, ensure_ascii=False, indent=2) if chosen.json else _text(report))
    return 0


def _with(entry: FaqEntry, questions: list[str]) -> FaqEntry:
    return FaqEntry(entry.id, tuple(questions), entry.answer, intents=entry.intents)


def _nearest_same(scores: np.ndarray, marks: np.ndarray) -> float:
    np.fill_diagonal(scores, -1)
    return float((marks[scores.argmax(axis=1)] == marks).mean())


def _best_times(calls: Sequence[Callable[[], object]], rounds: int = 5) -> list[float]:
    """Microseconds of each call, the best of some rounds: the machine may be busy."""
    best = [float("inf")] * len(calls)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            begun = time.perf_counter()
            call()
            best[place] = min(best[place], (time.perf_counter() - begun) * 1e6)
    return best


def _spread(times: Sequence[float]) -> dict[str, float]:
    return {"p50 us": statistics.median(times), "p99 us": float(np.percentile(times, 99))}


def _megabytes(entries: Sequence[FaqEntry]) -> float:
    tracemalloc.start()
    index = FaqIndex.build(entries)
    index.search("怎么退货", 1)
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
