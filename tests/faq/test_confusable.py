"""Questions that sound alike and mean different things: the assistant may not answer one with the other's entry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_nlp import Assistant
from cs_nlp.bundle import shipped_bundle

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "data" / "eval" / "confusable.jsonl"
CLARIFY = 0.15

pytestmark = pytest.mark.skipif(not FILE.is_file() or not shipped_bundle().is_dir(), reason="needs data and a bundle")


@pytest.fixture(scope="module")
def rows():
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def bot():
    return Assistant.load(faq=ROOT / "faq")


@pytest.fixture(scope="module")
def replies(bot, rows):
    return bot.reply_many(row["text"] for row in rows)


def test_there_are_300_pairs_of_entries_that_exist(bot, rows):
    known = {entry.id for entry in bot.faq.entries()}
    assert len(rows) == len({row["text"] for row in rows}) == 300
    for row in rows:
        assert set(row) == {"text", "right", "wrong"} and row["wrong"] and row["right"] not in row["wrong"]
        assert {*row["wrong"], row["right"]} <= {*known, None}


def test_no_question_is_answered_with_the_other_entry(rows, replies):
    assert [row["text"] for row, reply in zip(rows, replies, strict=True) if reply.faq in row["wrong"]] == []


def test_few_are_asked_back(replies):
    assert sum(reply.action.value == "clarify" for reply in replies) <= CLARIFY * len(replies)


def test_most_are_answered_with_the_right_entry(rows, replies):
    assert sum(reply.faq == row["right"] is not None for row, reply in zip(rows, replies, strict=True)) >= 200
