"""YAML to plain values that know their line.

No code is ever run (a subclass of PyYAML's safe loader), duplicate keys are rejected, and scalars are read as people mean
them: `no` is text, `1:30` is text, only `true`/`false`, decimal numbers and `null` are more than text.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any, ClassVar

import yaml

from cs_nlp.compiled import LINE, Decimal


class YamlError(ValueError):
    """A text that is not YAML.

    Args:
        problem: What is wrong.
        line: Where.
    """

    def __init__(self, problem: str, line: int) -> None:
        self.line = line
        super().__init__(problem)


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        mapping[LINE] = node.start_mark.line + 1
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

_YamlReader.add_constructor("tag:yaml.org,2002:float", lambda _, node: Decimal(node.value))


def parse(text: str) -> Any:
    """The values of a YAML text; each mapping holds its line under `LINE`.

    >>> parse("open: no")["open"]
    'no'

    Raises:
        YamlError: If it is not YAML, or cannot be used.
    """
    try:
        return yaml.load(text, Loader=_YamlReader)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise YamlError(getattr(error, "problem", None) or str(error), mark.line + 1 if mark else 1) from error
