from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.errors import DatasetError
from cs_nlp.train.dataset import MAX_FAULTS, Example, data_hash, fold_of, read_examples


def rows(folder: Path, *values: Any, name: str = "a.jsonl") -> Path:
    file = folder / name
    file.write_text("\n".join(json.dumps(value, ensure_ascii=False) for value in values), encoding="utf-8")
    return file


def faults(*files: Path, **options: Any) -> tuple[str, ...]:
    with pytest.raises(DatasetError) as caught:
        read_examples(files, **options)
    return caught.value.faults


def test_a_row_becomes_an_example(tmp_path: Path) -> None:
    full = {
        "text": "退货，顺便问运费",
        "intent": "return_apply",
        "second": "shipping_fee",
        "severity": "N",
        "emotion": "calm",
    }
    plain = {"text": "好", "intent": "affirm", "second": None}
    found = read_examples([rows(tmp_path, full, plain)])
    assert found[0] == Example("退货，顺便问运费", "return_apply", "shipping_fee", "N", "calm", source="a.jsonl", row=1)
    assert found[1] == Example("好", "affirm", source="a.jsonl", row=2)


def test_only_customers_are_read_and_a_conversation_is_a_group(tmp_path: Path) -> None:
    file = rows(
        tmp_path,
        {"d": "x1", "role": "customer", "text": "在吗", "intent": "greeting"},
        {"d": "x1", "role": "agent", "text": "在的"},
        {"d": "x1", "role": "customer", "text": "好", "intent": "affirm"},
    )
    assert [(example.text, example.group) for example in read_examples([file])] == [
        ("在吗", "a.jsonl:x1"),
        ("好", "a.jsonl:x1"),
    ]


def test_csv_has_the_same_columns(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('text,intent,second\n"退货，\n退款",return_apply,\n好,affirm,deny\n', encoding="utf-8-sig")
    assert read_examples([file]) == [
        Example("退货，\n退款", "return_apply", source="a.csv", row=2),
        Example("好", "affirm", "deny", source="a.csv", row=4),
    ]


def test_columns_can_have_other_names(tmp_path: Path) -> None:
    file = rows(tmp_path, {"query": "where is it", "label": "card_arrival", "text": 1})
    assert read_examples([file], text_field="query", label_field="label")[0].intent == "card_arrival"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": "好"}, "a label in 'intent' is needed, found None; columns: ['text']"),
        ({"text": ["好"], "intent": "affirm"}, "a text in 'text' is needed, found ['好']"),
        ({"text": " ", "intent": "affirm"}, "text is empty"),
        ({"text": "好", "intent": "yes"}, "label 'yes' is not known; allowed are affirm, deny"),
        ({"text": "好", "intent": "affirm", "second": "yes"}, "label 'yes' is not known"),
        ({"text": "好", "intent": "affirm", "severity": "C"}, "severity 'C' is not known; allowed are S, A, B, N"),
        ({"text": "好", "intent": "affirm", "emotion": "sad"}, "emotion 'sad' is not known"),
        (["好", "affirm"], "an object is needed, found list"),
    ],
)
def test_a_faulty_row_says_what_is_wrong(tmp_path: Path, row: Any, reason: str) -> None:
    [fault] = faults(rows(tmp_path, {"text": "不", "intent": "deny"}, row), labels=["affirm", "deny"])
    assert fault.startswith(f"{tmp_path / 'a.jsonl'}:2: ") and reason in fault


def test_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    bad = tmp_path / "b.jsonl"
    bad.write_text('{"text"\n\n"好"\n', encoding="utf-8")
    (tmp_path / "c.jsonl").write_bytes(b"\x81")
    found = faults(rows(tmp_path, {"text": " ", "intent": "x"}), bad, tmp_path / "c.jsonl", tmp_path / "none.jsonl")
    assert [fault.removeprefix(str(tmp_path)).split(":")[:2] for fault in found] == [
        ["/a.jsonl", "1"],
        ["/b.jsonl", "1"],
        ["/b.jsonl", "3"],
        ["/c.jsonl", "1"],
        ["/none.jsonl", "1"],
    ]


def test_at_most_fifty_faults_are_listed(tmp_path: Path) -> None:
    found = faults(rows(tmp_path, *[{"text": " ", "intent": "x"}] * 70))
    assert len(found) == MAX_FAULTS + 1 and found[-1] == "… and 20 more"


@pytest.mark.parametrize("line", ['{"text": "a\u2028b", "intent": "x"}', '{"text": "a\u0085b", "intent": "x"}'])
def test_odd_line_ends_inside_a_text_do_not_split_it(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.jsonl").write_text(line, encoding="utf-8")
    assert len(read_examples([tmp_path / "a.jsonl"])) == 1


@pytest.mark.parametrize(("value", "name"), [([1], "second"), (5, "severity"), ({"a": 1}, "emotion")])
def test_a_label_of_another_type_is_a_fault(tmp_path: Path, value: Any, name: str) -> None:
    [fault] = faults(rows(tmp_path, {"text": "好", "intent": "affirm", name: value}))
    assert name in fault


@given(st.text(max_size=20), st.integers(2, 9))
def test_a_fold_depends_on_letters_only(text: str, folds: int) -> None:
    plain, dressed = Example(text, "x"), Example(f"{text}？！ ", "y")
    assert 0 <= fold_of(plain, folds) < folds
    assert fold_of(plain, folds) == fold_of(dressed, folds)


def test_a_conversation_stays_together() -> None:
    assert len({fold_of(Example(str(number), "x", group="a:1"), 5) for number in range(50)}) == 1
    assert len({fold_of(Example(str(number), "x"), 5) for number in range(50)}) == 5


@pytest.mark.parametrize(
    "change",
    [{"text": "不"}, {"intent": "deny"}, {"second": "deny"}, {"severity": "A"}, {"emotion": "angry"}, {"weight": 2.0}],
)
def test_the_hash_sees_every_label(change: dict[str, Any]) -> None:
    example = Example("好", "affirm")
    assert data_hash([replace(example, **change)]) != data_hash([example])


def test_the_hash_sees_order_and_not_the_file() -> None:
    a, b = Example("好", "affirm"), Example("不", "deny")
    assert data_hash([a, b]) != data_hash([b, a])
    assert data_hash([replace(a, source="x")]) == data_hash([a])
