from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import Shell


def test_a_reply_for_people_says_what_why_and_whence(shell: Shell, tiny_folder: Path) -> None:
    assert shell("reply", "怎么开发票", "--model", tiny_folder) == 0
    for part in ("机器人直接回答", "在订单页申请电子发票。", "发票（invoice）", "confident", "知识 invoice"):
        assert part in shell.out


def test_a_handoff_shows_its_ticket(shell: Shell, tiny_folder: Path) -> None:
    assert shell("reply", "充电宝冒烟烫到手了", "--model", tiny_folder) == 0
    for part in ("转人工", "工单", "级别 S", "severity_s"):
        assert part in shell.out


def test_json_holds_everything(shell: Shell, tiny_folder: Path) -> None:
    assert shell("reply", "充电宝冒烟烫到手了，电话13800001234", "--json", "--model", tiny_folder) == 0
    row = json.loads(shell.out)
    assert set(row) >= {
        "intent", "score", "intents", "severity", "emotion", "action", "faq", "reasons", "entities", "text", "second",
        "options", "evidence", "ticket",
    }  # fmt: skip
    assert (row["action"], row["severity"], row["faq"]) == ("handoff", "S", None)
    assert "13800001234" not in json.dumps(row["ticket"]) and row["ticket"]["resolution_due"] > row["ticket"]["created"]


def test_options_of_a_question_are_numbered(shell: Shell, tiny_folder: Path) -> None:
    assert shell("reply", "", "--model", tiny_folder) == 0
    assert "反问确认" in shell.out and "   1. " in shell.out and "   2. " in shell.out


def test_no_colours_outside_a_terminal(shell: Shell, tiny_folder: Path) -> None:
    shell("reply", "怎么开发票", "--model", tiny_folder)
    assert "\033" not in shell.out


@pytest.mark.parametrize("option", ["--model", "--faq", "--policy", "--desks"])
def test_what_is_not_there_is_one_line(shell: Shell, tiny_folder: Path, tmp_path: Path, option: str) -> None:
    model = [] if option == "--model" else ["--model", str(tiny_folder)]
    assert shell("reply", "怎么开发票", *model, option, tmp_path / "nowhere") == 2
    assert shell.complains("nowhere")


def test_faults_of_a_file_are_all_listed(shell: Shell, tiny_folder: Path) -> None:
    bad = Path(__file__).parent.parent / "data" / "bad" / "policy.yaml"
    assert shell("reply", "怎么开发票", "--model", tiny_folder, "--policy", bad) == 2
    assert "more faults" in shell.err.splitlines()[0]
    assert "clarify_open" in shell.err and "Traceback" not in shell.err
