"""The house keeps its order: imports go down the levels of the design, and serving stays light and quiet."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cs_nlp
from cs_nlp.bundle import shipped_bundle

PACKAGE = Path(cs_nlp.__file__).parent
LEVELS = {
    "errors": 0,
    "types": 0,
    "compiled": 0,
    "yaml_reader": 0,
    "resources": 0,
    "files": 0,
    "text": 1,
    "understand": 2,
    "faq": 2,
    "decide": 3,
    "bundle": 3,
    "explain": 4,
    "assistant": 4,
    "train": 5,
    "evaluate": 5,
    "cli": 6,
}
DOORS = {"__init__", "__main__"}
NEIGHBOURS = {
    ("resources", "errors"),
    ("resources", "compiled"),
    ("resources", "yaml_reader"),
    ("yaml_reader", "compiled"),
    ("bundle", "decide"),
    ("assistant", "explain"),
    ("evaluate", "train"),
}
"""Rooms of one level that use each other, one way only."""
HEAVY = {"sklearn", "scipy", "joblib"}
MODULES = sorted(PACKAGE.rglob("*.py"))
INSIDE = [module for module in MODULES if module.relative_to(PACKAGE).parts[0].removesuffix(".py") not in DOORS]


def room(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(module: Path) -> set[str]:
    """Every module that is imported anywhere in a file, also inside functions and for type checks."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: relative import"
            found |= (
                {f"{node.module}.{name.name}" for name in node.names} if node.module == "cs_nlp" else {str(node.module)}
            )
    return found


def test_every_room_has_a_level() -> None:
    assert {room(module) for module in INSIDE} == set(LEVELS)


@pytest.mark.parametrize("module", INSIDE, ids=lambda module: module.relative_to(PACKAGE).as_posix())
def test_imports_go_down(module: Path) -> None:
    own = room(module)
    for name in imports(module):
        if not name.startswith("cs_nlp"):
            continue
        assert name.count(".") >= 1, "nobody inside imports from the package root"
        other = name.split(".")[1]
        assert other in LEVELS, f"{name} is the package root's"
        allowed = other == own or LEVELS[other] < LEVELS[own] or (own, other) in NEIGHBOURS
        assert allowed, f"{own} (L{LEVELS[own]}) imports {other} (L{LEVELS[other]})"


@pytest.mark.parametrize("module", INSIDE, ids=lambda module: module.relative_to(PACKAGE).as_posix())
def test_only_training_knows_scikit_learn(module: Path) -> None:
    used = {name.split(".")[0] for name in imports(module)}
    assert "pandas" not in used
    if room(module) != "train":
        assert not used & HEAVY


_SERVE = """
import sys, threading

events, started = [], []

def watch(event, arguments):
    if event.startswith("socket.") or event in {"os.mkdir", "os.rename", "os.remove", "os.truncate", "subprocess.Popen"}:
        events.append((event, str(arguments)))
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        mode, flags = arguments[1], arguments[2]
        if (mode and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & 3):
            events.append((event, str(arguments)))

sys.addaudithook(watch)
start = threading.Thread.start
threading.Thread.start = lambda self: (started.append(self.name), start(self))[1]

import cs_nlp

bot = cs_nlp.Assistant.load()
session = cs_nlp.Session()
for text in ("电子发票在哪里下载", "就是那个呢", "充电宝冒烟烫到手了", "繁體字退貨", "😡" * 3):
    bot.reply(text)
    bot.explain(text)
bot.reply("你好", session)

heavy = {"sklearn", "scipy", "joblib", "pandas", "matplotlib", "jieba", "asyncio", "multiprocessing", "logging"}
for name in sorted(heavy & set(sys.modules)):
    print("imported", name)
for event in events:
    print("did", *event)
for name in started:
    print("started", name)
print("done", threading.active_count())
"""


@pytest.mark.skipif(not shipped_bundle().is_dir(), reason="there is no shipped bundle; build it with `make model`")
def test_serving_imports_little_and_touches_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _SERVE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stdout.splitlines(), done.stderr) == (["done 1"], "")
    assert list(tmp_path.iterdir()) == []
