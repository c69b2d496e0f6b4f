"""The examples of the documentation run."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cs_nlp.assistant import Assistant

FOLDER = Path(__file__).parent.parent / "docs" / "examples"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_terminal_bot_talks_hands_over_and_remembers(
    tiny_bot: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("怎么开发票\n充电宝冒烟烫到手了，我电话13800001234\n在吗\n"))
    example("terminal_bot").main(tiny_bot, tmp_path / "session.json")
    out = capsys.readouterr().out
    assert "在订单页申请电子发票。" in out and out.count("机器人：") == 2 and "工单：" in out
    stored = json.loads((tmp_path / "session.json").read_text(encoding="utf-8"))
    assert stored["owner"] != "bot" and "13800001234" not in json.dumps(stored)


def test_the_terminal_bot_has_thirty_lines() -> None:
    lines = (FOLDER / "terminal_bot.py").read_text(encoding="utf-8").splitlines()
    assert sum(1 for line in lines if line.strip()) <= 30


@pytest.fixture
def web(tiny_bot: Assistant) -> Any:
    pytest.importorskip("httpx")
    testing = pytest.importorskip("starlette.testclient")
    return testing.TestClient(example("web_bot").app(tiny_bot))


def test_the_web_bot_answers_hands_over_is_silent_and_comes_back(web: Any) -> None:
    def chat(text: str, session: str = "a") -> dict[str, Any]:
        found: dict[str, Any] = web.post("/chat", json={"session": session, "text": text}).json()
        return found

    assert chat("怎么开发票")["text"].endswith("在订单页申请电子发票。")
    ticket = chat("充电宝冒烟烫到手了")["ticket"]
    assert ticket["severity"] == "S" and [turn["role"] for turn in ticket["transcript"]] == [
        "customer",
        "bot",
        "customer",
    ]
    assert chat("在吗")["text"] == "" and chat("怎么开发票", "b")["action"] == "answer"
    assert web.post("/agent", json={"session": "a", "text": "已经处理好了"}).json()["owner"] != "bot"
    assert web.post("/give-back", json={"session": "a"}).json() == {"owner": "bot"}
    assert chat("退款多久到账")["action"] == "answer"


@pytest.mark.parametrize("body", ["", "[]", '{"session": 1}', '{"text": "x"}', '{"session": "a", "text": null}'])
def test_the_web_bot_refuses_what_is_no_message(web: Any, body: str) -> None:
    assert web.post("/chat", content=body).status_code == 400
