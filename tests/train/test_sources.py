from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cs_nlp.errors import DatasetError
from cs_nlp.train.dataset import Example, read_examples
from cs_nlp.train.exchange import to_doccano, to_label_studio
from cs_nlp.train.sources import decode

ROWS = [("怎么退货，急", "退货"), ("到哪了", "物流")]


def write(folder, name, content):
    file = folder / name
    file.write_bytes(content)
    return file


def pairs(file, **options):
    return [(example.text, example.intent) for example in read_examples([file], **options)]


def table(separator):
    return "".join(separator.join(f'"{cell}"' for cell in row) + "\n" for row in [("text", "intent"), *ROWS])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(("name", "separator"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
def test_tables_are_read_in_any_usual_encoding(tmp_path, encoding, name, separator):
    assert pairs(write(tmp_path, name, table(separator).encode(encoding))) == ROWS


def test_excel_and_parquet_are_read(tmp_path):
    openpyxl, arrow = pytest.importorskip("openpyxl"), pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    book = openpyxl.Workbook()
    for row in [("文本", "意图"), *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert pairs(tmp_path / "a.xlsx") == ROWS
    columns = {"text": [text for text, _ in ROWS], "label": [label for _, label in ROWS]}
    parquet.write_table(arrow.table(columns), tmp_path / "a.parquet")
    assert pairs(tmp_path / "a.parquet") == ROWS


def test_an_excel_file_that_is_none_is_a_fault(tmp_path):
    pytest.importorskip("openpyxl")
    with pytest.raises(DatasetError, match="is not an Excel file"):
        read_examples([write(tmp_path, "a.xlsx", b"text,intent\n")])


def test_every_faulty_row_is_reported_with_its_number(tmp_path):
    lines = [
        '{"text": "怎么退货", "intent": "退货"}',
        '{"text": "", "intent": "退货"}',
        "{broken",
        "[1]",
        '{"text": "到哪了"}',
        '{"text": "到哪了", "intent": "物流", "severity": "X"}',
        '{"text": "到哪了", "intent": "物流", "weight": -1}',
    ]
    with pytest.raises(DatasetError) as caught:
        read_examples([write(tmp_path, "a.jsonl", "\n".join(lines).encode())])
    rows = sorted(int(line.split("a.jsonl:")[1].split(":")[0]) for line in caught.value.faults)
    assert rows == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"question_text,intent\na,b\n", "no column of the text"),
        (b"text,wanted\na,b\n", "name it .--label-field"),
        (b"text,intent\na,b,c,d\n", "2 more cells"),
        (b"\x81\xff\xff,intent\n", "neither utf-8"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path, content, reason):
    with pytest.raises(DatasetError, match=reason):
        read_examples([write(tmp_path, "a.csv", content)])


def test_columns_are_found_or_named(tmp_path):
    file = write(tmp_path, "a.csv", "咨询,内容,分类\nx,怎么退货,退货\n".encode())
    assert pairs(file) == [("怎么退货", "退货")]
    assert pairs(file, text_field="咨询") == [("x", "退货")]


def test_optional_columns_are_read(tmp_path):
    row = {
        "text": "退款",
        "intent": "a|b|c",
        "severity": "A",
        "emotion": "angry",
        "weight": 2,
        "会话": 7,
        "上文": "您好",
    }
    (example,) = read_examples([write(tmp_path, "a.jsonl", json.dumps(row).encode())])
    assert example.labels == ("a", "b", "c")
    assert (example.second, example.severity, example.emotion, example.weight) == ("b", "A", "angry", 2.0)
    assert (example.group, example.previous, example.row) == ("a.jsonl:7", "您好", 1)


def test_only_what_the_customer_said_counts(tmp_path):
    rows = [{"text": "亲", "intent": "x", "role": "agent"}, {"text": "退款", "intent": "x", "role": "customer"}]
    content = "\n".join(json.dumps(row) for row in rows).encode()
    assert [example.text for example in read_examples([write(tmp_path, "a.jsonl", content)])] == ["退款"]


EXAMPLES = [
    Example("退款没到", "refund", second="complaint", severity="A", emotion="angry", previous="您好"),
    Example("到哪了", "delivery", weight=2.5, channel="app"),
]


@pytest.mark.parametrize(("export", "name"), [(to_label_studio, "a.json"), (to_doccano, "a.jsonl")])
def test_labelling_tools_take_examples_and_give_them_back(tmp_path, export, name):
    found = read_examples([write(tmp_path, name, export(EXAMPLES).encode())])
    assert [example.labels for example in found] == [example.labels for example in EXAMPLES]
    assert [replace(example, source="", row=0) for example in found] == EXAMPLES


def test_a_guess_is_not_a_label(tmp_path):
    file = write(tmp_path, "a.json", to_label_studio(EXAMPLES, guesses=True).encode())
    assert [example.intent for example in read_examples([file], unlabelled=True)] == ["", ""]
    with pytest.raises(DatasetError, match="no column of the label"):
        read_examples([file])


def test_of_cancelled_and_newer_annotations_the_newest_valid_counts(tmp_path):
    def said(label, **more):
        choice = {"from_name": "intent", "type": "choices", "value": {"choices": [label]}}
        return {"result": [choice], **more}

    task = {"data": {"text": "退款"}, "annotations": [said("a"), said("b"), said("c", was_cancelled=True)]}
    (example,) = read_examples([write(tmp_path, "a.json", json.dumps([task]).encode())])
    assert example.intent == "b"


def test_bytes_of_no_encoding_are_refused():
    with pytest.raises(ValueError, match="save it as UTF-8"):
        decode(b"\xff")


def test_a_quotation_mark_that_is_not_closed_is_told_by_its_row(tmp_path):
    file = write(tmp_path, "a.csv", 'text,intent\n怎么退货,退货\n"到哪了,物流\n'.encode())
    with pytest.raises(DatasetError, match=r"a\.csv:3: is not CSV"):
        read_examples([file])


def test_the_old_format_of_excel_is_refused_with_advice(tmp_path):
    with pytest.raises(DatasetError, match=r"save it as \.xlsx"):
        read_examples([write(tmp_path, "a.xls", b"\xd0\xcf\x11\xe0")])


def test_several_labels_in_a_cell_of_a_csv_may_be_json(tmp_path):
    content = 'text,intent\n退款还要投诉,"{""choices"": [""退款"", ""投诉""]}"\n怎么退,"[""退货""]"\n急,[急]\n'
    found = read_examples([write(tmp_path, "a.csv", content.encode())])
    assert [example.labels for example in found] == [("退款", "投诉"), ("退货",), ("[急]",)]
