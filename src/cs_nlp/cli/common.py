"""What several commands share: options, JSON of a reply, reading and writing JSON lines."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from cs_nlp.assistant import Assistant
from cs_nlp.decide.ticket_json import evidence_json, ticket_json
from cs_nlp.errors import DataFileError
from cs_nlp.types import Entity, Reply


def add_assistant_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that say which assistant is loaded."""
    parser.add_argument("--model", metavar="DIR", help="a trained bundle (default: the shipped one)")
    parser.add_argument("--faq", metavar="DIR", help="a knowledge base in YAML (default: the one in the bundle)")
    parser.add_argument("--policy", metavar="FILE", help="a policy file (default: the packaged one)")
    parser.add_argument("--desks", metavar="FILE", help="a desk file (default: the packaged one)")


def load_assistant(args: argparse.Namespace) -> Assistant:
    """Loads what `add_assistant_options` asked for."""
    for name in ("faq", "policy", "desks"):
        value = getattr(args, name)
        if value is not None and not Path(value).exists():
            raise DataFileError([f"{value}: no such file or folder"])
    return Assistant.load(args.model, args.faq, policy=args.policy, desks=args.desks)


def prediction(identity: Any, reply: Reply) -> dict[str, Any]:
    """A reply as `cs-nlp predict` writes it."""
    best = reply.intents[0]
    return {
        "id": identity,
        "intent": best.id,
        "score": round(best.score, 4),
        "intents": [{"id": label.id, "score": round(label.score, 4)} for label in reply.intents],
        "severity": reply.severity.value,
        "emotion": reply.emotion.value,
        "action": reply.action.value,
        "faq": reply.faq,
        "answer": reply.text if reply.faq is not None else None,
        "reasons": list(reply.reasons),
        "entities": [_entity(entity) for entity in reply.entities],
    }


def full_reply(reply: Reply) -> dict[str, Any]:
    """Everything of a reply as JSON values."""
    row = prediction(None, reply)
    del row["id"], row["answer"]
    row["text"] = reply.text
    row["second"] = reply.second
    row["options"] = [{"text": o.text, "intent": o.intent, "faq": o.faq} for o in reply.options]
    row["evidence"] = [evidence_json(item) for item in reply.evidence]
    row["question"] = {"text": reply.question.text, "slot": reply.question.slot} if reply.question is not None else None
    row["proposals"] = [{"rule": p.rule, "action": p.action, "data": dict(p.data)} for p in reply.proposals]
    row["ticket"] = ticket_json(reply.ticket) if reply.ticket is not None else None
    return row


def _entity(entity: Entity) -> dict[str, Any]:
    return {"type": entity.type, "value": entity.value, "start": entity.start, "end": entity.end}


@contextlib.contextmanager
def write_text(name: str) -> Iterator[TextIO]:
    """A UTF-8 text stream to write to; `-` is standard output.

    A file takes its name when all is written: an error leaves what was there.
    """
    if name == "-":
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        yield sys.stdout
        sys.stdout.flush()
        return
    target = Path(name)
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    handle, fresh = tempfile.mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
        Path(fresh).chmod(0o644)
        Path(fresh).replace(target)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def read_text(name: str) -> Iterator[TextIO]:
    """A UTF-8 text stream to read from, with or without a byte order mark; `-` is standard input."""
    if name == "-":
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8-sig")
        yield sys.stdin
    else:
        with Path(name).open(encoding="utf-8-sig") as stream:
            yield stream


def json_rows(stream: TextIO, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of each line.

    Raises:
        DataFileError: At the first line that is not a JSON object.
    """
    try:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise DataFileError([f"{name}:{number}: is not JSON ({error})"]) from error
            if not isinstance(row, dict):
                raise DataFileError([f"{name}:{number}: an object is needed, found {type(row).__name__}"])
            yield number, row
    except UnicodeDecodeError as error:
        raise DataFileError([f"{name}: is not UTF-8 (byte {error.start}); save it as UTF-8"]) from error


def dump(value: Any, *, indent: int | None = None) -> str:
    """JSON text with Chinese characters as they are; half characters that cannot be written become `?`."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "replace").decode("utf-8")
