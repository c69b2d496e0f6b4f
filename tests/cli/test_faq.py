from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import Shell

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
