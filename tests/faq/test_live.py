"""Edits while an assistant serves, and what the documentation says about the knowledge base."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import shipped_bundle
from cs_nlp.faq.base import FaqBase

DOCS = Path(__file__).resolve().parents[2] / "docs"
WHO = {"by": "小李", "at": datetime(2026, 11, 20, 12, tzinfo=UTC)}
QUESTION = "电子发票在哪里下载"


@pytest.fixture
def bot():
    if not shipped_bundle().is_dir():
        pytest.skip("needs a bundle")
    return Assistant.load()


def test_the_next_reply_sees_an_edit(bot, tmp_path):
    base = FaqBase.open(tmp_path, index=bot.faq)
    entry = bot.faq.entry(bot.reply(QUESTION).faq)
    base.upsert([replace(entry, answer="新答案在这里。", answers=())], **WHO)
    assert bot.reply(QUESTION).text == "新答案在这里。"
    base.undo(**WHO)
    assert bot.reply(QUESTION).faq != entry.id


@pytest.mark.parametrize("edit", ["delete", "disable"])
def test_entries_that_are_gone_are_never_said(bot, edit):
    gone = [entry.id for entry in bot.faq.entries() if entry.intents[:1] == ("invoice",)]
    getattr(bot.faq, edit)(gone)
    for text in (QUESTION, "发票的事问一下", "开票"):
        reply = bot.reply(text)
        assert reply.faq not in gone and reply.reasons


def test_replies_during_edits_are_whole(bot):
    entry = bot.faq.entry(bot.reply(QUESTION).faq)
    versions = [replace(entry, answer=f"第{number}版第{number}版", answers=()) for number in range(50)]
    allowed = {bot.reply(QUESTION).text, *(version.answer for version in versions)}
    strange, done = [], threading.Event()

    def read():
        while not done.is_set():
            text = bot.reply(QUESTION).text
            if text not in allowed:
                strange.append(text)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for version in versions:
        bot.faq.upsert([version])
    done.set()
    for reader in readers:
        reader.join()
    assert strange == [] and bot.reply(QUESTION).text == versions[-1].answer


@pytest.mark.skipif(not (DOCS / "faq.md").is_file(), reason="the documentation is not part of this distribution")
def test_the_example_of_the_documentation_runs():
    text = (DOCS / "faq.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(compile(code, "docs/faq.md", "exec"), {})


@pytest.mark.skipif(not (DOCS / "faq.md").is_file(), reason="the documentation is not part of this distribution")
def test_the_share_of_the_documentation_is_that_of_the_judgements():
    rows = [json.loads(line) for line in (DOCS / "faq_judgements.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all(set(row) == {"id", "faq", "readers", "fitting"} for row in rows)
    assert all(row["fitting"] is all(row["readers"]) and len(row["readers"]) == 2 for row in rows)
    assert len({row["id"] for row in rows}) == len(rows) == 200
    fitting = sum(row["fitting"] for row in rows)
    assert f"**{fitting} of 200 fit: {fitting / 2:.1f} %" in (DOCS / "faq.md").read_text(encoding="utf-8")
