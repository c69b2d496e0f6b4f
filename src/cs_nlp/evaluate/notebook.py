"""Pictures and tables for notebooks: plain SVG and HTML; pictures bring the Chinese characters that a browser lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from cs_nlp.evaluate.font import font_face
from cs_nlp.evaluate.svg import Frame

_BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
_CAPTION = 58
_NAMES, _BARS, _ROW = 190, 300, 26
_CELL, _PER_LINE = 34, 16
_KINDS = ("", "second", "older")
_STYLE = """
svg{font-family:cs_nlp,system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",
"Source Han Sans SC","WenQuanYi Micro Hei",sans-serif}
.grid{stroke:#eceff3}.tick{fill:#5d6878;font-size:11.5px}.axis{fill:#5d6878;font-size:12px}
.line{fill:none;stroke:#2457d6;stroke-width:2.2;stroke-linejoin:round}.line.second{stroke:#a86400}
.line.older{stroke:#8b95a3;stroke-dasharray:5 4;stroke-width:1.8}
.band{fill:#2457d6;opacity:.13}.target{stroke:#12805c;stroke-dasharray:5 4;stroke-width:1.4}
.dot{fill:#c8382f;stroke:#fff;stroke-width:2}.dot.small{fill:#2457d6}.hover{fill:transparent}
.note{font-size:12px;fill:#5d6878}.note.strong{fill:#1c2430;font-weight:600}.target-text{fill:#12805c}
.bars{fill:#8b95a3;opacity:.28}.whisker{stroke:#5d6878;stroke-width:1.5}
.cell{fill:#eceff3}.cell.good,.for{fill:#12805c}.cell.bad,.against{fill:#c8382f}.count{font-size:11.5px;fill:#1c2430}
.letter{font-size:17px;fill:#1c2430}.zh{font-size:14px;fill:#1c2430;font-weight:600}.en{font-size:12px;fill:#5d6878}
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its captions, shown by a notebook when a cell ends with it.

    Attributes:
        drawing: An `<svg>` element, of `cs_nlp.evaluate.svg` or of this module.
        zh: Caption in Chinese.
        en: Caption in English.

    >>> picture = Picture(bar_plot([("退货", 1.5)]), "谁在说话", "Who speaks")
    >>> picture.to_svg().startswith("<svg xmlns=")
    True
    """

    drawing: str
    zh: str
    en: str

    def to_svg(self) -> str:
        """The picture as an SVG document that needs nothing else.

        Raises:
            ValueError: If the drawing is no `<svg>` element with a box.
        """
        found = _BOX.search(self.drawing)
        if found is None:
            raise ValueError("the drawing is no <svg> element with a viewBox that starts at 0 0")
        width, height = float(found[1]), float(found[2])
        inner = self.drawing.replace("<svg ", f'<svg width="{width:g}" height="{height:g}" ', 1)
        whole, middle = height + _CAPTION, width / 2
        font = font_face(inner + self.zh)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{whole:g}" '
            f'viewBox="0 0 {width:g} {whole:g}"><style>{font}{_STYLE}</style>'
            f'<rect width="{width:g}" height="{whole:g}" fill="#fff"/>{inner}'
            f'<text class="zh" x="{middle:g}" y="{height + 24:g}" text-anchor="middle">{escape(self.zh)}</text>'
            f'<text class="en" x="{middle:g}" y="{height + 44:g}" text-anchor="middle">{escape(self.en)}</text></svg>'
        )

    def _repr_svg_(self) -> str:
        return self.to_svg()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with heads, shown by a notebook when a cell ends with it; shares become percentages.

    Attributes:
        heads: Titles of the columns.
        rows: Cells of each row: texts, whole numbers, or shares 0–1 as floats.

    >>> Table(["意图", "正确率"], [["退货", 0.5]]).to_html().count("<td")
    2
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[object]]

    def to_html(self) -> str:
        """The table as HTML."""
        head = "".join(f'<th style="text-align:left">{escape(name)}</th>' for name in self.heads)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _repr_html_(self) -> str:
        return self.to_html()


def _cell(value: object) -> str:
    text = "–" if value is None else f"{value:.1%}" if isinstance(value, float) else str(value)
    return f'<td style="text-align:left">{escape(text)}</td>'


def bar_plot(rows: Sequence[tuple[str, float]], *, form: str = "+.2f") -> str:
    """Horizontal bars, one a row; what is below 0 goes to the left.

    Args:
        rows: Name and value of each bar.
        form: How a value is written, as in `format`.

    >>> bar_plot([("退", 2.0), ("到哪", -1.0)]).count("<rect")
    2
    """
    low, high = min([0.0, *(value for _, value in rows)]), max([0.0, *(value for _, value in rows)])
    scale = _BARS / ((high - low) or 1.0)
    zero = _NAMES + 40 - low * scale
    parts = []
    for place, (name, value) in enumerate(rows):
        top, left = 10 + place * _ROW, zero + min(value, 0.0) * scale
        kind, end = ("against", left - 6) if value < 0 else ("for", left + value * scale + 6)
        anchor = "end" if value < 0 else "start"
        parts.append(f'<text class="tick" x="{_NAMES - 8}" y="{top + 16}" text-anchor="end">{escape(name)}</text>')
        parts.append(
            f'<rect class="{kind}" opacity=".75" x="{left:.1f}" y="{top + 4}" width="{abs(value) * scale:.1f}" '
            f'height="{_ROW - 10}"/><text class="note" x="{end:.1f}" y="{top + 16}" text-anchor="{anchor}">'
            f"{value:{form}}</text>"
        )
    floor = 14 + len(rows) * _ROW
    parts.append(f'<line class="whisker" x1="{zero:.1f}" x2="{zero:.1f}" y1="8" y2="{floor}"/>')
    return _drawing(_NAMES + _BARS + 110, floor + 6, parts, "条形图")


def line_plot(lines: Mapping[str, Sequence[tuple[float, float]]], x_title: str, y_title: str) -> str:
    """Up to three lines of shares over shares, with a legend.

    Args:
        lines: Points of each line by its name; the third one is drawn grey and dashed.
        x_title: What is across.
        y_title: What is up.

    Raises:
        ValueError: If there are no lines, or more than three.

    >>> line_plot({"现在": [(0, 0), (1, 0.9)]}, "看了多少", "找到多少").count("<circle")
    2
    """
    if not 1 <= len(lines) <= len(_KINDS):
        raise ValueError(f"{len(lines)} lines; 1 to {len(_KINDS)} can be told apart")
    lowest = min(y for points in lines.values() for _, y in points)
    frame = Frame(560, 330, y=(max(0.0, int(lowest * 10 - 0.5) / 10), 1.0))
    parts = [frame.axes(x_title, y_title)]
    for place, (name, points) in enumerate(lines.items()):
        kind, left = _KINDS[place], 62 + place * 166
        parts.append(f'<polyline class="line {kind}" points="{frame.path(points)}"/>')
        parts.append(f'<polyline class="line {kind}" points="{left},344 {left + 22},344"/>')
        parts.append(f'<text class="note" x="{left + 28}" y="348">{escape(name)}</text>')
        for x, y in points if len(points) <= 12 else ():
            across, up = frame.at(x, y)
            parts.append(f'<circle class="dot small" cx="{across}" cy="{up}" r="4"><title>{y:.1%}</title></circle>')
    return _drawing(560, 360, parts, "折线图")


def character_plot(text: str, values: Sequence[float]) -> str:
    """Each character with what it added: green spoke for, red against.

    Args:
        text: The message.
        values: A value for each character, as in `Explanation.characters`.

    >>> character_plot("退货", [1.2, -0.1]).count('class="letter"')
    2
    """
    most = max([1e-9, *(abs(value) for value in values)])
    parts = []
    for place, (character, value) in enumerate(zip(text, values, strict=True)):
        x, y = 10 + place % _PER_LINE * _CELL, 10 + place // _PER_LINE * 58
        kind = "against" if value < 0 else "for"
        parts.append(
            f'<rect class="cell" x="{x}" y="{y}" width="{_CELL - 2}" height="34" rx="4"/>'
            f'<rect class="{kind}" fill-opacity="{0.75 * abs(value) / most:.2f}" x="{x}" y="{y}" width="{_CELL - 2}" '
            f'height="34" rx="4"/><text class="letter" x="{x + _CELL / 2 - 1}" y="{y + 23}" text-anchor="middle">'
            f'{escape(character)}</text><text class="tick" x="{x + _CELL / 2 - 1}" y="{y + 49}" text-anchor="middle">'
            f"{round(value, 1) + 0.0:+.1f}</text>"  # no -0.0
        )
    height = 16 + 58 * ((len(text) - 1) // _PER_LINE + 1)
    return _drawing(20 + _CELL * _PER_LINE, height, parts, "逐字贡献")


def _drawing(width: float, height: float, parts: Sequence[str], label: str) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )
