from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.helpers import Shell

Talk = Callable[..., str]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, shell: Shell, tiny_folder: Path) -> Talk:
    """Holds a conversation and returns what was printed."""

    def talk(*lines: str) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines) + "\n"))
        assert shell("chat", "--model", tiny_folder) == 0
        return shell.out

    return talk


def test_one_query_is_answered_and_done(shell: Shell, tiny_folder: Path) -> None:
    assert shell("chat", "--query", "怎么开发票", "--model", tiny_folder) == 0
    assert "在订单页申请电子发票。" in shell.out and "/quit" not in shell.out


def test_a_conversation_ends_with_the_input(say: Talk) -> None:
    out = say("怎么开发票", "退款多久到账")
    assert out.index("在订单页申请电子发票。") < out.index("原路退回，一般三天到账。")


def test_after_a_handoff_it_is_silent_until_given_back(say: Talk) -> None:
    out = say("充电宝冒烟烫到手了", "怎么开发票", "/back", "怎么开发票")
    assert out.count("在订单页申请电子发票。") == 1
    assert out.index("已转人工") < out.index("机器人不说话") < out.index("在订单页申请电子发票。")


def test_a_new_conversation_forgets_the_handoff(say: Talk) -> None:
    assert "在订单页申请电子发票。" in say("充电宝冒烟烫到手了", "/new", "怎么开发票")


def test_why_explains_the_last_message(say: Talk) -> None:
    assert "逐字贡献" in say("怎么开发票", "/why")
    assert "逐字贡献" not in say("/why")


@pytest.mark.parametrize("line", ["/help", "/frob"])
def test_an_unknown_command_shows_the_help(say: Talk, line: str) -> None:
    assert say(line).count("/quit") == 2


def test_quit_ends_it(say: Talk) -> None:
    assert "申请电子发票" not in say("/quit", "怎么开发票")


def test_blank_lines_are_passed_over(say: Talk) -> None:
    assert "反问确认" not in say("", "   ")


def test_the_last_ticket_is_shown_as_json(say: Talk) -> None:
    out = say("/ticket", "充电宝冒烟烫到手了，电话13800001234", "/ticket")
    assert '"severity": "S"' in out and '"transcript"' in out
    assert out.count('"version": 1') == 1 and "138****1234" in out
