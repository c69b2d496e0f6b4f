from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import Shell, write_rows
from tests.samples import tiny_examples


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs commands."""
    return Shell(capsys)


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tests' own messages with their labels as a JSONL file; not to be changed."""
    rows = [
        {"text": example.text, "intent": example.intent, "severity": example.severity, "emotion": example.emotion}
        for example in tiny_examples()
    ]
    return write_rows(tmp_path_factory.mktemp("rows") / "labelled.jsonl", rows)
