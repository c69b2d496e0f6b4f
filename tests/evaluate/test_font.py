from __future__ import annotations

import re
import sys
from base64 import b64decode
from io import BytesIO

import pytest

from cs_nlp.evaluate.font import font_face
from cs_nlp.evaluate.notebook import Picture, bar_plot


def characters(rule: str) -> set[str]:
    font_tools = pytest.importorskip("fontTools.ttLib")
    found = re.search(r"base64,([A-Za-z0-9+/=]+)\)", rule)
    assert found is not None
    font = font_tools.TTFont(BytesIO(b64decode(found[1])))
    assert "SIL Open Font License" in font["name"].getDebugName(13)
    return {chr(code) for code in font.getBestCmap()}


def test_a_picture_brings_the_characters_it_shows_and_no_others() -> None:
    svg = Picture(bar_plot([("退货", 1.5)]), "谁在说话？", "Who speaks").to_svg()
    shown = {character for character in re.sub("<style>.*</style>", "", svg) if character >= "\u2e80"}
    assert set("退货谁在说话？") <= characters(svg) <= shown
    assert svg == Picture(bar_plot([("退货", 1.5)]), "谁在说话？", "Who speaks").to_svg()


def test_a_character_that_the_font_lacks_is_left_to_the_machine() -> None:
    assert characters(font_face("龘退")) == {"退"}


def test_without_chinese_or_the_extra_there_is_no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    assert font_face("accuracy, 95 %") == ""
    monkeypatch.setitem(sys.modules, "fontTools", None)
    assert font_face("没有附加组件时") == ""
