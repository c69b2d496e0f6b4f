"""Labelled messages: reading them, finding what is wrong with them, and splitting them so that a test is a test."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_nlp.errors import DatasetError
from cs_nlp.types import Emotion, Severity

_SEVERITIES = tuple(Severity.__members__)
_EMOTIONS = tuple(emotion.value for emotion in Emotion)
MAX_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message.

    Attributes:
        text: What the customer wrote.
        intent: Its label.
        second: A second label that is right, too, or None.
        severity: S, A, B, N, or None when it was not labelled.
        emotion: calm, anxious, angry, or None.
        source: File it came from.
        group: Messages of one group (a conversation) stay on one side of a split.
        weight: How much it counts.
    """

    text: str
    intent: str
    second: str | None = None
    severity: str | None = None
    emotion: str | None = None
    source: str = ""
    group: str = ""
    weight: float = 1.0


def read_examples(
    files: Iterable[Path], *, text_field: str = "text", label_field: str = "intent", labels: Sequence[str] | None = None
) -> list[Example]:
    """Reads labelled messages from JSONL or CSV files.

    Rows of a conversation whose `role` is not `customer` are passed over.

    Args:
        files: The files; `.csv` is read as CSV with a header, anything else as JSON lines.
        text_field: Name of the text column.
        label_field: Name of the label column.
        labels: Labels that are allowed; any when None.

    Raises:
        DatasetError: With every faulty row (at most 50 are listed).
    """
    examples: list[Example] = []
    faults: list[str] = []
    for file in files:
        for line, row in _rows(file, faults):
            if row.get("role", "customer") != "customer":
                continue
            example = _example(row, file.name, text_field, label_field)
            reason = _fault(example, row, text_field, label_field, labels)
            if reason:
                faults.append(f"{file}:{line}: {reason}")
            elif example is not None:
                examples.append(example)
    if faults:
        more = [f"… and {len(faults) - MAX_FAULTS} more"] if len(faults) > MAX_FAULTS else []
        raise DatasetError(faults[:MAX_FAULTS] + more)
    return examples


def _rows(file: Path, faults: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        faults.append(f"{file}:1: cannot be read ({error.strerror or error})")
        return
    except UnicodeDecodeError as error:
        faults.append(f"{file}:1: is not UTF-8 (byte {error.start}); save it as UTF-8")
        return
    if file.suffix.lower() == ".csv":
        reader = csv.DictReader(io.StringIO(text))
        for row in reader:
            yield reader.line_num, {key: value for key, value in row.items() if key is not None and value != ""}
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            faults.append(f"{file}:{number}: is not JSON ({error})")
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            faults.append(f"{file}:{number}: an object is needed, found {type(row).__name__}")


def _example(row: dict[str, Any], source: str, text_field: str, label_field: str) -> Example | None:
    text, label = row.get(text_field), row.get(label_field)
    if not isinstance(text, str) or not isinstance(label, str):
        return None
    group = f"{source}:{row['d']}" if "d" in row else ""
    second, severity, emotion = (row.get(name) or None for name in ("second", "severity", "emotion"))
    return Example(text, label, second, severity, emotion, source=source, group=group)


def _fault(
    example: Example | None, row: dict[str, Any], text_field: str, label_field: str, labels: Sequence[str] | None
) -> str:
    if example is None:
        found = f"found {row.get(text_field)!r} and {row.get(label_field)!r}"
        return f"a text in {text_field!r} and a label in {label_field!r} are needed, {found}; columns: {list(row)}"
    if not example.text.strip():
        return f"{text_field} is empty"
    if labels is not None:
        for label in filter(None, (example.intent, example.second)):
            if label not in labels:
                return f"label {label!r} is not known; allowed are {', '.join(labels)}"
    if example.severity is not None and example.severity not in _SEVERITIES:
        return f"severity {example.severity!r} is not known; allowed are {', '.join(_SEVERITIES)}"
    if example.emotion is not None and example.emotion not in _EMOTIONS:
        return f"emotion {example.emotion!r} is not known; allowed are {', '.join(_EMOTIONS)}"
    return ""


def fold_of(example: Example, folds: int) -> int:
    """The fold of an example: a conversation, or texts with the same letters, always share one.

    >>> a, b = Example("怎么退货？", "return_apply"), Example("怎么退货", "return_apply")
    >>> fold_of(a, 5) == fold_of(b, 5)
    True
    """
    key = example.group or "".join(character for character in example.text.lower() if character.isalnum())
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:4], "big") % folds


def data_hash(examples: Sequence[Example]) -> str:
    """A fingerprint of the labelled messages, in their order."""
    digest = hashlib.sha256()
    for example in examples:
        row = [example.text, example.intent, example.second, example.severity, example.emotion, example.weight]
        digest.update(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))
    return digest.hexdigest()
