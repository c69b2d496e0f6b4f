"""Running commands as a shell would."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from cs_nlp.cli import main


class Shell:
    """Runs `cs-nlp` in this process and keeps what it printed."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured
        self.out = ""
        self.err = ""

    def __call__(self, *arguments: object) -> int:
        code = main([str(argument) for argument in arguments])
        self.out, self.err = self._captured.readouterr()
        return code

    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    def complains(self, *parts: str) -> bool:
        """Whether one line on standard error, and nothing else, says all of this."""
        lines = self.err.splitlines()
        return len(lines) == 1 and lines[0].startswith("cs-nlp: ") and all(part in lines[0] for part in parts)


def write_rows(file: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Writes JSON lines."""
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def read_rows(file: Path) -> list[dict[str, Any]]:
    """Reads JSON lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
