"""Reads the YAML files of the package once for all starts: `python -m cs_nlp.train.compiled` (`make compiled`)."""

from __future__ import annotations

import sys
from pathlib import Path

from cs_nlp.compiled import FILE, to_json
from cs_nlp.files import write_atomic
from cs_nlp.resources import packaged, yaml_files
from cs_nlp.yaml_reader import parse


def compile_packaged() -> str:
    """What `compiled.json` shall hold for the files as they are now.

    Raises:
        ValueError: If a file is not YAML.
    """
    read = {file.name: file.read_bytes() for file in yaml_files(packaged())}
    return to_json({name: (content, parse(content.decode("utf-8"))) for name, content in read.items()})


def main() -> int:
    """Writes the file."""
    write_atomic(Path(str(packaged(FILE))), compile_packaged().encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
