"""The only reader of configuration files: YAML to validated values, every fault at once with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cs_nlp.compiled import LINE, Decimal, compiled
from cs_nlp.errors import DataFileError


class Faults:
    """Collects the faults of one or more files, to report them all at once.

    >>> faults = Faults()
    >>> faults.add("rules.yaml", 3, "rules[0].score", "2 is not between 0 and 1")
    >>> faults.lines
    ['rules.yaml:3: rules[0].score: 2 is not between 0 and 1']
    """

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, file: str, line: int, path: str, reason: str) -> None:
        """Notes one fault."""
        self.lines.append(f"{file}:{line}: {path}: {reason}")

    def check(self) -> None:
        """Raises what was collected.

        Raises:
            DataFileError: If there is at least one fault.
        """
        if self.lines:
            raise DataFileError(self.lines)


class Node:
    """A mapping of a YAML file with its place, read field by field; faults go to `faults`, never to a traceback.

    Args:
        values: The mapping as read.
        file: Name of the file, for messages.
        path: Path of the mapping inside the file, e.g. `rules[3]`.
        faults: Where faults are collected.
    """

    def __init__(self, values: Mapping[Any, Any], file: str, path: str, faults: Faults) -> None:
        self._values = values
        self.file = file
        self.path = path
        self.faults = faults
        self.line = int(values.get(LINE, 1))

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        """The keys as they stand in the file."""
        return (str(key) for key in self._values if key != LINE)

    def fail(self, key: str, reason: str) -> None:
        """Notes a fault of the field `key` (or of the whole mapping, for an empty key)."""
        where = ".".join(part for part in (self.path, key) if part)
        self.faults.add(self.file, self.line, where, reason)

    def only(self, *allowed: str) -> None:
        """Notes every key that is not one of `allowed`."""
        for key in self:
            if key not in allowed:
                self.fail(key, f"is not known; allowed are {', '.join(allowed)}")

    def text(self, key: str, default: str | None = None, *, among: tuple[str, ...] | None = None) -> str:
        """A text field; missing without a default, of another type or not `among` is a fault."""
        value = self._values.get(key, default)
        value = _as_text(value)
        if not isinstance(value, str) or (value == "" and default is None):
            self.fail(key, f"a text is needed, found {value!r}")
            return default or ""
        if among is not None and value not in among:
            self.fail(key, f"{value!r} is not known; allowed are {', '.join(among)}")
        return value

    def number(self, key: str, default: float | None = None, *, low: float = 0.0, high: float = 1.0) -> float:
        """A number from `low` to `high`."""
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.fail(key, f"a number is needed, found {value!r}")
            return low
        if not low <= value <= high:
            self.fail(key, f"{value} is not between {low:g} and {high:g}")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """`true` or `false`."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            self.fail(key, f"true or false is needed, found {value!r}")
            return default
        return value

    def texts(self, key: str, *, among: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts; a missing field is an empty list, a single text a list of one, a list within is spread."""
        value = self._values.get(key)
        items = [] if value is None else _spread(value) if isinstance(value, list) else [value]
        found: list[str] = []
        for position, item in enumerate(items):
            item = _as_text(item)
            if not isinstance(item, str) or not item:
                self.fail(f"{key}[{position}]", f"a text is needed, found {item!r}")
            elif among is not None and item not in among:
                self.fail(f"{key}[{position}]", f"{item!r} is not known; allowed are {', '.join(among)}")
            else:
                found.append(item)
        return tuple(found)

    def lists(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of texts."""
        value = self._values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, list) for item in value):
            self.fail(key, "a list of lists is needed")
            return ()
        found = [[_as_text(text) for text in item] for item in value]
        for position, group in enumerate(found):
            for text in group:
                if not isinstance(text, str) or not text:
                    self.fail(f"{key}[{position}]", f"a text is needed, found {text!r}")
        return tuple(tuple(text for text in group if isinstance(text, str) and text) for group in found)

    def nodes(self, key: str) -> Iterator[Node]:
        """The mappings of a list."""
        value = self._values.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.fail(key, f"a list is needed, found {type(value).__name__}")
            return
        for position, item in enumerate(value):
            if isinstance(item, dict):
                where = f"{self.path}.{key}[{position}]" if self.path else f"{key}[{position}]"
                yield Node(item, self.file, where, self.faults)
            else:
                self.fail(f"{key}[{position}]", f"a mapping is needed, found {item!r}")

    def children(self, key: str) -> Iterator[tuple[str, Node]]:
        """Name and mapping of each entry of a mapping of mappings."""
        value = self._values.get(key)
        if not isinstance(value, dict):
            self.fail(key, f"a mapping is needed, found {value!r}")
            return
        for name, item in value.items():
            if name == LINE:
                continue
            if isinstance(item, dict):
                where = f"{self.path}.{key}.{name}" if self.path else f"{key}.{name}"
                yield str(name), Node(item, self.file, where, self.faults)
            else:
                self.fail(f"{key}.{name}", f"a mapping is needed, found {item!r}")

    def child(self, key: str) -> Node:
        """The mapping of one field; an empty one, with a fault, when it is missing."""
        value = self._values.get(key)
        where = f"{self.path}.{key}" if self.path else key
        if not isinstance(value, dict):
            self.fail(key, f"a mapping is needed, found {value!r}")
            value = {LINE: self.line}
        return Node(value, self.file, where, self.faults)


def _spread(items: list[Any]) -> list[Any]:
    """The items of a list; those of a list within it, such as a YAML alias, stand in its place."""
    return [inner for item in items for inner in (item if isinstance(item, list) else [item])]


def _as_text(value: Any) -> Any:
    """Numbers as they were written; anything else as it is."""
    if isinstance(value, Decimal):
        return value.source
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def packaged(*parts: str) -> Traversable:
    """A file or folder of the package's resources, e.g. `packaged("rules", "talk.yaml")`."""
    found: Traversable = files("cs_nlp") / "resources"
    for part in parts:
        found = found / part
    return found


def yaml_files(folder: Traversable | Path) -> list[Traversable | Path]:
    """The YAML files of a folder, sorted by name; a file, or what does not exist, is a list of itself."""
    if not folder.is_dir():
        return [folder]
    found = [item for item in folder.iterdir() if item.name.endswith((".yaml", ".yml"))]
    return sorted(found, key=lambda item: item.name)


def read_yaml(file: Traversable | Path, faults: Faults) -> Node:
    """Reads one YAML file, whose top must be a mapping with `version: 1`.

    Args:
        file: The file.
        faults: Where faults are collected; a file that cannot be read at all gives an empty node and a fault.

    Returns:
        The top mapping.
    """
    name = file.name
    try:
        content = file.read_bytes()
    except OSError as error:
        faults.add(name, 1, "file", f"cannot be read ({error.strerror or error})")
        return Node({}, name, "", faults)
    values, fault = compiled(name, content), None
    if values is None:
        values, fault = _parsed(content)
    if fault is not None:
        faults.add(name, fault[0], "file", fault[1])
        return Node({}, name, "", faults)
    if not isinstance(values, dict):
        faults.add(name, 1, "file", "a mapping is needed at the top")
        return Node({}, name, "", faults)
    top = Node(values, name, "", faults)
    if values.get("version") != 1 or values["version"] is True:
        top.fail("version", f"1 is needed, found {values.get('version')!r}")
    return top


def _parsed(content: bytes) -> tuple[Any, tuple[int, str] | None]:
    """The values of a file, or the line and the reason of its fault."""
    from cs_nlp.yaml_reader import YamlError, parse  # PyYAML takes its time to load, and only changed files need it

    try:
        return parse(content.decode("utf-8")), None
    except UnicodeDecodeError as error:
        return None, (1, f"is not UTF-8 (byte {error.start}); save it as UTF-8")
    except YamlError as error:
        return None, (error.line, f"is not YAML that can be used: {error}")
