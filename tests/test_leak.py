"""No text of the measuring sets stands in the project; only where those sets lie beside the checkout."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from cs_nlp.faq import load_entries
from cs_nlp.understand.rules import RuleBook

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "real"
EQUAL_FROM, NEAR_FROM, NEAR = 7, 10, 90
LONGEST = 120
"""Longer texts are compared by their beginning."""
_NAME = re.compile(r"[a-z_.0-9]+")  # of a label or a module: no message

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the measuring sets are not here")


def letters(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return "".join(filter(str.isalnum, text.lower()))[:LONGEST]


def known(texts: Iterable[str], least: int) -> set[str]:
    return {found for text in texts if len(found := letters(text)) >= least}


def real_texts() -> Iterator[str]:
    for file in sorted(REAL.rglob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield from (row[key] for key in ("text", "a", "b") if key in row)
    yield from (REAL / "messages_pool.txt").read_text(encoding="utf-8").splitlines()


def own_texts(room: str) -> Iterator[str]:
    if room == "data":
        for file in sorted((ROOT / "data").rglob("*.jsonl")):
            yield from (json.loads(line)["text"] for line in file.read_text(encoding="utf-8").split("\n") if line)
    elif room == "faq":
        yield from (question for entry in load_entries(ROOT / "faq") for question in entry.questions)
    elif room == "rules":
        for rule in RuleBook.default().rules:
            yield from (*rule.examples, *rule.counterexamples)
    else:
        for file in sorted((ROOT / "tests").rglob("*")):
            if file.suffix == ".py":
                yield from _literals(file)
            elif file.is_file() and file.suffix in {".yaml", ".txt", ".jsonl"} and file.name != "not_utf8.yaml":
                yield from _phrases(file.read_text(encoding="utf-8"))


def _literals(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            lines = (re.sub(r"^\s*[SABN] (?:calm|anxious|angry) ", "", line) for line in node.value.splitlines())
            yield from (line for line in lines if not _NAME.fullmatch(line))


def _phrases(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield line
        yield from line.replace("[", ",").replace("]", ",").split(",")


def near_pairs(own: set[str], real: set[str]) -> list[tuple[str, str]]:
    """Texts that are nearly the same; the ratio bounds how far lengths can differ, so each length meets few others."""
    by_length = sorted(real, key=len)
    lengths = np.array([len(text) for text in by_length])
    found = []
    for length in sorted({len(text) for text in own}):
        low, high = np.searchsorted(lengths, [length * NEAR / (200 - NEAR), length * (200 - NEAR) / NEAR + 1e-9])
        others = by_length[low:high]
        mine = sorted(text for text in own if len(text) == length)
        for start in range(0, len(mine), 512):
            part = mine[start : start + 512]
            scores = process.cdist(part, others, scorer=ratio, score_cutoff=NEAR, dtype=np.uint8, workers=1)
            found += [(part[a], others[b]) for a, b in zip(*scores.nonzero(), strict=True)]
    return found


@pytest.mark.parametrize("room", ["data", "faq", "rules", "tests"])
def test_no_text_is_the_same(room: str) -> None:
    assert sorted(known(own_texts(room), EQUAL_FROM) & known(real_texts(), EQUAL_FROM)) == []


@pytest.mark.parametrize("room", ["data", "faq", "rules", "tests"])
def test_no_text_is_nearly_the_same(room: str) -> None:
    assert near_pairs(known(own_texts(room), NEAR_FROM), known(real_texts(), NEAR_FROM)) == []
