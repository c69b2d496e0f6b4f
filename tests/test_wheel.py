"""What is shipped: the wheel holds all it needs and nothing else, and works alone in an empty environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "ci" / "constraints.txt"
NEEDED = (
    "shipped/models/default/manifest.json",
    "shipped/models/default/weights.npz",
    "shipped/models/default/vocabulary.txt",
    "shipped/models/default/lexicon.json",
    "shipped/models/default/rules.json",
    "shipped/models/default/faq.json",
    "shipped/faq/invoice.yaml",
    "shipped/faq/settings.yaml",
    "resources/taxonomy.yaml",
    "resources/policy.yaml",
    "resources/desks.yaml",
    "resources/dictionary.txt",
    "resources/chinese_meanings.txt",
    "resources/english_concepts.txt",
    "resources/noto_sans_sc.woff",
    "resources/english_meanings.txt",
    "resources/words.yaml",
    "resources/rules/severity.yaml",
    "resources/lexicon/danger.yaml",
    "py.typed",
)


def run(*command: str | Path, folder: Path) -> str:
    """Runs a command away from the checkout and without its paths; a failure shows what it printed."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    surroundings |= {"PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    done = subprocess.run([*map(str, command)], cwd=folder, env=surroundings, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def build_wheel(source: Path, folder: Path) -> Path:
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    run(sys.executable, "-m", "pip", "wheel", *options, source, folder=folder)
    (wheel,) = folder.glob("cs_nlp-*.whl")
    return wheel


def members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.mark.parametrize("name", NEEDED)
def test_wheel_holds(wheel: Path, name: str) -> None:
    assert f"cs_nlp/{name}" in members(wheel)


def test_wheel_holds_every_packaged_file_and_knowledge_base(wheel: Path) -> None:
    package = [file for file in (ROOT / "src" / "cs_nlp").rglob("*") if file.suffix != ".c"]  # compiled instead
    expected = {f"cs_nlp/{file.relative_to(ROOT / 'src' / 'cs_nlp').as_posix()}" for file in package if file.is_file()}
    expected |= {f"cs_nlp/shipped/faq/{file.name}" for file in (ROOT / "faq").glob("*.yaml")}
    assert {name for name in expected - members(wheel) if "__pycache__" not in name} == set()


def test_wheel_holds_neither_data_nor_tests(wheel: Path) -> None:
    strangers = ("data", "tests", "benchmarks", "notebooks", "corpus", "eval")
    assert [name for name in members(wheel) if set(Path(name).parts[:-1]) & set(strangers)] == []
    assert {name.split("/")[0] for name in members(wheel)} == {"cs_nlp"}


def test_wheel_of_the_source_archive_is_the_same(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", tmp_path, folder=ROOT)
    (archive,) = tmp_path.glob("cs_nlp-*.tar.gz")
    assert members(build_wheel(archive, tmp_path)) == members(wheel)


def test_installed_wheel_replies_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    run(sys.executable, "-m", "venv", "--without-pip", empty, folder=tmp_path)
    python = empty / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = ("-m", "pip", "--python", python, "install", "--quiet", "--constraint", LOCK)
    run(sys.executable, *install, wheel, folder=tmp_path)
    reply = json.loads(run(python, "-m", "cs_nlp", "reply", "电子发票在哪下载", "--json", folder=tmp_path))
    assert (reply["action"], reply["intents"][0]["id"]) == ("answer", "invoice")
    place = run(python, "-c", "import cs_nlp; print(cs_nlp.__file__)", folder=tmp_path)
    assert Path(place.strip()).is_relative_to(empty)
