"""Entries from a table: CSV or Excel with one row an entry; YAML files are read too.

The columns are named as the fields of `faq/*.yaml`, or in Chinese; cells with several values separate them by line
breaks or `|`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cs_nlp.errors import DataFileError, MissingExtraError
from cs_nlp.faq.entries import FaqEntry, load_entries, read_entry
from cs_nlp.resources import Faults, Node

COLUMNS: Mapping[str, str] = {
    "编号": "id", "标准问题": "question", "问法": "variants", "相似问法": "variants", "答案": "answer", "意图": "intents",
    "主题": "topic", "标签": "tags", "追问": "follow_ups", "相关": "related", "商品": "products", "店铺": "shops",
    "生效": "valid_from", "失效": "valid_until", "启用": "enabled", "来源": "source", "审核日期": "reviewed",
}  # fmt: skip
"""Chinese names of columns."""

_LISTS = ("variants", "intents", "tags", "follow_ups", "related", "products", "shops")
_YES = {"true": True, "1": True, "是": True, "启用": True, "false": False, "0": False, "否": False, "停用": False}
_LINE = "\0line"  # where `Node` looks for the line


def read_entries(file: Path, settings: Mapping[str, str] | None = None) -> tuple[FaqEntry, ...]:
    """Reads the entries of a YAML, CSV or Excel file (or of a folder of YAML files).

    Args:
        file: The file; its ending tells its kind.
        settings: Values of the {slots}, for a table; YAML brings its own `settings.yaml`.

    Returns:
        The entries.

    Raises:
        DataFileError: If it has faults; all are listed with their lines.
        MissingExtraError: If it is an Excel file and openpyxl is not installed.
    """
    kind = file.suffix.lower()
    if file.is_dir() or kind in (".yaml", ".yml"):
        return load_entries(file)
    if kind not in (".csv", ".xlsx"):
        raise DataFileError(
            [f"{file.name}:1: file: {kind or 'a file without ending'} is not known; .yaml, .csv, .xlsx"]
        )
    faults = Faults()
    try:
        table = list(_csv(file) if kind == ".csv" else _excel(file))
    except OSError as error:
        raise DataFileError([f"{file}:1: file: cannot be read ({error.strerror or error})"]) from error
    entries = _entries(table, file.name, dict(settings or {}), faults)
    faults.check()
    return entries


def _entries(
    table: list[tuple[int, list[Any]]], name: str, settings: Mapping[str, str], faults: Faults
) -> tuple[FaqEntry, ...]:
    if not table:
        faults.add(name, 1, "file", "is empty; write a head with id, question, variants, answer")
        return ()
    head = [COLUMNS.get(str(cell or "").strip(), str(cell or "").strip()) for cell in table[0][1]]
    found: dict[str, FaqEntry] = {}
    for line, cells in table[1:]:
        values = {key: _value(key, cell) for key, cell in zip(head, cells, strict=False) if key and not _empty(cell)}
        if values:
            entry = read_entry(Node({**values, _LINE: line}, name, "", faults), "", settings)
            if entry.id in found:
                faults.add(name, line, "id", f"{entry.id!r} stands twice; ids are unique")
            found[entry.id] = entry
    return tuple(found.values())


def _empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _value(key: str, cell: Any) -> Any:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if key == "enabled":
        return _YES.get(str(cell).strip().lower(), cell)
    text = str(cell).strip()
    if key in _LISTS:
        return [part.strip() for part in text.replace("|", "\n").splitlines() if part.strip()]
    return text


def _csv(file: Path) -> Iterator[tuple[int, list[Any]]]:
    """Line and cells of each row; UTF-8, or GB 18030 as Chinese spreadsheets write it."""
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _decoded(content, file)
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    try:
        for cells in reader:
            yield line, list(cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataFileError([f"{file.name}:{line}: row: is not CSV ({error})"]) from error


def _decoded(content: bytes, file: Path) -> str:
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise DataFileError([f"{file.name}:1: file: is neither UTF-8 nor GB 18030; save it as UTF-8"]) from error


def _excel(file: Path) -> Iterable[tuple[int, list[Any]]]:
    """Line and cells of each row of the first sheet."""
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtraError("openpyxl", "excel") from error
    from zipfile import BadZipFile

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError) as error:
        raise DataFileError([f"{file.name}:1: file: is not an Excel file ({error})"]) from error
    try:
        return [(line, list(cells)) for line, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1)]
    finally:
        book.close()
