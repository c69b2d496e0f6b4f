from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import Shell, write_rows

FIGURES = {
    "accuracy", "macro_f1", "in_scope_accuracy", "oos_recall", "oos_precision", "oscr", "coverage", "precision", "per_label",
}  # fmt: skip


def gate(folder: Path, *checks: str) -> Path:
    file = folder / "gate.yaml"
    file.write_text("version: 1\nchecks:\n" + "".join(f"  - {{{check}}}\n" for check in checks), encoding="utf-8")
    return file


def test_figures_as_json(shell: Shell, tiny_folder: Path, labelled: Path) -> None:
    assert shell("evaluate", "--model", tiny_folder, "--data", labelled, "--json") == 0
    summary = json.loads(shell.out)
    assert set(summary) >= FIGURES | {"messages", "s_recall", "emotion_accuracy"}
    assert summary["messages"] == 148
    assert len(summary["per_label"]) == 8
    assert all(
        value is None or isinstance(value, dict) or 0 <= value <= 1
        for key, value in summary.items()
        if key != "messages"
    )


def test_figures_for_people(shell: Shell, tiny_folder: Path, labelled: Path) -> None:
    assert shell("evaluate", "--model", tiny_folder, "--data", labelled) == 0
    assert "accuracy" in shell.out and "per_label" not in shell.out


@pytest.mark.parametrize(
    ("checks", "code", "verdict"),
    [
        (["metric: precision, min: 0.5"], 0, "ok   precision"),
        (["metric: precision, min: 0.5", "metric: coverage, max: 0.01"], 1, "FAIL coverage"),
        (["metric: per_label.invoice.recall, min: 0.5"], 0, "ok   per_label.invoice.recall"),
        (["metric: no_such_figure, min: 0"], 1, "FAIL no_such_figure not measured"),
    ],
)
def test_a_gate_decides_the_exit_code(
    shell: Shell, tiny_folder: Path, labelled: Path, tmp_path: Path, checks: list[str], code: int, verdict: str
) -> None:
    assert shell("evaluate", "--model", tiny_folder, "--data", labelled, "--gate", gate(tmp_path, *checks)) == code
    assert verdict in shell.out


def test_json_stays_json_beside_a_gate(shell: Shell, tiny_folder: Path, labelled: Path, tmp_path: Path) -> None:
    file = gate(tmp_path, "metric: accuracy, min: 0.1")
    assert shell("evaluate", "--model", tiny_folder, "--data", labelled, "--gate", file, "--json") == 0
    assert set(json.loads(shell.out)) >= FIGURES


def test_a_report_is_written_where_asked(shell: Shell, tiny_folder: Path, labelled: Path, tmp_path: Path) -> None:
    place = tmp_path / "deep" / "report"
    assert shell("evaluate", "--model", tiny_folder, "--data", labelled, "--report", place, "--json") == 0
    report, figures = json.loads((place / "report.json").read_text(encoding="utf-8")), json.loads(shell.out)
    assert {name: report[name] for name in figures} == figures


def test_the_out_of_scope_label_can_be_named(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    data = write_rows(tmp_path / "t.jsonl", [{"q": "怎么开发票", "y": "invoice"}, {"q": "就是那个呢", "y": "none"}])
    fields = ["--text-field", "q", "--label-field", "y", "--oos-label", "none", "--json"]
    assert shell("evaluate", "--model", tiny_folder, "--data", data, *fields) == 0
    summary = json.loads(shell.out)
    assert (summary["oos_recall"], summary["in_scope_accuracy"], summary["oscr"]) == (1.0, 1.0, 1.0)


def test_a_test_without_messages_is_one_line(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    data = write_rows(tmp_path / "t.jsonl", [])
    assert shell("evaluate", "--model", tiny_folder, "--data", data) == 2
    assert shell.complains("t.jsonl")


@pytest.mark.parametrize("option", ["--model", "--data", "--gate"])
def test_what_is_not_there_is_one_line(
    shell: Shell, tiny_folder: Path, labelled: Path, tmp_path: Path, option: str
) -> None:
    given = {"--model": tiny_folder, "--data": labelled, option: tmp_path / "nowhere"}
    assert shell("evaluate", *(part for pair in given.items() for part in pair)) == 2
    assert shell.complains("nowhere")


def test_a_bad_gate_stops_before_anything_is_measured(shell: Shell, tiny_folder: Path, labelled: Path) -> None:
    bad = Path(__file__).parent.parent / "data" / "bad" / "gate.yaml"
    assert shell("evaluate", "--model", tiny_folder, "--data", labelled, "--gate", bad) == 2
    assert shell.out == "" and "gate.yaml:3" in shell.err


def test_a_baseline_training_data_and_behaviour_add_figures(
    shell: Shell, tiny_folder: Path, labelled: Path, tmp_path: Path
) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text(
        "version: 1\ntests:\n  - {id: bill, kind: MFT, name: 发票, texts: [怎么开发票], expect: {intent: invoice}}\n",
        encoding="utf-8",
    )
    options = ["--baseline", tiny_folder, "--train", labelled, "--behaviour", pack, "--json"]
    assert shell("evaluate", "--model", tiny_folder, "--data", labelled, *options) == 0
    found = json.loads(shell.out)
    assert (found["comparison"]["mended"], found["comparison"]["broken"], found["behaviour"]["mft"]) == (0, 0, 1.0)
    assert found["leaks"]["share"] > 0.5


def test_the_gate_is_written_for_other_programs(
    shell: Shell, tiny_folder: Path, labelled: Path, tmp_path: Path
) -> None:
    rules = gate(tmp_path, "metric: intent_any, min: 0.5", "metric: coverage, min: 1")
    xml, text = tmp_path / "gate.xml", tmp_path / "gate.md"
    options = ["--gate", rules, "--junit", xml, "--markdown", text]
    assert shell("evaluate", "--model", tiny_folder, "--data", labelled, *options) == 1
    assert 'failures="1"' in xml.read_text(encoding="utf-8")
    assert "1 / 2 项未达标" in text.read_text(encoding="utf-8")


@pytest.mark.parametrize(("option", "needed"), [("--check-labels", "--train"), ("--junit=gate.xml", "--gate")])
def test_an_option_without_the_one_it_needs_is_wrong_usage(
    shell: Shell, labelled: Path, option: str, needed: str
) -> None:
    assert shell("evaluate", "--data", labelled, option) == 2
    assert shell.complains(f"{option.partition('=')[0]} needs {needed}")


def test_labels_that_the_model_does_not_have_are_told(shell: Shell, tiny_folder: Path, tmp_path: Path) -> None:
    data = write_rows(tmp_path / "a.jsonl", [{"text": "怎么退货", "intent": "退货"}])
    assert shell("evaluate", "--model", tiny_folder, "--data", data) == 0
    assert "the model has no label 退货; 1 messages" in shell.err
