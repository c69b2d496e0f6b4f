"""A whole knowledge base as one JSON text, which loads a hundred times as fast as its YAML files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from cs_nlp.errors import DataFileError
from cs_nlp.faq.entries import FaqAnswer, FaqEntry, Forms
from cs_nlp.faq.forms import forms_digest, forms_of

_FORMAT = 1
_DEFAULTS = {item.name: item.default for item in fields(FaqEntry) if item.compare}
_DAYS = ("valid_from", "valid_until", "reviewed")


def to_json(entries: Iterable[FaqEntry], settings: Mapping[str, str]) -> str:
    """Writes entries and settings as one JSON text; equal input gives equal text.

    Args:
        entries: The entries, kept in order.
        settings: Text by slot name.

    Returns:
        The JSON text, for `from_json`.

    Examples:
        >>> text = to_json([FaqEntry("fee", ("运费多少",), "满 {free} 元包邮")], {"free": "59"})
        >>> from_json(text)[0][0].questions, from_json(text)[1]
        (('运费多少',), {'free': '59'})
    """
    rows = [row_of(entry) | {"forms": _packed(forms_of(entry))} for entry in entries]
    body = {"format": _FORMAT, "forms": forms_digest(), "settings": dict(settings), "entries": rows}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> tuple[tuple[FaqEntry, ...], dict[str, str]]:
    """Reads what `to_json` wrote.

    Args:
        text: The JSON text.

    Returns:
        The entries and the settings.

    Raises:
        DataFileError: If it is not such a text.
    """
    try:
        body = json.loads(text)
        if body["format"] != _FORMAT:
            raise ValueError(f"format {body['format']!r} is not {_FORMAT}")
        sound = body.get("forms") == forms_digest()
        return tuple(entry_of(row, sound) for row in body["entries"]), dict(body["settings"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"is not a compiled knowledge base ({error}); build it again"
        raise DataFileError([f"faq.json:1: file: {reason}"]) from error


def row_of(entry: FaqEntry) -> dict[str, Any]:
    """An entry as a row of JSON, without its forms."""
    row: dict[str, Any] = {}
    for name, default in _DEFAULTS.items():
        value = getattr(entry, name)
        if value != default:
            row[name] = value.isoformat() if isinstance(value, date) else value
    if entry.answers:
        row["answers"] = [[answer.text, answer.channel, answer.tier] for answer in entry.answers]
    return row


def _packed(forms: Forms) -> list[Any]:
    """Kept questions (their places, or None for all), folded forms, normal forms by place where they differ."""
    kept = None if forms.asked == forms.source else [forms.source.index(question) for question in forms.asked]
    pairs = enumerate(zip(forms.asked, forms.normal, strict=True))
    return [kept, forms.folded, {place: normal for place, (question, normal) in pairs if normal != question}]


def _unpacked(packed: list[Any], questions: tuple[str, ...]) -> Forms:
    kept, folded, other = packed
    asked = questions if kept is None else tuple(questions[place] for place in kept)
    normal = tuple(other.get(str(place), question) for place, question in enumerate(asked)) if other else asked
    if len(folded) != len(asked):
        raise ValueError(f"{len(folded)} forms for {len(asked)} questions")
    return Forms(questions, asked, tuple(folded), normal)


def entry_of(row: dict[str, Any], sound: bool = False) -> FaqEntry:
    """The entry of a row of JSON; `sound` tells whether its forms may be used."""
    packed = row.pop("forms", None)
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    for name in _DAYS:
        if name in values:
            values[name] = date.fromisoformat(values[name])
    if "answers" in values:
        values["answers"] = tuple(FaqAnswer(text, tuple(c), tuple(t)) for text, c, t in values["answers"])
    if sound and packed is not None:
        values["forms"] = _unpacked(packed, values["questions"])
    return FaqEntry(**values)
