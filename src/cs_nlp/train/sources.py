"""Files of labelled messages as rows: CSV, JSON lines, JSON, Excel, Parquet, exports of Label Studio and doccano.

A row is a mapping with the place it came from. Encodings are found, never guessed: a byte order mark decides, then
UTF-8, then GB18030, each strictly. What cannot be read is a fault with its row, not an exception.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_nlp.errors import DatasetError, MissingExtraError
from cs_nlp.train.exchange import from_label_studio, is_label_studio

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
ENCODINGS = ("utf-8", "gb18030")
SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".xlsx", ".parquet")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file.

    Attributes:
        number: Its line (or row of the sheet), counted from 1, header included.
        values: Its cells by column; empty cells are left out.
    """

    number: int
    values: dict[str, Any]


class UnreadableError(ValueError):
    """A file as a whole cannot be read; the message says why and what to do."""


def decode(content: bytes) -> str:
    """Text of a file whose encoding is not told.

    Raises:
        UnreadableError: If it is neither UTF-8, UTF-16 with a mark, nor GB18030.

    >>> decode("怎么退货".encode("gb18030")), decode("怎么退货".encode("utf-8-sig"))
    ('怎么退货', '怎么退货')
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise UnreadableError(f"is not {encoding} although it starts so (byte {error.start})") from error
    failures = []
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            failures.append(f"{encoding} (line {line}, byte {error.start})")
    raise UnreadableError(f"is neither {' nor '.join(failures)}; save it as UTF-8")


def read_rows(file: Path, faults: list[str]) -> list[Row]:
    """All rows of a file that can be read; faults go to `faults` as `file:row: reason`.

    Args:
        file: The file; its suffix tells the format, an unknown one is read as JSON lines.
        faults: Where faults are added.

    Raises:
        MissingExtraError: If the format needs a package that is not installed.
    """
    reader = _READERS.get(file.suffix.lower(), _json_lines)
    found: list[Row] = []
    try:
        for number, values in reader(file.read_bytes()):
            if isinstance(values, dict):
                kept = {str(key): value for key, value in values.items() if key is not None and not _empty(value)}
                found.append(Row(number, kept))
            else:
                faults.append(f"{file}:{number}: {values}")
    except OSError as error:
        faults.append(f"{file}:1: cannot be read ({error.strerror or error})")
    except UnreadableError as error:
        faults.append(f"{file}:1: {error}")
    return found


def _empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and value != value)


_Numbered = Iterator[tuple[int, "dict[str, Any] | str"]]


def _json_lines(content: bytes) -> _Numbered:
    for number, line in enumerate(decode(content).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, f"is not JSON ({error})"
            continue
        yield number, value if isinstance(value, dict) else f"an object is needed, found {type(value).__name__}"


def _json(content: bytes) -> _Numbered:
    """One JSON list (Label Studio's export, or plain objects); a file of JSON lines is read as such."""
    text = decode(content)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        yield from _json_lines(content)
        return
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            yield number, f"an object is needed, found {type(item).__name__}"
        else:
            yield number, from_label_studio(item) if is_label_studio(item) else item


def _separated(content: bytes, delimiter: str | None = None) -> _Numbered:
    text = decode(content)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text), strict=True)
    start = 2
    try:
        for row in reader:
            extra = row.pop(None, None)
            if extra:
                yield start, f"has {len(extra)} more cells than the header; quote texts that hold the separator"
            else:
                yield start, dict(row)
            start = reader.line_num + 1
    except csv.Error as error:
        yield start, f"is not CSV ({error}); look for a quotation mark that is not closed"


def _delimiter(text: str) -> str:
    """The separator that the header uses most."""
    header = text.split("\n", 1)[0]
    return max((",", "\t", ";"), key=header.count)


def _tabbed(content: bytes) -> _Numbered:
    return _separated(content, "\t")


def _excel(content: bytes) -> _Numbered:
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtraError("openpyxl", "excel") from error
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl has no error of its own for a broken file: zip, XML and key errors come up
        raise UnreadableError(f"is not an Excel file ({type(error).__name__}: {error})") from error
    lines = book.worksheets[0].iter_rows(values_only=True)
    header = [str(cell) if cell is not None else None for cell in next(lines, ())]
    for number, cells in enumerate(lines, start=2):
        values = {name: cell for name, cell in zip(header, cells, strict=False) if name is not None}
        if any(not _empty(cell) for cell in values.values()):
            yield number, values
    book.close()


def _parquet(content: bytes) -> _Numbered:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("pyarrow", "parquet") from error
    try:
        rows = pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise UnreadableError(f"is not a Parquet file ({error})") from error
    yield from enumerate(rows, start=1)


def _old_excel(content: bytes) -> _Numbered:
    raise UnreadableError("is the old format of Excel; save it as .xlsx or CSV")


_READERS: dict[str, Callable[[bytes], _Numbered]] = {
    ".json": _json,
    ".csv": _separated,
    ".tsv": _tabbed,
    ".xlsx": _excel,
    ".xls": _old_excel,
    ".parquet": _parquet,
}


def read_text_lines(file: Path) -> list[str]:
    """The lines of a text file that hold more than blanks.

    Raises:
        DatasetError: If it cannot be read.
    """
    try:
        return [line for line in decode(file.read_bytes()).splitlines() if line.strip()]
    except OSError as error:
        raise DatasetError([f"{file}:1: cannot be read ({error.strerror or error})"]) from error
    except UnreadableError as error:
        raise DatasetError([f"{file}:1: {error}"]) from error
