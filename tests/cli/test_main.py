from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cs_nlp
from cs_nlp.cli import COMMANDS, main
from tests.cli.helpers import Shell

SOURCE = Path(cs_nlp.__file__).parent.parent


def run(arguments: list[str], **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cs_nlp", *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        check=False,
    )


def test_no_command_shows_the_help(shell: Shell) -> None:
    assert shell() == 2
    assert shell.out == "" and all(command in shell.err for command in COMMANDS)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([command, "--help"] for command in COMMANDS)])
def test_help_and_version_are_no_errors(shell: Shell, arguments: list[str]) -> None:
    assert shell(*arguments) == 0
    assert shell.out.strip() and not shell.err


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["reply"], ["predict"], ["reply", "x", "--frob"], ["faq"], ["faq", "x"]]
)
def test_wrong_usage_is_2(shell: Shell, arguments: list[str]) -> None:
    assert shell(*arguments) == 2
    assert shell.out == "" and "Traceback" not in shell.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(shell: Shell, command: str) -> None:
    shell(command, "--help")
    assert "cs-nlp" in shell.out


def test_a_command_starts_without_heavy_imports() -> None:
    code = (
        "import sys; from cs_nlp.cli import main; main(['--version']);"
        "print(sorted({'sklearn', 'scipy', 'joblib', 'matplotlib', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, check=True
    )
    assert done.stdout.splitlines()[-1] == b"[]"


def test_an_interrupt_ends_quietly(monkeypatch: pytest.MonkeyPatch, shell: Shell, tiny_folder: Path) -> None:
    def interrupted(prompt: str = "") -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    assert shell("chat", "--model", tiny_folder) == 130
    assert "Traceback" not in shell.err


def test_arguments_of_the_process_are_the_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["cs-nlp", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("cs-nlp ")


def test_a_reader_that_stops_early_is_no_error(tiny_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "怎么开发票"}\n' * 3000, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "cs_nlp",
        "predict",
        "--model",
        str(tiny_folder),
        "--input",
        str(source),
        "--output",
        "-",
    ]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read()
        process.wait()
    assert (process.returncode, complaint) == (0, b"")


@pytest.mark.parametrize(
    "arguments", [["reply", "怎么开发票"], ["reply", "怎么开发票", "--json"], ["explain", "怎么开发票"]]
)
def test_a_terminal_without_chinese_is_no_crash(tiny_folder: Path, arguments: list[str]) -> None:
    done = run([*arguments, "--model", str(tiny_folder)], PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("command", ["reply", "explain"])
def test_half_a_character_on_the_command_line_is_no_crash(tiny_folder: Path, command: str) -> None:
    done = run([command, "怎么开发票\udce4", "--model", str(tiny_folder)], PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stderr) == (0, b"")


def test_standard_input_is_read_as_utf_8(monkeypatch: pytest.MonkeyPatch, shell: Shell, tiny_folder: Path) -> None:
    raw = io.BytesIO('{"id": 7, "text": "怎么开发票"}\n'.encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw, encoding="ascii"))
    assert shell("predict", "--model", tiny_folder, "--input", "-", "--output", "-") == 0
    assert shell.rows()[0]["faq"] == "invoice"
