from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.helpers import Shell


def test_an_agent_gets_answers_with_codes_and_a_check(shell: Shell, tiny_folder: Path) -> None:
    assert shell("assist", "退款多久到账", "--draft", "保证明天到", "--json", "--model", tiny_folder) == 1
    found = json.loads(shell.out)
    assert found["intent"] == "refund_status" and found["answers"][0]["code"] == "a1"
    assert {item["code"] for item in found["draft"] if not item["passed"]} >= {"polite", "forbidden_promise"}


def test_a_good_draft_passes(shell: Shell, tiny_folder: Path) -> None:
    draft = "您好，抱歉让您久等，我马上帮您核实，退款一般三天内到账，今天18点前答复您。"
    assert shell("assist", "退款多久到账", "--draft", draft, "--model", tiny_folder) == 0
    assert "得分 100" in shell.out


def test_without_a_draft_nothing_is_judged(shell: Shell, tiny_folder: Path) -> None:
    assert shell("assist", "怎么开发票", "--model", tiny_folder) == 0
    assert "a1" in shell.out and "得分" not in shell.out


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> object:
    return lambda *lines: monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_the_coach_plays_a_customer_and_scores(shell: Shell, tiny_folder: Path, typed: object) -> None:
    good = "您好，非常抱歉让您久等，我理解您的着急，马上帮您联系快递核实，因为我们的疏忽给您添麻烦了，今天18点前请您等我答复，可以在订单里看进度。"
    typed(good, good, good)  # type: ignore[operator]
    assert shell("coach", "--case", "late", "--model", tiny_folder) == 0
    assert "我的快递怎么还没到" in shell.out and "通过" in shell.out


def test_a_rude_agent_fails(shell: Shell, tiny_folder: Path, typed: object) -> None:
    typed("你自己看", "不清楚", "随便你")  # type: ignore[operator]
    assert shell("coach", "--case", "late", "--model", tiny_folder) == 1


def test_cases_are_listed_and_an_unknown_one_is_refused(shell: Shell) -> None:
    assert shell("coach", "--list") == 0 and "broken_screen" in shell.out
    assert shell("coach", "--case", "nobody") == 2
