from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_nlp.bundle import Bundle
from cs_nlp.train.dataset import Example
from tests.cli.helpers import Shell, write_rows
from tests.samples import english_examples


def english(file: Path, field: str = "label", keep: int = 999) -> Path:
    def row(example: Example) -> dict[str, str]:
        return {"query": example.text, field: example.intent}

    return write_rows(file, map(row, english_examples()[:keep]))


def test_any_label_set_can_be_trained_and_used(shell: Shell, tmp_path: Path) -> None:
    data = english(tmp_path / "en.jsonl")
    options = ["--text-field", "query", "--label-field", "label", "--oos-label", "elsewhere"]
    assert shell("train", "--data", data, "--out", tmp_path / "model", *options) == 0
    assert "40 messages, 4 labels" in shell.out and str(tmp_path / "model") in shell.out
    bundle = Bundle.load(tmp_path / "model")
    assert (bundle.labels, bundle.unclear) == (("elsewhere", "lost_item", "opening_hours", "renew_loan"), "elsewhere")
    assert shell("evaluate", "--model", tmp_path / "model", "--data", data, *options[:4], "--json") == 0
    assert json.loads(shell.out)["in_scope_accuracy"] > 0.5


def test_progress_goes_to_standard_error(shell: Shell, labelled: Path, tmp_path: Path) -> None:
    assert shell("train", "--data", labelled, "--out", tmp_path / "m", "--oos-label", "unclear") == 0
    assert "out of fold: 4/4" in shell.err and "out of fold: 4/4" not in shell.out


def test_csv_is_read_too(shell: Shell, tmp_path: Path) -> None:
    lines = ["text,intent", *(f"{example.text},{example.intent}" for example in english_examples())]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    assert shell("train", "--data", tmp_path / "a.csv", "--out", tmp_path / "m") == 0
    assert Bundle.load(tmp_path / "m").unclear is None


def test_files_add_up(shell: Shell, tmp_path: Path) -> None:
    first, second = english(tmp_path / "a.jsonl", "intent", 20), english(tmp_path / "b.jsonl", "intent")
    assert shell("train", "--data", first, "--data", second, "--text-field", "query", "--out", tmp_path / "m") == 0
    assert "60 messages" in shell.out


def test_a_bundle_can_be_trained_on(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    rows = [{"text": f"{thing}券怎么领", "intent": "coupon"} for thing in ("满减", "生日", "店铺", "新人")]
    data = write_rows(tmp_path / "shop.jsonl", rows)
    assert shell("train", "--data", data, "--base", tiny_folder, "--out", tmp_path / "mine") == 0
    bundle = Bundle.load(tmp_path / "mine")
    assert "coupon" in bundle.labels and bundle.faq == Bundle.load(tiny_folder).faq


@pytest.mark.parametrize("base", [False, True])
def test_a_file_without_messages_is_one_line(shell: Shell, tiny_folder: Path, tmp_path: Path, base: bool) -> None:
    data = write_rows(tmp_path / "a.jsonl", [])
    more = ["--base", str(tiny_folder)] if base else []
    assert shell("train", "--data", data, "--out", tmp_path / "m", *more) == 2
    assert shell.complains()
    assert not (tmp_path / "m").exists()


def test_every_bad_row_is_listed(shell: Shell, tmp_path: Path) -> None:
    rows = [{"text": "好", "intent": "x", "severity": "Z"}, {"text": " ", "intent": "x"}, {"intent": "x"}]
    data = write_rows(tmp_path / "a.jsonl", rows)
    assert shell("train", "--data", data, "--out", tmp_path / "m") == 2
    for part in (
        "a.jsonl:1: severity 'Z' is not known",
        "a.jsonl:2: text is empty",
        "a.jsonl:3: a text in 'text' is needed",
    ):
        assert part in shell.err
    assert "2 more faults" in shell.err and not (tmp_path / "m").exists()


def test_an_existing_folder_is_not_touched(shell: Shell, labelled: Path, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    assert shell("train", "--data", labelled, "--out", tmp_path / "m") == 2
    assert shell.complains("m exists; choose another folder")
    assert list((tmp_path / "m").iterdir()) == []


@pytest.mark.parametrize("option", ["--data", "--base"])
def test_what_is_not_there_is_one_line(shell: Shell, labelled: Path, tmp_path: Path, option: str) -> None:
    data = [] if option == "--data" else ["--data", str(labelled)]
    assert shell("train", *data, option, tmp_path / "nowhere", "--out", tmp_path / "m") == 2
    assert shell.complains("nowhere")


def test_messages_of_one_conversation_alone_are_one_line_or_a_model(shell: Shell, tmp_path: Path) -> None:
    rows = [{"text": example.text, "intent": example.intent, "d": "one"} for example in english_examples()]
    assert shell("train", "--data", write_rows(tmp_path / "a.jsonl", rows), "--out", tmp_path / "m") in (0, 2)
    assert "Traceback" not in shell.err


def test_a_label_with_half_a_character_is_no_crash(shell: Shell, tmp_path: Path) -> None:
    lines = [json.dumps({"text": example.text, "intent": example.intent + "\ud83d"}) for example in english_examples()]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert shell("train", "--data", tmp_path / "a.jsonl", "--out", tmp_path / "m") in (0, 2)


def test_options_without_effect_are_named(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    data = english(tmp_path / "en.jsonl")
    more = ["--tune", "5", "--keep-doubtful"]
    assert shell("train", "--data", data, "--base", tiny_folder, "--out", tmp_path / "mine", *more) == 0
    assert "--tune, --keep-doubtful: no effect with --base" in shell.err


def test_strength_reaches_every_kind_of_training(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    data = english(tmp_path / "en.jsonl")
    assert shell("train", "--data", data, "--base", tiny_folder, "--strength", "7", "--out", tmp_path / "m") == 0
    assert Bundle.load(tmp_path / "m").info["adapted_strength"] == 7.0


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--strength", "-1", "-1 is not above 0"),
        ("--strength", "nan", "nan is not a finite number"),
        ("--precision", "3", "3 is not between 0 and 1"),
        ("--tune", "-2", "-2 is below 0"),
        ("--seed", "-1", "-1 is below 0"),
        ("--jobs", "0", "0 is below 1"),
        ("--jobs", "two", "'two' is not a whole number"),
    ],
)
def test_a_number_out_of_range_is_wrong_usage(
    shell: Shell, tmp_path: Path, option: str, value: str, reason: str
) -> None:
    assert shell("train", "--data", tmp_path / "a.jsonl", "--out", tmp_path / "m", f"{option}={value}") == 2
    assert f"argument {option}: {reason}" in shell.err


def test_rows_not_yet_labelled_can_be_passed_over(shell: Shell, tmp_path: Path) -> None:
    rows = [{"text": example.text, "intent": example.intent} for example in english_examples()]
    data = write_rows(tmp_path / "a.jsonl", [*rows, {"text": "not yet", "intent": []}])
    assert shell("train", "--data", data, "--strength", "1", "--out", tmp_path / "m") == 2
    assert shell.complains("a.jsonl:41: a label in 'intent' is needed")
    assert shell("train", "--data", data, "--strength", "1", "--out", tmp_path / "m", "--skip-unlabelled") == 0
    assert "passed over 1 rows without a label" in shell.err and "40 messages" in shell.out


def test_an_out_of_scope_label_of_no_message_is_told(shell: Shell, tmp_path: Path) -> None:
    data = english(tmp_path / "en.jsonl", "intent")
    options = ["--text-field", "query", "--strength", "1", "--oos-label", "elswhere"]
    assert shell("train", "--data", data, "--out", tmp_path / "m", *options) == 0
    assert "no message has the label 'elswhere'" in shell.err
