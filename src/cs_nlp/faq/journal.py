"""The journal of a knowledge base: one JSON line a change, so that a change is written whole or not at all.

A last line without its line break was cut while it was written; it counts as never made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cs_nlp.errors import DataFileError
from cs_nlp.files import write_atomic

_FORMAT = 1
_HEAD = json.dumps({"format": _FORMAT, "kind": "cs_nlp FAQ journal"})

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a knowledge base.

    Attributes:
        number: Its place in the journal, from 1.
        action: `upsert`, `delete`, `disable`, `import`, `undo` or `compact`.
        by: Who made it.
        at: When.
        before: For each entry it touched what stood there, or None for nothing.
        after: For each of them what stands there now, or None for nothing.
        undoes: Number of the change that this one takes back, or None.
    """

    number: int
    action: str
    by: str
    at: datetime
    before: Mapping[str, Row | None]
    after: Mapping[str, Row | None]
    undoes: int | None = None


class Journal:
    """The file with the changes of a knowledge base; one process writes it.

    Args:
        file: Where it is; it is made by the first change.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._size = 0

    def read(self) -> list[Change]:
        """All changes, in their order; none when there is no file.

        Raises:
            DataFileError: If it is no journal, or a line of it is broken.
        """
        if not self._file.exists():
            return []
        content = self._file.read_bytes()
        self._size = content.rfind(b"\n") + 1
        lines = content[: self._size].splitlines()
        try:
            head = json.loads(lines[0]) if lines else {}
            if head.get("format") != _FORMAT:
                raise ValueError(f"its first line must be {_HEAD}")
        except (ValueError, AttributeError) as error:
            raise DataFileError([f"{self._file}:1: file: is not a journal of a knowledge base ({error})"]) from error
        return [self._change(number, line) for number, line in enumerate(lines[1:], start=1)]

    def append(self, change: Change) -> None:
        """Writes a change behind the others; when this returns it is on disk.

        Raises:
            DataFileError: If another process has changed the file; open the knowledge base again.
        """
        line = _line(change).encode()
        if not self._size:
            write_atomic(self._file, _HEAD.encode() + b"\n" + line)
            self._size = len(_HEAD) + 1 + len(line)
            return
        with self._file.open("r+b") as stream:
            end = stream.seek(0, os.SEEK_END)
            stream.seek(self._size)
            rest = stream.read()
            if end < self._size or b"\n" in rest:
                raise DataFileError([f"{self._file}: was changed by another process; open the knowledge base again"])
            stream.seek(self._size)
            stream.truncate()
            try:
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
            except BaseException:
                stream.truncate(self._size)
                raise
        self._size += len(line)

    def replace(self, changes: Iterable[Change]) -> None:
        """Writes a new journal in the place of this one, in one step."""
        content = (_HEAD + "\n" + "".join(_line(change) for change in changes)).encode()
        write_atomic(self._file, content)
        self._size = len(content)

    def _change(self, number: int, line: bytes) -> Change:
        try:
            row = json.loads(line)
            if row["number"] != number:
                raise ValueError(f"change {number} is needed here, found {row['number']!r}")
            return Change(**{**row, "at": datetime.fromisoformat(row["at"])})
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise DataFileError([f"{self._file}:{number + 1}: change: cannot be read ({error})"]) from error


def _line(change: Change) -> str:
    row = {
        "number": change.number,
        "action": change.action,
        "by": change.by,
        "at": change.at.isoformat(),
        "before": change.before,
        "after": change.after,
        "undoes": change.undoes,
    }
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
