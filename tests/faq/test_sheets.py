from __future__ import annotations

import sys
from datetime import UTC, date, datetime

import openpyxl
import pytest

from cs_nlp.errors import DataFileError, MissingExtraError
from cs_nlp.faq.base import FaqBase
from cs_nlp.faq.sheets import read_entries

WHO = {"by": "小李", "at": datetime(2026, 11, 20, 12, tzinfo=UTC)}
CSV = """编号,标准问题,相似问法,答案,意图,启用,失效
back,怎么退货？,我要退货|退货流程,七天内可退,return_apply,是,2027-01-31
bill,怎么开发票？,"发票在哪开
要发票","在订单页申请, 当天开好",invoice|order_status,否,
"""


def write(tmp_path, name, text, encoding="utf-8"):
    file = tmp_path / name
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv(tmp_path, encoding):
    back, bill = read_entries(write(tmp_path, "a.csv", CSV, encoding))
    assert back.questions == ("怎么退货？", "我要退货", "退货流程") and back.valid_until == date(2027, 1, 31)
    assert bill.questions == ("怎么开发票？", "发票在哪开", "要发票") and bill.answer == "在订单页申请, 当天开好"
    assert bill.intents == ("invoice", "order_status") and back.enabled and not bill.enabled


def test_excel(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["id", "question", "variants", "answer", "reviewed", "products", "注"],
        ["fee", "运费多少", "邮费多少\n快递费", "8 元", datetime(2026, 11, 1), 1001.0, None],
        [None] * 7,
    ):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataFileError, match=r"注: is not known"):
        book.active["G2"] = "说明"
        book.save(tmp_path / "b.xlsx")
        read_entries(tmp_path / "b.xlsx")
    (fee,) = read_entries(tmp_path / "a.xlsx")
    assert (fee.questions, fee.reviewed, fee.products) == (
        ("运费多少", "邮费多少", "快递费"),
        date(2026, 11, 1),
        ("1001",),
    )


def test_excel_needs_its_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match="excel"):
        read_entries(write(tmp_path, "a.xlsx", "-"))


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "id,question,answer\na,问,答\na,问二,答\n", r"a\.csv:3: id: 'a' stands twice"),
        ("a.csv", 'id,question,answer\nb,"两\n行",答\na,,答\n', r"a\.csv:4: question"),
        ("a.csv", "id,question,answer\na,问,{nothing} 天\n", "slot {nothing} is not known"),
        ("a.csv", "id,question,answer,enabled\na,问,答,maybe\n", "enabled: true or false"),
        ("a.txt", "-", "'.txt'|.txt is not known"),
        ("a.xlsx", "-", "is not an Excel file"),
    ],
)
def test_faults_name_file_and_line(tmp_path, name, text, fault):
    with pytest.raises(DataFileError, match=fault):
        read_entries(write(tmp_path, name, text))


def test_a_missing_file_and_an_unknown_encoding(tmp_path):
    with pytest.raises(DataFileError, match="cannot be read"):
        read_entries(tmp_path / "nowhere.csv")
    (tmp_path / "a.csv").write_bytes(b"id\xff\xff\n")
    with pytest.raises(DataFileError, match="neither UTF-8 nor GB 18030"):
        read_entries(tmp_path / "a.csv")


def test_an_import_is_one_change(tmp_path):
    base = FaqBase.open(tmp_path / "kb")
    base.import_file(write(tmp_path, "a.csv", CSV), **WHO)
    yaml = "version: 1\nentries:\n  - {id: back, question: 怎么退货, answer: 十天}\n  - {id: fee, question: 运费, answer: 8 元}\n"
    base.import_file(write(tmp_path, "b.yaml", yaml), **WHO)
    assert [entry.id for entry in base.entries()] == ["back", "bill", "fee"] and base.index.entry(
        "back"
    ).answer == "十天"
    base.import_file(write(tmp_path, "c.yaml", yaml), only=True, **WHO)
    assert [entry.id for entry in base.entries()] == ["back", "fee"]
    base.undo(**WHO)
    base.undo(**WHO)
    assert [entry.id for entry in base.entries()] == ["back", "bill"] and base.index.entry(
        "back"
    ).answer == "七天内可退"


def test_a_faulty_import_changes_nothing(tmp_path):
    base = FaqBase.open(tmp_path / "kb")
    with pytest.raises(DataFileError):
        base.import_file(write(tmp_path, "a.csv", "id,question,answer\na,问,答\nb,,\n"), **WHO)
    assert len(base) == 0 and base.history() == ()
