from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import Shell


def test_an_explanation_shows_every_step(shell: Shell, tiny_folder: Path) -> None:
    assert shell("explain", "怎么开发票", "--model", tiny_folder) == 0
    for part in ("逐字贡献", "发票（invoice）：基数", "「发票」", "直接回答需要", "知识库 invoice"):
        assert part in shell.out


@pytest.mark.parametrize("text", ["", "\u200b", "😡", "12345678901", "繁體"])
def test_odd_texts_are_explained_too(shell: Shell, tiny_folder: Path, text: str) -> None:
    assert shell("explain", text, "--model", tiny_folder) == 0
    assert "能独立看懂的概率" in shell.out


def test_a_rule_is_shown_with_its_place(shell: Shell, tiny_folder: Path) -> None:
    assert shell("explain", "再不退我就打12315", "--model", tiny_folder) == 0
    assert "severity.yaml:" in shell.out and "12315" in shell.out


def test_a_broken_bundle_is_one_line(shell: Shell, tmp_path: Path) -> None:
    assert shell("explain", "怎么开发票", "--model", tmp_path) == 2
    assert shell.complains("is", "a bundle?")
