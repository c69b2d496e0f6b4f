from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from cs_nlp.errors import DataFileError
from cs_nlp.faq import segment
from cs_nlp.faq.entries import FaqEntry
from cs_nlp.faq.index import FaqIndex

ENTRIES = [
    FaqEntry("return", ("怎么退货？", "我要退货"), "退", intents=("return_apply",)),
    FaqEntry("refund", ("退款多久到账", "钱什么时候退回来"), "款", intents=("refund_status",)),
    FaqEntry("sale", ("双十一有什么活动",), "活动", valid_until=date(2026, 11, 12)),
    FaqEntry("off", ("门店在哪",), "店", enabled=False),
]
QUESTIONS = ("怎么退货呢", "钱啥时候退", "双十一活动", "门店", "")


@pytest.fixture(params=["all variants", "rare pairs"])
def built(request, monkeypatch):
    if request.param == "rare pairs":
        monkeypatch.setattr(segment, "LARGE", 0)
    return FaqIndex.build(ENTRIES)


def test_a_stored_index_answers_as_before(built, tmp_path):
    built.save(tmp_path / "index")
    stored = FaqIndex.load(tmp_path / "index")
    for question in QUESTIONS:
        assert stored.search(question) == built.search(question)
        assert stored.search(question, 1, ["refund_status"]) == built.search(question, 1, ["refund_status"])
        assert stored.search(question, at=date(2026, 12, 1)) == built.search(question, at=date(2026, 12, 1))
    assert stored.entries() == built.entries()
    assert stored.entry("off") == ENTRIES[3]


def test_a_stored_index_takes_edits_and_is_stored_again(built, tmp_path):
    built.save(tmp_path / "one")
    stored = FaqIndex.load(tmp_path / "one")
    stored.upsert([FaqEntry("gift", ("有没有赠品",), "有")])
    assert stored.delete(["return", "nothing"]) == 1
    stored.save(tmp_path / "two")
    again = FaqIndex.load(tmp_path / "two")
    assert again.search("有赠品吗", 1)[0].entry_id == "gift"
    assert "return" not in {entry.id for entry in again.entries()}


def test_nothing_is_overwritten(built, tmp_path):
    with pytest.raises(FileExistsError):
        built.save(tmp_path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "index.json").unlink(),
        lambda folder: (folder / "index.json").write_text("{", encoding="utf-8"),
        lambda folder: (folder / "folded.npy").unlink(),
        lambda folder: (folder / "folded.npy").write_bytes((folder / "folded.npy").read_bytes()[:-1]),
        lambda folder: np.save(folder / "first.npy", np.array([{}] * 4, object)),
        lambda folder: changed(folder, forms="other"),
        lambda folder: changed(folder, format=2),
        lambda folder: changed(folder, files={"../x.npy": 1}),
    ],
)
def test_a_spoiled_folder_is_refused(built, tmp_path, spoil):
    built.save(tmp_path / "index")
    spoil(tmp_path / "index")
    with pytest.raises(DataFileError, match="not a sound index"):
        FaqIndex.load(tmp_path / "index")


def changed(folder, **values):
    file = folder / "index.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | values), encoding="utf-8")
