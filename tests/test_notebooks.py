"""The notebooks run from top to bottom, show their plots with both captions, and are kept without outputs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

import cs_nlp
from cs_nlp.bundle import shipped_bundle

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
HAN = re.compile("[\u4e00-\u9fff]")

_EXECUTE = """
import sys
import nbformat
from nbclient import NotebookClient

source, folder, target = sys.argv[1:]
book = nbformat.read(source, as_version=4)
NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
nbformat.write(book, target)
"""


def executed(notebook: Path, folder: Path) -> dict[str, Any]:
    places = {name: str(folder / name.lower()) for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")}
    target = folder / notebook.name
    done = subprocess.run(
        [sys.executable, "-c", _EXECUTE, str(notebook), str(notebook.parent), str(target)],
        env={**os.environ, **places, "PYTHONUTF8": "1", "PYTHONPATH": str(Path(cs_nlp.__file__).parent.parent)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return found


def test_there_are_six_notebooks() -> None:
    assert [notebook.name[:2] for notebook in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_a_notebook_is_kept_without_outputs(notebook: Path) -> None:
    cells = [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells), "run notebooks/strip.py"


@pytest.mark.slow
@pytest.mark.skipif(not shipped_bundle().is_dir(), reason="there is no shipped bundle; build it with `make model`")
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_a_notebook_runs_and_shows_its_plots(notebook: Path, tmp_path: Path) -> None:
    outputs = [output for cell in executed(notebook, tmp_path)["cells"] for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] in ("stream", "error")]
    plots = ["".join(output["data"]["image/svg+xml"]) for output in outputs if "image/svg+xml" in output["data"]]
    assert len(plots) >= 2
    for plot in plots:
        whole = ElementTree.fromstring(plot)
        zh, en = ("".join(item.itertext()) for item in list(whole)[-2:])
        assert HAN.search(zh) and "Figure" in en
