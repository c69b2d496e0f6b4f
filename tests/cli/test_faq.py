from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import Shell, write_rows

GOOD = """version: 1
entries:
  - {id: bill, question: 怎么开发票, answer: 在订单页申请。, intents: [invoice], reviewed: 2026-11-01}
  - {id: back, question: 怎么退货, answer: 七天内可退。, intents: [return_apply], reviewed: 2026-11-01}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A small knowledge base."""
    folder = tmp_path / "faq"
    folder.mkdir()
    (folder / "a.yaml").write_text(GOOD, encoding="utf-8")
    return folder


def test_search_shows_the_best_entry_first(shell: Shell, base: Path) -> None:
    assert shell("faq", "search", "发票怎么开", "--faq", base) == 0
    assert "bill" in shell.out.splitlines()[0] and "在订单页申请。" in shell.out


def test_search_as_json_lines(shell: Shell, base: Path) -> None:
    assert shell("faq", "search", "怎么", "--faq", base, "-k", "2", "--json") == 0
    assert {row["entry_id"] for row in shell.rows()} == {"bill", "back"}
    assert all(set(row) == {"entry_id", "score", "question"} and 0 <= row["score"] <= 1 for row in shell.rows())


def test_search_in_the_shipped_base(shell: Shell) -> None:
    assert shell("faq", "search", "电子发票在哪里下载", "-k", "1", "--json") == 0
    assert shell.rows()[0]["entry_id"].startswith("invoice")


def test_a_sound_base_passes(shell: Shell, base: Path) -> None:
    code = shell("faq", "lint", "--faq", base, "--today", "2026-11-21")
    assert code == 0 and "error" not in shell.out


def test_an_error_in_the_base_is_exit_1(shell: Shell, base: Path) -> None:
    text = GOOD.replace("在订单页申请。", "我们保证当天开好。")
    (base / "a.yaml").write_text(text, encoding="utf-8")
    assert shell("faq", "lint", "--faq", base, "--today", "2026-11-21") == 1
    assert "bill" in shell.out and shell.err == ""


def test_the_shipped_base_has_no_errors(shell: Shell) -> None:
    assert shell("faq", "lint", "--today", "2026-11-21") == 0


@pytest.mark.parametrize("action", [["search", "发票"], ["lint"]])
def test_what_is_not_there_is_one_line(shell: Shell, tmp_path: Path, action: list[str]) -> None:
    assert shell("faq", *action, "--faq", tmp_path / "nowhere") == 2
    assert shell.complains("nowhere")


def test_faults_of_a_base_are_all_listed(shell: Shell, base: Path) -> None:
    (base / "b.yaml").write_text("version: 1\nentries:\n  - {id: bill}\n", encoding="utf-8")
    assert shell("faq", "search", "发票", "--faq", base) == 2
    assert "b.yaml:3: entries[0].question" in shell.err and "b.yaml:3: entries[0].answer" in shell.err


@pytest.mark.parametrize(
    "arguments", [["lint", "--today", "2026-13-01"], ["lint", "--today", "today"], ["search", "发票", "-k", "many"]]
)
def test_wrong_values_are_2(shell: Shell, base: Path, arguments: list[str]) -> None:
    assert shell("faq", *arguments, "--faq", base) == 2
    assert shell.out == "" and "Traceback" not in shell.err


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of decisions."""
    missed = {"action": "handoff", "intent": "gift", "faq": None, "reasons": ["not_sure"]}
    rows: list[dict[str, object]] = [{"text": text} | missed for text in ("能刻字吗", "可以刻字吗", "能刻字吗")]
    rows += [{"text": "怎么退货", "action": "answer", "faq": "back", "session": "7"}]
    rows += [{"text": "转人工", "action": "handoff", "reasons": ["wants_human"], "session": 7}]
    return write_rows(tmp_path / "log.jsonl", rows)


@pytest.mark.parametrize("prefix", ["/怎么退货", "/zmth", "zmht"])
def test_short_codes_are_completed(shell: Shell, base: Path, prefix: str) -> None:
    assert shell("faq", "complete", prefix, "--faq", base) == 0
    assert "back" in shell.out.splitlines()[0] and "七天内可退。" in shell.out


def test_short_codes_as_json_lines(shell: Shell) -> None:
    assert shell("faq", "complete", "/wlsx", "-k", "1", "--json") == 0
    assert shell.rows()[0]["entry_id"] == "delivery_status_how_long"
    assert set(shell.rows()[0]) == {"entry_id", "label", "code", "score"}


def test_gaps_of_a_log(shell: Shell, base: Path, log: Path) -> None:
    assert shell("faq", "gaps", log, "--faq", base) == 0
    assert shell.out.split()[:2] == ["3", "能刻字吗"] and "可以刻字吗" in shell.out
    assert shell("faq", "gaps", log, "--faq", base, "--json") == 0
    assert [(row["question"], row["count"]) for row in shell.rows()] == [("能刻字吗", 3)]


def test_stats_of_a_log(shell: Shell, base: Path, log: Path) -> None:
    assert shell("faq", "stats", log, "--faq", base) == 0
    assert shell.out.startswith("5 messages: 1 answered, 3 missed, 1 others\n1 answers followed by a human")
    assert shell("faq", "stats", log, "--faq", base, "--json") == 0
    assert shell.rows()[0]["unused"] == ["bill"]


@pytest.mark.parametrize("action", ["gaps", "stats"])
def test_a_log_that_cannot_be_read_is_one_line(shell: Shell, base: Path, tmp_path: Path, action: str) -> None:
    bad = write_rows(tmp_path / "bad.jsonl", [{"text": "在吗", "action": "answer"}, {"action": "answer"}])
    assert shell("faq", action, bad, "--faq", base) == 2 and shell.complains("bad.jsonl:2", "'text'")
    assert shell("faq", action, tmp_path / "nowhere", "--faq", base) == 2 and shell.complains("nowhere")
