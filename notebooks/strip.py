"""Takes the outputs out of the notebooks, so that git keeps what was written and not what was run."""

from __future__ import annotations

import json
from pathlib import Path


def strip(notebook: Path) -> bool:
    """Empties the outputs of a notebook.

    Returns:
        Whether anything was changed.
    """
    before = notebook.read_text(encoding="utf-8")
    book = json.loads(before)
    for cell in book["cells"]:
        cell["metadata"] = {}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    book["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    after = json.dumps(book, ensure_ascii=False, indent=1) + "\n"
    if after != before:
        notebook.write_text(after, encoding="utf-8")
    return after != before


if __name__ == "__main__":
    for file in sorted(Path(__file__).parent.glob("*.ipynb")):
        strip(file)
