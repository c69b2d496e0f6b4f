"""Small plots as SVG text; colours come from the style sheet of the page, so that they follow its light or dark mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

_MOST_WIDTH = 16
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 24, 14, 42


@dataclass(frozen=True, slots=True)
class Frame:
    """A plotting area with its scales.

    Attributes:
        width: Width of the whole drawing.
        height: Height of the whole drawing.
        x: Smallest and largest value on the horizontal axis.
        y: Smallest and largest value on the vertical axis.
    """

    width: float
    height: float
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Place of a point in the drawing.

        >>> Frame(186, 156).at(0.5, 0.5)
        (112.0, 64.0)
        """
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return (
            round(_LEFT + across * (self.width - _LEFT - _RIGHT), 1),
            round(self.height - _BOTTOM - up * (self.height - _TOP - _BOTTOM), 1),
        )

    def path(self, points: Sequence[tuple[float, float]]) -> str:
        """Points as the coordinates of a `polyline` or `polygon`."""
        return " ".join(f"{a},{b}" for a, b in (self.at(x, y) for x, y in points))

    def axes(self, x_title: str, y_title: str) -> str:
        """Grid, percentages and titles."""
        parts = []
        tenths = round((self.y[1] - self.y[0]) * 10)
        levels = [self.y[1] - step / 10 for step in range(0, tenths + 1, 2 if tenths > 5 else 1)]
        for y in levels:
            (left, level), (right, _) = self.at(self.x[0], y), self.at(self.x[1], y)
            parts.append(f'<line class="grid" x1="{left}" y1="{level}" x2="{right}" y2="{level}"/>')
            parts.append(f'<text class="tick" x="{left - 7}" y="{level + 4}" text-anchor="end">{y:.0%}</text>')
        for step in range(6):
            column, floor = self.at(self.x[0] + (self.x[1] - self.x[0]) * step / 5, self.y[0])
            share = self.x[0] + (self.x[1] - self.x[0]) * step / 5
            parts.append(f'<text class="tick" x="{column}" y="{floor + 17}" text-anchor="middle">{share:.0%}</text>')
        middle, _ = self.at(sum(self.x) / 2, self.y[0])
        parts.append(
            f'<text class="axis" x="{middle}" y="{self.height - 5}" text-anchor="middle">{escape(x_title)}</text>'
        )
        centre = self.at(self.x[0], sum(self.y) / 2)[1]
        parts.append(
            f'<text class="axis" transform="translate(14,{centre}) rotate(-90)" text-anchor="middle">{escape(y_title)}</text>'
        )
        return "".join(parts)

    def wrap(self, content: str, label: str) -> str:
        """The drawing as an element."""
        return (
            f'<svg class="plot" viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-label="{escape(label, quote=True)}">{content}</svg>'
        )


def coverage_plot(
    curve: Sequence[Mapping[str, float]],
    *,
    point: tuple[float, float] | None,
    target: float = 0.9,
    baseline: Sequence[Mapping[str, float]] = (),
) -> str:
    """Precision over coverage with its 95 % band, the promised precision, and where the model stands.

    Args:
        curve: Points of `cs_nlp.evaluate.curves.coverage_curve`.
        point: Coverage and precision of the model as it decides, or None.
        target: The promised precision.
        baseline: The curve of the baseline.
    """
    shown = [row for row in curve if row["coverage"] >= 0.02] or list(curve)
    lowest = min([row["precision"] for row in (*shown, *baseline)] + [target, *(point or ())[1:]])
    frame = Frame(560, 330, y=(max(0.0, int((lowest - 0.05) * 10) / 10), 1.0))
    floor = frame.y[0]
    band = [(row["coverage"], max(row["low"], floor)) for row in shown]
    band += [(row["coverage"], row["high"]) for row in reversed(shown)]
    parts = [frame.axes("覆盖率（自动回答的比例）", "正确率")]
    parts.append(f'<polygon class="band" points="{frame.path(band)}"/>')
    left, level = frame.at(0, target)
    right, _ = frame.at(1, target)
    parts.append(f'<line class="target" x1="{left}" y1="{level}" x2="{right}" y2="{level}"/>')
    parts.append(f'<text class="note target-text" x="{left + 6}" y="{level + 16}">承诺 {target:.0%}</text>')
    if baseline:
        older = [(row["coverage"], max(row["precision"], floor)) for row in baseline if row["coverage"] >= 0.02]
        parts.append(f'<polyline class="line older" points="{frame.path(older)}"/>')
    parts.append(f'<polyline class="line" points="{frame.path([(r["coverage"], r["precision"]) for r in shown])}"/>')
    parts += [_hover(frame, row) for row in shown]
    if point is not None:
        x, y = frame.at(point[0], max(point[1], floor))
        parts.append(f'<circle class="dot" cx="{x}" cy="{y}" r="6"><title>现在的策略</title></circle>')
        parts.append(
            f'<text class="note strong" x="{x}" y="{y + 22}" text-anchor="middle">现在 {point[0]:.0%} / {point[1]:.1%}</text>'
        )
    return frame.wrap("".join(parts), "覆盖率与正确率曲线")


def _hover(frame: Frame, row: Mapping[str, float]) -> str:
    x, y = frame.at(row["coverage"], max(row["precision"], frame.y[0]))
    text = f"阈值 {row['threshold']:.2f}：答 {row['coverage']:.1%}，对 {row['precision']:.1%}（{row['low']:.1%}–{row['high']:.1%}）"
    return f'<circle class="hover" cx="{x}" cy="{y}" r="5"><title>{text}</title></circle>'


def reliability_plot(bins: Sequence[Mapping[str, float]]) -> str:
    """Share that is right over the mean score, with 95 % bars and the number of messages beneath."""
    frame = Frame(560, 330)
    start, end = frame.at(0, 0), frame.at(1, 1)
    parts = [frame.axes("模型给的分数", "实际正确率")]
    most = max((row["messages"] for row in bins), default=1)
    for row in bins:
        height = 0.22 * row["messages"] / most
        (left, top), (right, floor) = frame.at(row["low"], height), frame.at(row["high"], 0)
        parts.append(
            f'<rect class="bars" x="{left + 1}" y="{top}" width="{right - left - 2:.1f}" height="{floor - top:.1f}">'
            f"<title>{row['low']:.1f}–{row['high']:.1f}：{row['messages']:g} 条</title></rect>"
        )
    parts.append(f'<line class="target" x1="{start[0]}" y1="{start[1]}" x2="{end[0]}" y2="{end[1]}"/>')
    parts.append(f'<polyline class="line" points="{frame.path([(row["score"], row["right"]) for row in bins])}"/>')
    for row in bins:
        x, y = frame.at(row["score"], row["right"])
        parts.append(
            f'<line class="whisker" x1="{x}" x2="{x}" y1="{frame.at(0, row["right_low"])[1]}" y2="{frame.at(0, row["right_high"])[1]}"/>'
            f'<circle class="dot small" cx="{x}" cy="{y}" r="4.5"><title>分数 {row["score"]:.2f}，'
            f"对 {row['right']:.1%}，{row['messages']:g} 条</title></circle>"
        )
    return frame.wrap("".join(parts), "校准图")


def interval_bar(value: float | None, low: float | None, high: float | None, *, whole: float | None = None) -> str:
    """A share as a bar with its 95 % interval; a thin mark shows the share of the whole test."""
    if value is None:
        return ""
    parts = ['<rect class="track" x="0" y="4" width="120" height="8" rx="4"/>']
    parts.append(f'<rect class="fill" x="0" y="4" width="{value * 120:.1f}" height="8" rx="4"/>')
    if low is not None and high is not None:
        parts.append(f'<line class="whisker" x1="{low * 120:.1f}" x2="{high * 120:.1f}" y1="8" y2="8"/>')
    if whole is not None:
        parts.append(f'<line class="whole" x1="{whole * 120:.1f}" x2="{whole * 120:.1f}" y1="1" y2="15"/>')
    return f'<svg class="bar" viewBox="0 0 120 16" aria-hidden="true">{"".join(parts)}</svg>'


def heat_map(labels: Sequence[str], names: Mapping[str, str], counts: Mapping[tuple[str, str], int]) -> str:
    """A confusion matrix: rows are right, columns are said; the darker the more, by row."""
    shown = {label: _short(names.get(label, label)) for label in labels}
    widest = max(map(_width, shown.values()), default=0)
    cell, left, top = 30, 14 + 6 * widest, 24 + 5 * widest
    width, height = left + cell * len(labels) + 10 + 3.5 * widest, top + cell * len(labels) + 8
    parts = []
    for place, label in enumerate(labels):
        name = escape(shown[label])
        middle = cell * place + cell / 2
        parts.append(f'<text class="tick" x="{left - 8}" y="{top + middle + 4}" text-anchor="end">{name}</text>')
        parts.append(
            f'<text class="tick" transform="translate({left + middle + 4},{top - 8}) rotate(-55)">{name}</text>'
        )
    for row, gold in enumerate(labels):
        total = max(sum(counts.get((gold, said), 0) for said in labels), 1)
        for column, said in enumerate(labels):
            parts.append(
                _cell(left + column * cell, top + row * cell, cell, counts.get((gold, said), 0), total, gold == said)
            )
    return (
        f'<svg class="heat" viewBox="0 0 {width} {height}" style="min-width:{width * 0.72:.0f}px" '
        f'role="img" aria-label="混淆矩阵">{"".join(parts)}</svg>'
    )


def _short(name: str) -> str:
    """A name that fits beside the matrix."""
    while _width(name) > _MOST_WIDTH:
        name = name.removesuffix("…")[:-1] + "…"
    return name


def _width(name: str) -> int:
    """Width in half characters."""
    return sum(1 if sign < "\u2e80" else 2 for sign in name)


def _cell(x: float, y: float, size: float, count: int, total: int, right: bool) -> str:
    kind = "good" if right else "bad"
    share = count / total
    strength = 0.0 if not count else min(1.0, 0.14 + share * (0.7 if right else 1.8))
    text = (
        f'<text class="count" x="{x + size / 2}" y="{y + size / 2 + 4}" text-anchor="middle">{count}</text>'
        if count
        else ""
    )
    return (
        f'<rect class="cell" x="{x + 1}" y="{y + 1}" width="{size - 2}" height="{size - 2}" rx="4"/>'
        f'<rect class="cell {kind}" style="fill-opacity:{strength:.2f}" x="{x + 1}" y="{y + 1}" width="{size - 2}" height="{size - 2}" rx="4"/>{text}'
    )
