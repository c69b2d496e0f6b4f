"""The C modules are an addition: where they could not be compiled, Python decides the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from importlib import import_module
from pathlib import Path

import pytest

import cs_nlp
from cs_nlp.bundle import shipped_bundle

PACKAGE = Path(cs_nlp.__file__).parent
EVAL = Path(__file__).parent.parent / "data" / "eval" / "messages.jsonl"
NAMES = [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in sorted(PACKAGE.rglob("_*.pyi"))]
COMPILER = shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0])
HEADER = Path(sysconfig.get_path("include"), "Python.h")

_REPLIES = """
import json, sys
from datetime import UTC, datetime

for name in json.loads(sys.argv[2]):
    sys.modules[name] = None  # as if it had not been compiled

import cs_nlp

bot = cs_nlp.Assistant.load(clock=lambda: datetime(2026, 11, 20, 4, tzinfo=UTC))
for line in open(sys.argv[1], encoding="utf-8"):
    reply = bot.reply(json.loads(line)["text"])
    ticket = reply.ticket and (reply.ticket.desk, reply.ticket.priority, reply.ticket.summary)
    print(reply.action.value, reply.faq, reply.severity.value, [one.id for one in reply.intents], reply.text, ticket,
          reply.reasons, reply.emotion.value, [(one.id, one.span) for one in reply.evidence])
"""


def replies(without: list[str]) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", _REPLIES, str(EVAL), json.dumps(without)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.skipif(not (COMPILER and HEADER.is_file()), reason="there is no C compiler, or no header of Python")
@pytest.mark.parametrize("name", NAMES)
def test_every_module_was_compiled_where_that_is_possible(name: str) -> None:
    assert Path(str(import_module(name).__file__)).suffix == ".so" or os.name == "nt"


@pytest.mark.slow
@pytest.mark.skipif(not shipped_bundle().is_dir(), reason="there is no shipped bundle; build it with `make model`")
def test_python_alone_replies_the_same() -> None:
    compiled, plain = replies([]), replies(NAMES)
    assert len(compiled) > 1000
    assert [pair for pair in zip(compiled, plain, strict=True) if pair[0] != pair[1]] == []
