"""Labelled messages: rows of any readable file as examples, with every faulty row reported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_nlp.errors import DatasetError
from cs_nlp.train.sources import Row, read_rows
from cs_nlp.types import Emotion, Severity

_SEVERITIES = tuple(Severity.__members__)
_EMOTIONS = tuple(emotion.value for emotion in Emotion)
_SPEAKERS = ("customer", "user", "buyer", "客户", "顾客", "买家", "用户")
MAX_FAULTS = 50

TEXT_NAMES = (
    "text",
    "message",
    "content",
    "query",
    "question",
    "utterance",
    "sentence",
    "文本",
    "消息",
    "内容",
    "问题",
)
LABEL_NAMES = ("intent", "label", "labels", "category", "class", "意图", "标签", "分类", "类别")
_OTHER_NAMES = {
    "second": ("second", "second_intent", "第二意图"),
    "severity": ("severity", "级别", "严重程度"),
    "emotion": ("emotion", "情绪"),
    "weight": ("weight", "权重"),
    "group": ("d", "conversation", "conversation_id", "session_id", "dialog_id", "dialogue_id", "会话", "会话id"),
    "previous": ("previous", "previous_turn", "context", "上文", "上一句"),
    "role": ("role", "speaker", "角色"),
    "channel": ("source", "channel", "来源", "渠道"),
}


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
        others: Further right labels of a multi-label row.
        previous: The turn before it, or None.
        row: Row of the file it came from, 0 when it came from none.
        channel: What the row says of where the customer wrote it, or None.
    """

    text: str
    intent: str
    second: str | None = None
    severity: str | None = None
    emotion: str | None = None
    source: str = ""
    group: str = ""
    weight: float = 1.0
    others: tuple[str, ...] = ()
    previous: str | None = None
    row: int = 0
    channel: str | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """All right labels, the primary one first."""
        return (self.intent, *((self.second,) if self.second else ()), *self.others)


def read_examples(
    files: Iterable[Path],
    *,
    text_field: str | None = None,
    label_field: str | None = None,
    labels: Sequence[str] | None = None,
    unlabelled: bool = False,
) -> list[Example]:
    """Reads labelled messages from CSV, JSON lines, JSON, Excel, Parquet, or exports of Label Studio and doccano.

    Rows of a conversation that the customer did not say (`role`) are passed over. A label cell may hold several
    labels: a list, or names with `|` between them; the first is the primary one.

    Args:
        files: The files.
        text_field: Name of the text column; found by the usual names when None.
        label_field: Name of the label column; found by the usual names when None.
        labels: Labels that are allowed; any when None.
        unlabelled: Whether rows without a label are welcome; they get an empty one.

    Raises:
        DatasetError: With every faulty row (at most 50 are listed).
        MissingExtraError: If a format needs a package that is not installed.
    """
    examples: list[Example] = []
    faults: list[str] = []
    for file in files:
        rows = read_rows(file, faults)
        if not rows:
            continue
        columns = list(dict.fromkeys(name for row in rows for name in row.values))
        text_name = _column(columns, text_field, TEXT_NAMES)
        label_name = _column(columns, label_field, LABEL_NAMES)
        missing = [] if text_name is not None else [_absent(file, columns, "text", text_field, TEXT_NAMES)]
        if label_name is None and not unlabelled:
            missing.append(_absent(file, columns, "label", label_field, LABEL_NAMES))
        if missing:
            faults += missing
            continue
        reader = _RowReader(file, columns, text_name or "", label_name or "", labels, unlabelled)
        examples += [example for row in rows if (example := reader.example(row, faults)) is not None]
    if faults:
        more = [f"… and {len(faults) - MAX_FAULTS} more"] if len(faults) > MAX_FAULTS else []
        raise DatasetError(faults[:MAX_FAULTS] + more)
    return examples


def _column(columns: Sequence[str], wanted: str | None, usual: Sequence[str]) -> str | None:
    """The column to read: the wanted one, or the first usual name that is there, in whatever case."""
    if wanted is not None:
        return wanted if wanted in columns else None
    by_name = {column.strip().lower(): column for column in reversed(columns)}
    return next((by_name[name] for name in usual if name in by_name), None)


def _absent(file: Path, columns: Sequence[str], what: str, wanted: str | None, usual: Sequence[str]) -> str:
    looked = repr(wanted) if wanted is not None else f"one of {', '.join(usual)}"
    return (
        f"{file}:1: no column of the {what}, looked for {looked}; found {', '.join(columns)}; name it (--{what}-field)"
    )


class _RowReader:
    """Turns the rows of one file into examples."""

    def __init__(
        self,
        file: Path,
        columns: Sequence[str],
        text: str,
        label: str,
        allowed: Sequence[str] | None,
        unlabelled: bool,
    ) -> None:
        self._file = file
        self._text, self._label = text, label
        self._allowed, self._unlabelled = allowed, unlabelled
        self._names = {field: _column(columns, None, usual) for field, usual in _OTHER_NAMES.items()}

    def example(self, row: Row, faults: list[str]) -> Example | None:
        """The example of a row; None when it is passed over or faulty."""
        if self._cell(row, "role", "customer") not in _SPEAKERS:
            return None
        problems: list[str] = []
        text = self._read_text(row, problems)
        labels = self._read_labels(row, problems)
        severity = self._among(row, "severity", _SEVERITIES, problems)
        emotion = self._among(row, "emotion", _EMOTIONS, problems)
        weight = self._read_weight(row, problems)
        faults.extend(f"{self._file}:{row.number}: {problem}" for problem in problems)
        if problems:
            return None
        group, previous = self._cell(row, "group"), self._cell(row, "previous")
        channel = self._cell(row, "channel")
        return Example(
            text=text,
            intent=labels[0] if labels else "",
            second=labels[1] if len(labels) > 1 else None,
            severity=severity,
            emotion=emotion,
            source=self._file.name,
            group=f"{self._file.name}:{group}" if group is not None else "",
            weight=weight,
            others=tuple(labels[2:]),
            previous=str(previous) if previous is not None else None,
            row=row.number,
            channel=str(channel) if channel is not None else None,
        )

    def _cell(self, row: Row, field: str, default: Any = None) -> Any:
        name = self._names[field]
        value = row.values.get(name) if name is not None else None
        return default if value is None else value

    def _read_text(self, row: Row, problems: list[str]) -> str:
        value = row.values.get(self._text)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            problems.append(f"a text in {self._text!r} is needed, found {value!r}; columns: {list(row.values)}")
            return ""
        if not value.strip():
            problems.append(f"{self._text} is empty")
        return value

    def _read_labels(self, row: Row, problems: list[str]) -> list[str]:
        found = _labels(row.values.get(self._label))
        second = _labels(self._cell(row, "second"))
        if found is None or second is None or (not found and not self._unlabelled):
            value = row.values.get(self._label)
            problems.append(f"a label in {self._label!r} is needed, found {value!r}; columns: {list(row.values)}")
            return []
        labels = list(dict.fromkeys(found + second))
        for label in labels:
            if label != label.encode("utf-8", "replace").decode("utf-8"):
                problems.append(f"label {label!r} holds half a character; write it anew")
        for label in labels if self._allowed is not None else ():
            if label not in (self._allowed or ()):
                problems.append(f"label {label!r} is not known; allowed are {', '.join(self._allowed or ())}")
        return labels

    def _among(self, row: Row, field: str, allowed: tuple[str, ...], problems: list[str]) -> str | None:
        value = self._cell(row, field)
        if value is not None and value not in allowed:
            problems.append(f"{field} {value!r} is not known; allowed are {', '.join(allowed)}")
        return str(value) if value is not None else None

    def _read_weight(self, row: Row, problems: list[str]) -> float:
        value = self._cell(row, "weight", 1.0)
        try:
            weight = float(value)
        except (TypeError, ValueError):
            weight = -1.0
        if not 0.0 < weight < float("inf"):
            problems.append(f"weight {value!r} is not a number above 0")
        return weight


def _labels(value: Any) -> list[str] | None:
    """The labels of a cell; None when it holds something else."""
    if value is None:
        return []
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        value = _parsed(value)
    if isinstance(value, dict) and "choices" in value:
        value = value["choices"]
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    items = value.split("|") if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return None
    return [item.strip() for item in items if item.strip()]


def _parsed(cell: str) -> Any:
    """The JSON that a table holds in a cell, as Label Studio's CSV does; the cell itself when it is none."""
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return cell
    return value if isinstance(value, list) or "choices" in value else cell


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
