"""Label Studio and doccano: their exports as rows, and labelled or guessed messages back to them for labelling."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cs_nlp.train.dataset import Example

_FIELDS = ("severity", "emotion")


def is_label_studio(item: Mapping[str, Any]) -> bool:
    """Whether an object is a task of Label Studio's JSON export."""
    return isinstance(item.get("data"), Mapping) and ("annotations" in item or "predictions" in item)


def from_label_studio(task: Mapping[str, Any]) -> dict[str, Any]:
    """A task as a flat row: the task's data, and each choice under the name of its control.

    The newest annotation that was not cancelled counts; a task without one has no label.

    >>> choice = {"from_name": "intent", "type": "choices", "value": {"choices": ["refund"]}}
    >>> from_label_studio({"data": {"text": "退款"}, "annotations": [{"result": [choice]}]})
    {'text': '退款', 'intent': ['refund']}
    """
    row = dict(task["data"])
    valid = [item for item in task.get("annotations") or () if isinstance(item, Mapping)]
    done = [item for item in valid if not item.get("was_cancelled")]
    for result in done[-1].get("result", ()) if done else ():
        value = result.get("value", {})
        chosen = value.get("choices") or value.get("taxonomy")
        if chosen:
            flat = [item[-1] if isinstance(item, list) else item for item in chosen]
            row[str(result.get("from_name", "intent"))] = flat if len(flat) > 1 or _is_label(result) else flat[0]
    return row


def _is_label(result: Mapping[str, Any]) -> bool:
    return result.get("from_name") not in _FIELDS


def to_label_studio(examples: Iterable[Example], *, guesses: bool = False) -> str:
    """Messages as tasks for Label Studio's import.

    Args:
        examples: The messages.
        guesses: Whether their labels are a model's guesses (predictions) rather than a person's annotations.

    Returns:
        JSON text; controls are named `intent`, `severity` and `emotion`, the text `text`.
    """
    kind = "predictions" if guesses else "annotations"
    tasks = []
    for example in examples:
        data = {"text": example.text, **_context(example)}
        results = [_choice("intent", example.labels)] if example.intent else []
        results += [_choice(name, (getattr(example, name),)) for name in _FIELDS if getattr(example, name)]
        tasks.append({"data": data, kind: [{"result": results}] if results else []})
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def _choice(name: str, labels: Iterable[str]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": list(labels)}}


def _context(example: Example) -> dict[str, Any]:
    """What a row says beside its labels, under the names that are read again."""
    found: dict[str, Any] = {"conversation": example.group} if example.group else {}
    found |= {"previous": example.previous} if example.previous else {}
    found |= {"weight": example.weight} if example.weight != 1.0 else {}
    return found | ({"channel": example.channel} if example.channel else {})


def to_doccano(examples: Iterable[Example]) -> str:
    """Messages as JSON lines for doccano's text classification import; further columns stay as metadata."""
    lines = []
    for example in examples:
        row: dict[str, Any] = {"text": example.text, "label": list(example.labels)}
        row |= {name: getattr(example, name) for name in _FIELDS if getattr(example, name)}
        row |= _context(example)
        lines.append(json.dumps(row, ensure_ascii=False))
    return "\n".join(lines) + ("\n" if lines else "")
