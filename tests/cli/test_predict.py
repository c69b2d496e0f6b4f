from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from cs_nlp.assistant import Assistant
from tests.cli.helpers import Shell, read_rows, write_rows
from tests.samples import tiny_examples

FIELDS = ["id", "intent", "score", "intents", "severity", "emotion", "action", "faq", "answer", "reasons", "entities"]
TEXTS = [example.text for example in tiny_examples()] + ["", "😡\ud800", "订单20481234567", "退款" * 3000]


def test_every_row_keeps_the_contract(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    source = write_rows(
        tmp_path / "in.jsonl", ({"id": f"m{at}", "text": t} for at, t in enumerate(TEXTS) if "\ud800" not in t)
    )
    assert shell("predict", "--model", tiny_folder, "--input", source, "--output", tmp_path / "out.jsonl") == 0
    for row in read_rows(tmp_path / "out.jsonl"):
        assert list(row) == FIELDS
        assert row["intent"] == row["intents"][0]["id"] and row["score"] == row["intents"][0]["score"]
        assert 1 <= len(row["intents"]) <= 3
        assert row["severity"] in "SABN" and row["emotion"] in {"calm", "anxious", "angry"}
        assert row["action"] in {"answer", "clarify", "handoff"} and row["reasons"]
        assert (row["faq"] is None) == (row["answer"] is None) == (row["action"] != "answer")
        assert all(set(entity) == {"type", "value", "start", "end"} for entity in row["entities"])


def test_rows_come_in_order_and_say_what_reply_says(
    shell: Shell, tiny_folder: Path, tiny_bot: Assistant, tmp_path: Path
) -> None:
    source = write_rows(tmp_path / "in.jsonl", ({"id": at, "text": text} for at, text in enumerate(TEXTS[:40])))
    assert shell("predict", "--model", tiny_folder, "--input", source, "--output", "-") == 0
    replies = tiny_bot.reply_many(TEXTS[:40])
    found = [(row["id"], row["intent"], row["action"], row["reasons"]) for row in shell.rows()]
    assert found == [(at, r.intents[0].id, r.action.value, list(r.reasons)) for at, r in enumerate(replies)]
    assert shell.err == ""


def test_a_stream_goes_in_and_out(monkeypatch: pytest.MonkeyPatch, shell: Shell, tiny_folder: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"text": "怎么开发票"}\n\n{"id": "b", "text": "退款多久到账"}\n'))
    assert shell("predict", "--model", tiny_folder, "--input", "-", "--output", "-") == 0
    assert [(row["id"], row["intent"]) for row in shell.rows()] == [(1, "invoice"), ("b", "refund_status")]


def test_the_text_may_stand_in_another_column(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", [{"say": "怎么开发票", "text": 3}])
    assert shell("predict", "--model", tiny_folder, "--input", source, "--output", "-", "--text-field", "say") == 0
    assert shell.rows()[0]["intent"] == "invoice"


def test_an_empty_file_gives_an_empty_file(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", [])
    assert shell("predict", "--model", tiny_folder, "--input", source, "--output", tmp_path / "out.jsonl") == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_half_characters_do_not_stop_it(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "\\ud83d", "text": "发票\\ud83d"}\n', encoding="utf-8")
    assert (
        shell("predict", "--model", tiny_folder, "--input", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl")
        == 0
    )
    assert len(read_rows(tmp_path / "out.jsonl")) == 1


def test_a_byte_order_mark_is_passed_over(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "text": "怎么开发票"}\n', encoding="utf-8-sig")
    assert shell("predict", "--model", tiny_folder, "--input", tmp_path / "in.jsonl", "--output", "-") == 0
    assert shell.rows()[0]["id"] == 1


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("{", ["in.jsonl:2", "is not JSON"]),
        ("[1]", ["in.jsonl:2", "an object is needed, found list"]),
        ('{"id": 1}', ["in.jsonl:2", "a text in 'text' is needed, found None", "columns: ['id']"]),
        ('{"text": 5}', ["in.jsonl:2", "found 5"]),
        ("[" * 100_000, ["in.jsonl:2", "is not JSON"]),
    ],
    ids=["half", "list", "no_text", "number", "deep"],
)
def test_a_bad_row_is_one_line_with_its_number(
    shell: Shell, tiny_folder: Path, tmp_path: Path, line: str, parts: list[str]
) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "好"}\n' + line + "\n", encoding="utf-8")
    assert shell("predict", "--model", tiny_folder, "--input", tmp_path / "in.jsonl", "--output", tmp_path / "o") == 2
    assert shell.complains(*parts)


def test_a_file_that_is_not_utf_8_is_said(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes('{"text": "发票"}\n'.encode("gbk"))
    assert shell("predict", "--model", tiny_folder, "--input", tmp_path / "in.jsonl", "--output", "-") == 2
    assert shell.complains("is not UTF-8")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("nowhere.jsonl", "out.jsonl"),
        (".", "out.jsonl"),
        ("in.jsonl", "no/out.jsonl"),
        ("in.jsonl", "."),
        ("x" * 300, "out.jsonl"),
    ],
)
def test_places_that_cannot_be_used_are_one_line(
    shell: Shell, tiny_folder: Path, tmp_path: Path, source: str, target: str
) -> None:
    write_rows(tmp_path / "in.jsonl", [{"text": "好"}])
    assert shell("predict", "--model", tiny_folder, "--input", tmp_path / source, "--output", tmp_path / target) == 2
    assert shell.complains(str(tmp_path))


def test_writing_onto_the_input_loses_nothing(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", [{"id": 1, "text": "怎么开发票"}])
    before = source.read_text(encoding="utf-8")
    code = shell("predict", "--model", tiny_folder, "--input", source, "--output", source)
    after = source.read_text(encoding="utf-8")
    assert (code == 2 and after == before) or (code == 0 and json.loads(after)["id"] == 1)


def test_an_old_result_survives_a_bad_input(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("old\n", encoding="utf-8")
    (tmp_path / "in.jsonl").write_text("{\n", encoding="utf-8")
    assert (
        shell("predict", "--model", tiny_folder, "--input", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl")
        == 2
    )
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "old\n"
