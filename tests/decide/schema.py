"""A small validator for the part of JSON Schema that the published schema uses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

_TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "null": type(None)}
_KNOWN = {
    *("$schema", "title", "description", "type", "properties", "required", "additionalProperties", "items", "enum"),
    *("const", "minimum", "maximum", "minLength", "minItems", "maxItems", "format"),
}


def faults(value: Any, schema: dict[str, Any], path: str = "$") -> list[str]:
    """Everything that is wrong with a value; a keyword that is not known here is wrong, too."""
    found = [f"{path}: keyword {key}" for key in schema if key not in _KNOWN]
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if isinstance(value, bool) or not any(isinstance(value, _TYPES[kind]) for kind in kinds):  # type: ignore[arg-type]
            return [*found, f"{path}: {value!r} is no {kinds}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{path}: {value!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: {value!r} is none of {schema['enum']}")
    if isinstance(value, str):
        found += _text(value, schema, path)
    elif isinstance(value, dict):
        found += _object(value, schema, path)
    elif isinstance(value, list):
        found += [f"{path}: size"] * (not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1e9))
        found += [
            fault for n, item in enumerate(value) for fault in faults(item, schema.get("items", {}), f"{path}[{n}]")
        ]
    elif isinstance(value, (int, float)):
        found += [f"{path}: range"] * (not schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return found


def _text(value: str, schema: dict[str, Any], path: str) -> list[str]:
    found = [f"{path}: empty"] * (len(value) < schema.get("minLength", 0))
    if schema.get("format") == "date-time":
        try:
            found += [f"{path}: no zone"] * (datetime.fromisoformat(value).tzinfo is None)
        except ValueError:
            found.append(f"{path}: {value!r} is no time")
    return found


def _object(value: dict[str, Any], schema: dict[str, Any], path: str) -> list[str]:
    properties, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    found = [f"{path}: {name} is missing" for name in schema.get("required", ()) if name not in value]
    for name, item in value.items():
        if name in properties:
            found += faults(item, properties[name], f"{path}.{name}")
        elif more is False:
            found.append(f"{path}: {name} is not known")
        elif isinstance(more, dict):
            found += faults(item, more, f"{path}.{name}")
    return found
