"""The labelled messages of this project are sound: labels exist, few texts stand twice, and the test set is apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cs_nlp.train.dataset import read_examples
from cs_nlp.train.shipped import training_examples
from cs_nlp.types import Emotion, Severity
from cs_nlp.understand.taxonomy import Taxonomy

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
FILES = sorted(file for file in DATA.glob("*/*.jsonl") if file.name not in {"answers.jsonl", "confusable.jsonl"})
LABELS = Taxonomy.default().labels
KEYS = {"text", "intent", "second", "severity", "emotion"}
TURN = {"d", "t", "role", "text"}

pytestmark = pytest.mark.skipif(not FILES, reason="the labelled messages are not part of this distribution")


def rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if line:
            yield f"{file.relative_to(DATA).as_posix()}:{number}", json.loads(line)


def letters(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return "".join(filter(str.isalnum, text.lower()))


def is_conversation(file: Path) -> bool:
    return "dialogues" in file.relative_to(DATA).as_posix()


def test_there_is_data_of_each_kind() -> None:
    assert {file.parent.name for file in FILES} == {"corpus", "dialogues", "eval"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(DATA).as_posix())
def test_every_row_is_valid(file: Path) -> None:
    assert read_examples([file], labels=LABELS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(DATA).as_posix())
def test_every_message_is_labelled_in_full(file: Path) -> None:
    wanted = KEYS | (TURN | {"in_context"} if is_conversation(file) else set())
    wrong = []
    for place, row in rows(file):
        if row.get("role", "customer") == "agent":
            fine = set(row) == TURN
        else:
            fine = (
                set(row) == wanted
                and row["severity"] in Severity.__members__
                and row["emotion"] in {item.value for item in Emotion}
                and row.get("in_context", "unclear") in LABELS
                and row["second"] != row["intent"]
                and row.get("role", "customer") == "customer"
            )
        wrong += [] if fine and row["text"] == row["text"].strip() else [place]
    assert wrong == []


@pytest.mark.parametrize("file", [*filter(is_conversation, FILES)], ids=lambda file: file.relative_to(DATA).as_posix())
def test_turns_of_a_conversation_are_in_order(file: Path) -> None:
    turns: dict[str, list[int]] = {}
    for _, row in rows(file):
        turns.setdefault(row["d"], []).append(row["t"])
    assert [name for name, numbers in turns.items() if numbers != list(range(1, len(numbers) + 1))] == []


def test_few_texts_stand_twice_in_the_corpus() -> None:
    texts = [letters(row["text"]) for file in FILES if file.parent.name == "corpus" for _, row in rows(file)]
    counts = Counter(text for text in texts if len(text) >= 4)
    again = sum(count - 1 for count in counts.values())
    assert again <= 0.005 * len(texts), f"{again} of {len(texts)}: {counts.most_common(10)}"


def test_the_same_text_has_the_same_intent() -> None:
    labels: dict[str, set[str]] = {}
    for file in FILES:
        for _, row in rows(file):
            if file.parent.name == "corpus" and len(letters(row["text"])) >= 4:
                labels.setdefault(letters(row["text"]), set()).add(row["intent"])
    torn = sorted(text for text, found in labels.items() if len(found) > 1)
    assert len(torn) <= 0.002 * len(labels), torn


def test_the_test_messages_were_not_trained_on() -> None:
    trained = {letters(example.text) for example in training_examples(ROOT)}
    tested = [letters(row["text"]) for _, row in rows(DATA / "eval" / "messages.jsonl")]
    assert [text for text in tested if len(text) >= 6 and text in trained] == []


def test_every_intent_is_tested_often_enough() -> None:
    counts = Counter(row["intent"] for _, row in rows(DATA / "eval" / "messages.jsonl"))
    assert {label: counts[label] for label in LABELS if counts[label] < 15} == {}


def test_every_label_is_trained() -> None:
    examples = training_examples(ROOT)
    counts = Counter(example.intent for example in examples)
    assert {label: counts[label] for label in LABELS if counts[label] < 100} == {}
    assert {example.severity for example in examples} == set(Severity.__members__)
