"""Speed, start-up and memory of serving, beside jieba and an equivalent scikit-learn pipeline, in one run.

Run: python benchmarks/serve.py            prints a Markdown table and writes benchmarks/serve.json

All see the same 4,000 messages on one thread: the real ones of `../shared/real/messages_pool.txt` where that folder is
present (or what CS_NLP_REAL names), the texts of data/eval otherwise. The rounds alternate between the candidates. The
time of a message is the best of its three rounds, and the percentiles are taken over the messages, so that they show the
candidates and not what else the machine does; `reply_many` is timed in chunks in the same way.
"""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # numpy, which reads them, is imported later

ROOT = Path(__file__).resolve().parent.parent
REAL = Path(os.environ.get("CS_NLP_REAL", ROOT.parent / "shared" / "real"))
RESULT = ROOT / "benchmarks" / "serve.json"
MESSAGES = 4000
ROUNDS = 3
CHUNK = 200
"""Messages of one timed call of `reply_many`."""
STARTS = 7
TURNS = 5
"""Turns of a conversation before the next begins."""
FITTED_ON = 4000

_START = """
import time
start = time.perf_counter()
from cs_nlp import Assistant
bot = Assistant.load()
bot.reply("我的快递三天没更新了")
print((time.perf_counter() - start) * 1000)
"""
_MEMORY = """
import sys
from pathlib import Path
from cs_nlp import Assistant
bot = Assistant.load()
for text in Path(sys.argv[1]).read_text(encoding="utf-8").split("\\0"):
    bot.reply(text)
status = Path("/proc/self/status")
if status.exists():  # getrusage would count the process that started this one
    peak = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
else:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
print(peak / 1024)
"""
_PLAIN = """
import statistics, sys, time
from pathlib import Path
package = Path(sys.argv[2])
for stub in package.rglob("_*.pyi"):  # a compiled module has one
    sys.modules[".".join(stub.relative_to(package.parent).with_suffix("").parts)] = None
from cs_nlp import Assistant
bot = Assistant.load()
texts = Path(sys.argv[1]).read_text(encoding="utf-8").split("\\0")
best = [float("inf")] * len(texts)
clock = time.perf_counter_ns
for _ in range(3):
    for place, text in enumerate(texts):
        start = clock()
        bot.reply(text)
        best[place] = min(best[place], clock() - start)
print(statistics.median(best) / 1000)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        name: What was measured.
        unit: `µs`, `ms`, `/s` or `MB`.
        measured: The figure.
        target: What it should be, or None.
        high: Whether more is better.
        to_jieba: The figure over that of jieba (for `/s`: times as fast), or None.
        to_sklearn: The same over that of the scikit-learn pipeline.
    """

    name: str
    unit: str
    measured: float
    target: float | None = None
    high: bool = False
    to_jieba: float | None = None
    to_sklearn: float | None = None


def messages() -> tuple[str, list[str]]:
    """Where the messages come from, and 4,000 of them."""
    pool = REAL / "messages_pool.txt"
    if pool.is_file():
        source, texts = "real messages (not shipped)", pool.read_text(encoding="utf-8").splitlines()
    else:
        lines = (ROOT / "data" / "eval" / "messages.jsonl").read_text(encoding="utf-8").splitlines()
        source, texts = "data/eval", [json.loads(line)["text"] for line in lines]
    repeated = texts * (MESSAGES // len(texts) + 1)
    return source, repeated[:MESSAGES]


def fresh(code: str, *arguments: str) -> float:
    """The number that a fresh process prints."""
    # with byte code on disk, as pip leaves it: where Python is told not to write it, each start would compile all anew
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(done.stdout)


def on_texts(code: str, texts: Sequence[str], *arguments: str) -> float:
    """The number that a fresh process prints which gets all texts."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts"
        file.write_text("\0".join(texts), encoding="utf-8")
        return fresh(code, str(file), *arguments)


def bundle_size() -> float:
    """MB of the shipped bundle on disk."""
    from cs_nlp.bundle import shipped_bundle

    return sum(file.stat().st_size for file in shipped_bundle().iterdir()) / 1e6


def each(call: Callable[[Any], object], items: Sequence[Any]) -> list[float]:
    """Microseconds of each call."""
    found = []
    clock = time.perf_counter_ns
    for item in items:
        start = clock()
        call(item)
        found.append((clock() - start) / 1000)
    return found


def jieba_cut() -> Callable[[str], object]:
    """`jieba.lcut`, warm, without leaving its cache in the shared temporary folder."""
    import jieba

    jieba.setLogLevel(60)
    with tempfile.TemporaryDirectory() as folder:
        jieba.dt.tmp_dir = folder
        jieba.initialize()
    cut: Callable[[str], object] = jieba.lcut
    return cut


def sklearn_pipeline() -> Callable[[str], object]:
    """`predict_proba` of one message by character and word TF-IDF with logistic regression, jieba's words."""
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    rows = [
        json.loads(line)
        for file in sorted((ROOT / "data" / "corpus").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    chosen = random.Random(0).sample(rows, min(FITTED_ON, len(rows)))
    characters = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    words = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, min_df=2, sublinear_tf=True)
    pipeline = make_pipeline(make_union(characters, words), LogisticRegression(C=5.0, max_iter=60, tol=1e-2))
    pipeline.fit([row["text"] for row in chosen], [row["intent"] for row in chosen])
    return lambda text: pipeline.predict_proba([text])


def in_conversations(bot: Any, texts: Sequence[str]) -> list[float]:
    """Microseconds of each `reply` with a session: a new one every few turns; a desk that took over gives back at once."""
    from cs_nlp import Session

    found = []
    clock = time.perf_counter_ns
    session = Session()
    for turn, text in enumerate(texts):
        if turn % TURNS == 0:
            session = Session()
        start = clock()
        bot.reply(text, session)
        found.append((clock() - start) / 1000)
        if session.owner != "bot":
            session.give_back()
    return found


def loops(texts: Sequence[str]) -> dict[str, tuple[float, float, float]]:
    """p50 and p99 in µs, and messages a second, of each candidate."""
    from cs_nlp import Assistant

    bot = Assistant.load()
    many = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    work: dict[str, Callable[[], list[float]]] = {
        "reply": partial(each, bot.reply, texts),
        "session": partial(in_conversations, bot, texts),
        "jieba": partial(each, jieba_cut(), texts),
        "sklearn": partial(each, sklearn_pipeline(), texts),
        "many": partial(each, bot.reply_many, many),
    }
    best: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, timed in work.items():
            times = timed()
            best[name] = [min(pair) for pair in zip(best.get(name, times), times, strict=True)]
    return {name: (*percentiles(times), len(texts) * 1e6 / sum(times)) for name, times in best.items()}


def percentiles(times: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 99th."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[int(len(ordered) * 0.99)]


def measure(texts: Sequence[str]) -> list[Row]:
    """All rows; fresh processes come first, while this one is still small."""
    import cs_nlp

    starts = statistics.median(fresh(_START) for _ in range(STARTS))
    memory = on_texts(_MEMORY, texts)
    plain = on_texts(_PLAIN, texts, str(Path(cs_nlp.__file__).parent))
    found = loops(texts)
    (p50, p99, _), session, many = found["reply"], found["session"], found["many"][2]
    jieba, sklearn = found["jieba"], found["sklearn"]
    return [
        Row("reply, p50", "µs", p50, 150, False, p50 / jieba[0], p50 / sklearn[0]),
        Row("reply, p99", "µs", p99, 600, False, p99 / jieba[1], p99 / sklearn[1]),
        Row("reply with a session, p50", "µs", session[0], None, False, session[0] / jieba[0], session[0] / sklearn[0]),
        Row("session over plain reply, p50", "×", session[0] / p50),
        Row("reply without the C modules, p50", "µs", plain, None, False, plain / jieba[0], plain / sklearn[0]),
        Row("reply_many, one core", "/s", many, 12_000, True, many / jieba[2], many / sklearn[2]),
        Row("import, load, first reply", "ms", starts, 350),
        Row("peak resident memory", "MB", memory, 120),
        Row("bundle", "MB", bundle_size(), 6),
        Row("jieba.lcut, p50", "µs", jieba[0]),
        Row("jieba.lcut, p99", "µs", jieba[1]),
        Row("scikit-learn predict_proba, p50", "µs", sklearn[0]),
        Row("scikit-learn predict_proba, p99", "µs", sklearn[1]),
    ]


def shown(value: float | None, unit: str = "") -> str:
    """A figure for the table."""
    if value is None:
        return ""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown."""
    lines = ["| | target | measured | over jieba.lcut | over scikit-learn |", "|---|---:|---:|---:|---:|"]
    for row in rows:
        bound = "" if row.target is None else f"{'≥' if row.high else '≤'} {shown(row.target, row.unit)}"
        ratios = [shown(value, "×") for value in (row.to_jieba, row.to_sklearn)]
        lines.append(f"| {row.name} | {bound} | {shown(row.measured, row.unit)} | {ratios[0]} | {ratios[1]} |")
    return "\n".join(lines)


def processor() -> str:
    """Name of the processor, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def main() -> None:
    """Measures, prints, writes."""
    source, texts = messages()
    rows = measure(texts)
    print(f"{len(texts)} messages: {source}; Python {platform.python_version()}, {processor()}\n")
    print(table(rows))
    result = {
        "messages": len(texts),
        "source": source,
        "python": platform.python_version(),
        "processor": processor(),
        "rows": [asdict(row) for row in rows],
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
