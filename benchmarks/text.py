"""Microseconds a call of each step from the raw text to its words, for messages of usual kinds.

Run: python benchmarks/text.py

Prints as well how many messages are cut into the same words as with the whole dictionary of jieba, of data/eval and of
the real ones of `../shared/real/messages_pool.txt` where that folder is present (or what CS_NLP_REAL names).
"""

from __future__ import annotations

import json
import os
import time
import timeit
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from cs_nlp.text import Segmenter, find_entities, mask, normalize, read, segment, skeleton
from cs_nlp.train.dictionary import general_words

MESSAGES = {
    "plain": "我的快递怎么没更新",
    "punctuated": "你好，这个订单的发票信息能改吗？",
    "emoji": "请问什么时候发货😭",
    "traditional": "請問什麼時候發貨",
    "spoken figures": "等了三天明天能到吗",
    "order number": "20481234567 什么时候到",
    "order card": "咨询订单号:20481234567 订单金额:89.00 下单时间:2024-03-08 能改地址吗",
    "address": "江苏省苏州市和平路77号6幢1503 李强 13700001234",
    "complaint": "我买的三件衬衫等了半个月还没发货，客服也不理人，再不处理我就投诉到12315。" * 3,
}
ROOT = Path(__file__).resolve().parent.parent
REAL = Path(os.environ.get("CS_NLP_REAL", ROOT.parent / "shared" / "real"))
REPEAT = 5
TARGET_SECONDS = 0.02


def microseconds(function: Callable[[], object]) -> float:
    """The best of some rounds, in microseconds a call."""
    timer = timeit.Timer(function)
    number = max(1, int(TARGET_SECONDS / max(timer.timeit(1), 1e-6)))
    return min(timer.repeat(REPEAT, number)) / number * 1e6


def same_words(texts: list[str]) -> str:
    """How many texts are cut as with the whole dictionary."""
    lines = "".join(f"{word} {frequency}\n" for word, frequency in general_words().items())
    with patch.object(segment, "_dictionary", lambda: lines):
        whole = Segmenter(engine="jieba")
    served = Segmenter()
    bones = [skeleton(read(text)).text for text in texts]
    same = sum(served.cut(text) == whole.cut(text) for text in bones)
    return f"{same:,} of {len(texts):,} ({same / len(texts):.1%})"


def main() -> None:
    """Prints a table: a row a message, a column a step."""
    start = time.perf_counter()
    segmenter = Segmenter()
    print(f"Segmenter() {1000 * (time.perf_counter() - start):.0f} ms")
    steps = ("normalize", "entities", "read", "skeleton", "cut", "mask")
    print(f"{'message':16s}{'length':>7s}" + "".join(f"{step:>11s}" for step in steps))
    for name, raw in MESSAGES.items():
        message = read(raw)
        bones = skeleton(message).text
        calls: tuple[Callable[[], object], ...] = (
            lambda raw=raw: normalize(raw),
            lambda text=message.text: find_entities(text),
            lambda raw=raw: read(raw),
            lambda message=message: skeleton(message),
            lambda bones=bones: segmenter.cut(bones),
            lambda raw=raw: mask(raw),
        )
        print(f"{name:16s}{len(raw):7d}" + "".join(f"{microseconds(call):11.2f}" for call in calls))

    lines = (ROOT / "data" / "eval" / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    print(f"cut as with the whole dictionary, data/eval: {same_words([json.loads(line)['text'] for line in lines])}")
    if (REAL / "messages_pool.txt").is_file():
        pool = (REAL / "messages_pool.txt").read_text(encoding="utf-8").splitlines()
        print(f"cut as with the whole dictionary, real messages: {same_words(pool)}")


if __name__ == "__main__":
    main()
