from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cs_nlp.errors import DataFileError
from cs_nlp.faq.base import FaqBase
from cs_nlp.faq.entries import FaqAnswer, FaqEntry
from cs_nlp.faq.index import FaqIndex

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WHO = {"by": "小李", "at": NOON}
BACK = FaqEntry("back", ("怎么退货", "我要退货"), "七天内可退", valid_until=date(2027, 1, 1))
BILL = FaqEntry(
    "bill", ("怎么开发票",), "满 {free} 元可开", (FaqAnswer("会员直接开", ("app",), ("plus",)),), tags=("开票",)
)


@pytest.fixture
def base(tmp_path):
    made = FaqBase.open(tmp_path / "kb")
    made.upsert([BACK, BILL], **WHO)
    return made


def found(base, question):
    return [hit.entry_id for hit in base.index.search(question, 1)]


def reopened(tmp_path):
    return FaqBase.open(tmp_path / "kb")


def test_a_change_is_found_at_once_and_after_opening_again(base, tmp_path):
    assert found(base, "我想退货") == found(reopened(tmp_path), "我想退货") == ["back"]
    assert reopened(tmp_path).entries() == base.entries() == (BACK, BILL)


def test_every_change_says_who_and_when(base):
    base.disable(["bill"], by="小王", at=NOON)
    assert [(one.number, one.action, one.by, one.at) for one in base.history()] == [
        (1, "upsert", "小李", NOON),
        (2, "disable", "小王", NOON),
    ]
    assert [one.number for one in base.history("back")] == [1]


@pytest.mark.parametrize(
    "edit",
    [
        lambda base: base.delete(["back"], **WHO),
        lambda base: base.disable(["back"], **WHO),
        lambda base: base.upsert([replace(BACK, questions=("门店在哪",))], **WHO),
        lambda base: base.upsert([replace(BACK, answer="别的")], **WHO),
    ],
)
def test_undo_and_undo_of_the_undo(base, tmp_path, edit):
    before = base.entries()
    edit(base)
    after = base.entries()
    assert after != before
    undone = base.undo(**WHO)
    assert set(base.entries()) == set(before) == set(reopened(tmp_path).entries())
    assert undone.undoes == 2 and found(base, "我想退货") == ["back"]
    base.undo(number=3, **WHO)
    assert set(base.entries()) == set(after)


def test_undo_goes_back_step_by_step(base):
    base.undo(**WHO)
    assert len(base) == 0 and found(base, "我想退货") == []
    with pytest.raises(ValueError, match="no change to undo"):
        base.undo(**WHO)
    with pytest.raises(ValueError, match="no change 9"):
        base.undo(number=9, **WHO)


def test_what_was_changed_again_is_not_undone(base):
    base.upsert([replace(BACK, answer="十天内可退")], **WHO)
    with pytest.raises(ValueError, match="'back' was changed again since"):
        base.undo(number=1, **WHO)
    assert base.index.entry("back").answer == "十天内可退"


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (FaqEntry("new", ("怎么 退货？",), "-"), "stands in 'back' already"),
        (FaqEntry("new", (), "-"), "needs an id, a question, an answer"),
        (FaqEntry("new", ("问",), ""), "needs an id, a question, an answer"),
    ],
)
def test_a_faulty_entry_changes_nothing(base, tmp_path, entry, fault):
    with pytest.raises(DataFileError, match=fault):
        base.upsert([FaqEntry("fine", ("门店在哪",), "-"), entry], **WHO)
    assert base.entries() == (BACK, BILL) and len(base.history()) == 1 and found(base, "门店在哪") != ["fine"]
    assert reopened(tmp_path).entries() == (BACK, BILL)


def test_all_faults_are_listed_and_slots_are_checked(tmp_path):
    base = FaqBase.open(tmp_path, settings={"free": "59"})
    with pytest.raises(DataFileError) as error:
        base.upsert([FaqEntry("a", ("甲",), "{days} 天"), FaqEntry("b", ("甲",), "{order_id}")], **WHO)
    assert len(error.value.faults) == 3
    assert base.upsert([BILL], **WHO).number == 1


def test_a_question_moves_from_one_entry_to_another(base):
    base.upsert([replace(BACK, questions=("退货流程",)), FaqEntry("want", ("我要退货",), "好的")], **WHO)
    assert found(base, "我要退货") == ["want"]
    base.delete(["want"], **WHO)
    base.upsert([BACK], **WHO)
    assert found(base, "我要退货") == ["back"]


def test_an_unknown_entry_or_a_time_without_zone_changes_nothing(base):
    for edit in (base.delete, base.disable):
        with pytest.raises(KeyError):
            edit(["back", "nobody"], **WHO)
    with pytest.raises(ValueError, match="time zone"):
        base.delete(["back"], by="小李", at=datetime(2026, 11, 20))
    assert len(base.history()) == 1 and base.entries() == (BACK, BILL)


def test_a_change_that_was_cut_while_written_never_was(base, tmp_path):
    file = tmp_path / "kb" / "journal.jsonl"
    whole = file.read_bytes()
    base.delete(["back"], **WHO)
    last = file.read_bytes()[len(whole) :]
    for cut in (1, len(last) // 2, len(last) - 1):
        file.write_bytes(whole + last[:cut])
        again = reopened(tmp_path)
        assert again.entries() == (BACK, BILL)
        again.disable(["bill"], **WHO)
        assert len(reopened(tmp_path).history()) == 2
        file.write_bytes(whole)


@pytest.mark.parametrize("content", [b"{}\n", b"text\n", b"[]\n", b'{"format": 2}\n'])
def test_another_file_is_refused(tmp_path, content):
    (tmp_path / "journal.jsonl").write_bytes(content)
    with pytest.raises(DataFileError, match="is not a journal"):
        FaqBase.open(tmp_path)


def test_a_broken_line_is_named(base, tmp_path):
    file = tmp_path / "kb" / "journal.jsonl"
    head, first = file.read_text(encoding="utf-8").splitlines()
    for line in ("{", json.dumps(json.loads(first) | {"number": 5}), json.dumps({"number": 1})):
        file.write_text(f"{head}\n{line}\n", encoding="utf-8")
        with pytest.raises(DataFileError, match=r"journal\.jsonl:2: change"):
            reopened(tmp_path)


def test_two_writers_do_not_overwrite_each_other(base, tmp_path):
    other = reopened(tmp_path)
    base.disable(["bill"], **WHO)
    with pytest.raises(DataFileError, match="another process"):
        other.delete(["back"], **WHO)
    assert found(other, "我想退货") == ["back"] and len(reopened(tmp_path)) == 2


def test_a_failed_write_changes_nothing(base, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cs_nlp.faq.journal.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        base.delete(["back"], **WHO)
    assert found(base, "我想退货") == ["back"] and len(base.history()) == 1
    monkeypatch.undo()
    assert base.delete(["back"], **WHO).number == 2 and found(base, "我想退货") == []


def test_compact_keeps_the_entries_and_ends_the_history(base, tmp_path):
    base.disable(["bill"], **WHO)
    kept = base.entries()
    base.compact(**WHO)
    assert base.entries() == reopened(tmp_path).entries() == kept
    assert [one.action for one in reopened(tmp_path).history()] == ["compact"]
    with pytest.raises(ValueError, match="no change to undo"):
        base.undo(**WHO)
    assert base.delete(["back"], **WHO).number == 2


def test_a_serving_index_is_brought_to_the_base(base, tmp_path):
    serving = FaqIndex.build([FaqEntry("old", ("旧问题",), "-"), replace(BACK, answer="旧答案")])
    again = FaqBase.open(tmp_path / "kb", index=serving)
    assert again.index is serving and {entry.id for entry in serving.entries()} == {"back", "bill"}
    assert serving.entry("back").answer == "七天内可退"


def test_readers_never_see_half_a_change(tmp_path):
    base = FaqBase.open(tmp_path)
    pair = [FaqEntry("one", ("门店在哪里呀",), "甲"), FaqEntry("two", ("门店在哪里呢",), "乙")]
    base.upsert(pair, **WHO)
    torn, done = [], threading.Event()

    def read():
        while not done.is_set():
            hits = {hit.entry_id for hit in base.index.search("门店在哪里", 5)}
            if hits not in ({"one", "two"}, {"three"}):
                torn.append(hits)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    base.upsert([FaqEntry("three", ("门店在哪里的",), "丙"), *(replace(e, enabled=False) for e in pair)], **WHO)
    for _ in range(30):
        base.undo(number=len(base.history()), **WHO)
    done.set()
    for reader in readers:
        reader.join()
    assert torn == []
