"""The only reader of configuration files: YAML to plain values that know their line, and every fault at once.

`read_yaml` never runs code (a subclass of PyYAML's safe loader), keeps the line of each mapping, rejects duplicate
keys, and reads scalars as people mean them: `no` is text, `1:30` is text, only `true`/`false`, decimal numbers and
`null` are more than text.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, ClassVar

import yaml

from cs_nlp.errors import DataFileError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE = "\0line"  # a key no YAML file can spell: NUL is not allowed there


class _YamlReader(_Loader):  # type: ignore[misc]
    """PyYAML's safe loader with lines, without duplicate keys and without surprising scalars."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = self._value(key_node)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, "a list cannot be a key", key_node.start_mark)
            if key in mapping:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice; keep one", key_node.start_mark
                )
            mapping[key] = self._value(value_node)
        mapping[_LINE] = node.start_mark.line + 1
        return mapping

    def _value(self, node: yaml.Node) -> Any:
        """A value; one that its tag does not fit is a fault of its line."""
        try:
            return self.construct_object(node, deep=True)
        except (TypeError, AttributeError, ValueError) as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


_YamlReader.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node, deep=True))
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+\.[0-9]+(?:e[-+]?[0-9]+)?$", "-+0123456789"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
):
    _YamlReader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


class _Decimal(float):
    """A decimal number that knows how it was written: a price of 59.00 is not 59.0."""

    source: str


def _decimal(loader: Any, node: yaml.ScalarNode) -> _Decimal:
    number = _Decimal(node.value)
    number.source = node.value
    return number


_YamlReader.add_constructor("tag:yaml.org,2002:float", _decimal)


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
        self.line = int(values.get(_LINE, 1))

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        """The keys as they stand in the file."""
        return (str(key) for key in self._values if key != _LINE)

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
            if name == _LINE:
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
            value = {_LINE: self.line}
        return Node(value, self.file, where, self.faults)


def _spread(items: list[Any]) -> list[Any]:
    """The items of a list; those of a list within it, such as a YAML alias, stand in its place."""
    return [inner for item in items for inner in (item if isinstance(item, list) else [item])]


def _as_text(value: Any) -> Any:
    """Numbers as they were written; anything else as it is."""
    if isinstance(value, _Decimal):
        return value.source
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def packaged(*parts: str) -> Traversable:
    """A file or folder of the package's resources, e.g. `packaged("rules", "talk.yaml")`."""
    found: Traversable = files("cs_nlp") / "resources"
    for part in parts:
        found = found / part
    return found


def yaml_files(folder: Traversable | Path) -> list[Traversable | Path]:
    """The YAML files of a folder, sorted by name; a single file is a list of itself."""
    if folder.is_file():
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
        text = file.read_text(encoding="utf-8")
        values = yaml.load(text, Loader=_YamlReader)
    except OSError as error:
        faults.add(name, 1, "file", f"cannot be read ({error.strerror or error})")
        return Node({}, name, "", faults)
    except UnicodeDecodeError as error:
        faults.add(name, 1, "file", f"is not UTF-8 (byte {error.start}); save it as UTF-8")
        return Node({}, name, "", faults)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        faults.add(name, mark.line + 1 if mark else 1, "file", f"is not YAML that can be used: {problem}")
        return Node({}, name, "", faults)
    if not isinstance(values, dict):
        faults.add(name, 1, "file", "a mapping is needed at the top")
        return Node({}, name, "", faults)
    top = Node(values, name, "", faults)
    if values.get("version") != 1:
        top.fail("version", f"1 is needed, found {values.get('version')!r}")
    return top
