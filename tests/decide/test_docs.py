"""The Python of docs/chatbot.md runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cs_nlp.assistant import Assistant

PAGE = Path(__file__).parents[2] / "docs" / "chatbot.md"


def test_the_page_runs_from_top_to_bottom(
    tiny_bot: Assistant, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Assistant.load
    monkeypatch.setattr(Assistant, "load", lambda **more: load(tiny_folder, **more))
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {"print": lambda *values: None}
    for block in blocks:
        exec(block, names)
    assert len(blocks) == 3 and names["reply"].ticket is not None  # type: ignore[attr-defined]
