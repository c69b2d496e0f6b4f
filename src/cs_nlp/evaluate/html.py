"""Pieces of HTML that the sections of the report share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from cs_nlp.evaluate.svg import interval_bar


def esc(text: object) -> str:
    """Text as HTML.

    >>> esc("<退款>")
    '&lt;退款&gt;'
    """
    return escape(str(text), quote=True)


def percent(value: float | None, digits: int = 1) -> str:
    """A share as a percentage; a dash for None."""
    return "–" if value is None else f"{value * 100:.{digits}f}%"


def tag(text: str, kind: str = "") -> str:
    """A small label; kinds are good, bad, warn, blue."""
    return f'<span class="tag {kind}">{esc(text)}</span>'


def intent(label: str, names: Mapping[str, str]) -> str:
    """An intent with its Chinese name."""
    name = names.get(label, label)
    return esc(name) + (f'<span class="id">{esc(label)}</span>' if name != label else "")


def number(value: float | None, form: str = ".1%", *, missing: str = "–") -> str:
    """A cell with a number that sorts.

    Args:
        value: The number.
        form: How it is written, as in `format`.
        missing: What stands there for None.

    >>> number(12, "d")
    '<td class="n" data-v="12">12</td>'
    """
    if value is None:
        return f'<td class="n" data-v="">{missing}</td>'
    return f'<td class="n" data-v="{value}">{value:{form}}</td>'


def bar(row: Mapping[str, float | None], name: str, whole: float | None = None) -> str:
    """A cell with a share as a bar with its interval."""
    return f"<td>{interval_bar(row[name], row.get(f'{name}_low'), row.get(f'{name}_high'), whole=whole)}</td>"


def table(heads: Sequence[str], rows: Iterable[str], *, tall: bool = False, numbers: Sequence[int] = ()) -> str:
    """A table that sorts by a click on a head.

    Args:
        heads: Titles of the columns; those that start with `!` do not sort.
        rows: Each row's cells.
        tall: Whether it scrolls inside a limited height.
        numbers: Positions of the columns that hold numbers.
    """
    cells = []
    for place, head in enumerate(heads):
        sort = "" if head.startswith("!") else f' data-sort="{"n" if place in numbers else "t"}"'
        side = ' class="n"' if place in numbers else ""
        cells.append(f"<th{side}{sort}>{esc(head.removeprefix('!'))}</th>")
    body = "".join(f"<tr>{row}</tr>" if not row.startswith("<tr") else row for row in rows)
    return (
        f'<div class="scroll{" tall" if tall else ""}"><table><thead><tr>{"".join(cells)}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def section(anchor: str, title: str, hint: str, content: str) -> str:
    """A section with its anchor, title and a line of explanation."""
    lead = f'<p class="hint">{hint}</p>' if hint else ""
    return f'<section id="{anchor}"><h2>{esc(title)}</h2>{lead}{content}</section>'


def tip(text: str, kind: str = "") -> str:
    """A highlighted remark; `text` is HTML."""
    return f'<p class="tip {kind}">{text}</p>'
