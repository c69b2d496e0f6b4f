from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from cs_nlp.evaluate.notebook import Picture, Table, bar_plot, character_plot, line_plot
from cs_nlp.evaluate.svg import coverage_plot, heat_map, reliability_plot

POINT = {"threshold": 0.5, "coverage": 0.5, "precision": 0.9, "low": 0.8, "high": 0.95}
BIN = {"low": 0.8, "high": 0.9, "messages": 9, "score": 0.85, "right": 0.8, "right_low": 0.6, "right_high": 0.9}


@pytest.mark.parametrize(
    "drawing",
    [
        bar_plot([("<退>", 1.0), ("到&哪", -2.0)]),
        bar_plot([]),
        line_plot({"<a>": [(0.0, 0.2), (1.0, 0.9)], "b": [(0.0, 0.0)], "c": [(1.0, 1.0)]}, "<x>", "&y"),
        character_plot("退<货>&" * 9, [0.0] * 45),
        coverage_plot([POINT], point=(0.5, 0.9)),
        reliability_plot([BIN]),
        heat_map(["a", "b"], {"a": "<退>"}, {("a", "b"): 2}),
    ],
)
def test_a_picture_is_a_whole_document_with_both_captions(drawing: str) -> None:
    whole = ElementTree.fromstring(Picture(drawing, "图 <1>", "Figure & 1").to_svg())
    assert whole.tag == "{http://www.w3.org/2000/svg}svg"
    assert [item.text for item in list(whole)[-2:]] == ["图 <1>", "Figure & 1"]


def test_what_is_no_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match="no <svg> element"):
        Picture("<p>", "图", "Figure").to_svg()


@pytest.mark.parametrize("count", [0, 4])
def test_lines_that_cannot_be_told_apart_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} lines"):
        line_plot({str(place): [(0.0, 0.5)] for place in range(count)}, "x", "y")


def test_every_character_needs_a_value() -> None:
    with pytest.raises(ValueError, match="zip"):
        character_plot("退货", [1.0])


def test_a_table_escapes_texts_and_writes_shares_as_percentages() -> None:
    html = Table(["<a>"], [["<b>"], [0.5], [3], [None]]).to_html()
    assert "&lt;a&gt;" in html and "&lt;b&gt;" in html
    assert all(f">{cell}</td>" in html for cell in ("50.0%", "3", "–"))
