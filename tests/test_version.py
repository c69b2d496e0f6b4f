"""One version everywhere: pyproject.toml, CHANGELOG.md, the installed package, the command."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from cs_nlp.cli import main

ROOT = Path(__file__).parent.parent


def project_version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def installed_version() -> str:
    try:
        return version("cs-nlp")
    except PackageNotFoundError:
        pytest.skip("cs-nlp is not installed here, only on the path")


def test_newest_heading_of_the_changelog_is_the_version() -> None:
    headings = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == project_version()


def test_changelog_matches_the_installed_package() -> None:
    assert installed_version() == project_version()


def test_command_tells_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"cs-nlp {installed_version()}"
