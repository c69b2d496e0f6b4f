from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_nlp.bundle import Bundle
from tests.cli.helpers import Shell, write_rows


def test_thresholds_are_written_into_a_new_bundle(
    shell: Shell, tiny_folder: Path, labelled: Path, tmp_path: Path
) -> None:
    out = tmp_path / "tuned"
    assert shell("tune", "--model", tiny_folder, "--data", labelled, "--out", out) == 0
    assert "90% right with 95% confidence" in shell.out and "trained on these very messages" not in shell.out
    bundle = Bundle.load(out)
    assert bundle.info["tuned"]["bound"] >= 0.9
    assert bundle.labels == Bundle.load(tiny_folder).labels


def test_what_was_chosen_as_json(shell: Shell, tiny_folder: Path, labelled: Path) -> None:
    assert shell("tune", "--model", tiny_folder, "--data", labelled, "--json", "--global-only") == 0
    found = json.loads(shell.out)
    assert found["kept"] and found["bound"] >= 0.9 and found["per_intent"] == {}
    assert found["coverage"] == round(found["answered"] / found["messages"], 4)


def test_too_few_messages_change_nothing_and_say_so(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    data = write_rows(tmp_path / "few.jsonl", [{"text": "怎么开发票", "intent": "invoice"}] * 5)
    out = tmp_path / "tuned"
    assert shell("tune", "--model", tiny_folder, "--data", data, "--out", out) == 1
    assert "about 29 would be needed" in shell.out and not out.exists()


def test_out_of_fold_on_top_of_a_base(shell: Shell, tiny_folder: Path, labelled: Path) -> None:
    options = ["--out-of-fold", "--base", tiny_folder, "--folds", "2", "--json"]
    assert shell("tune", "--model", tiny_folder, "--data", labelled, *options) == 0
    assert "out of fold: 2/2" in shell.err and json.loads(shell.out)["messages"] == 148


@pytest.mark.parametrize("options", [["--precision", "1.5"], ["--confidence", "0"], ["--precision", "x"]])
def test_a_promise_is_a_share(shell: Shell, tiny_folder: Path, labelled: Path, options: list[str]) -> None:
    assert shell("tune", "--model", tiny_folder, "--data", labelled, *options) == 2


def test_an_existing_folder_is_not_replaced(shell: Shell, tiny_folder: Path, labelled: Path) -> None:
    assert shell("tune", "--model", tiny_folder, "--data", labelled, "--out", tiny_folder) == 2
    assert shell.complains("exists")
