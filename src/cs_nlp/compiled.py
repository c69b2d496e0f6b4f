"""The YAML files of the package as they were read before: every start would have to parse them anew.

`resources/compiled.json` holds for each file its sha256 and its values. A file that was changed since is parsed; `make
compiled` writes them all anew.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

FILE = "compiled.json"
LINE = "\0line"
"""The key of a mapping's line, one that no YAML file can spell: NUL is not allowed there."""
_QUOTED = re.compile(r'"\\u0001([^"]*)"')


class Decimal(float):
    """A decimal number that knows how it was written: a price of 59.00 is not 59.0.

    >>> Decimal("59.00").source
    '59.00'
    """

    source: str

    def __new__(cls, source: str) -> Decimal:
        """The number that a text spells."""
        number = super().__new__(cls, source)
        number.source = source
        return number


def compiled(name: str, content: bytes) -> Any:
    """The values of a YAML file; None when they are not at hand, or the file is not the one they were read from.

    Args:
        name: Its name.
        content: What stands in it now.
    """
    kept = _compiled().get(name)
    return kept["values"] if kept is not None and kept["sha256"] == _digest(content) else None


def to_json(read: dict[str, tuple[bytes, Any]]) -> str:
    """What `compiled.json` shall hold.

    Args:
        read: Content and values of each file.
    """
    lines = []
    for name, (content, values) in read.items():
        kept = {"sha256": _digest(content), "values": _spelled(values)}
        line = _QUOTED.sub(r"\1", json.dumps(kept, ensure_ascii=False, separators=(",", ":")))
        lines.append(f"{json.dumps(name)}:{line}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _spelled(value: Any) -> Any:
    """With decimal numbers as marked texts, which lose their quotes later: JSON would spell them in its own way."""
    if isinstance(value, Decimal):
        return f"\1{value.source}"
    if isinstance(value, dict):
        return {key: _spelled(item) for key, item in value.items()}
    return [_spelled(item) for item in value] if isinstance(value, list) else value


@lru_cache(maxsize=1)
def _compiled() -> dict[str, Any]:
    file = files("cs_nlp") / "resources" / FILE
    if not file.is_file():
        return {}
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    return kept
