from __future__ import annotations

from itertools import pairwise

import pytest

from cs_nlp.faq.complete import Completer, initials
from cs_nlp.faq.entries import FaqEntry

ENTRIES = [
    FaqEntry("eta", ("下单后一般几天能到？", "现在买几天能到"), "2–5 天", topic="物流查询", tags=("时效",)),
    FaqEntry("where", ("快递到哪里了？",), "订单页可查", topic="物流查询", tags=("查位置",)),
    FaqEntry("track", ("查一下物流",), "订单页可查", topic="物流查询", tags=("general",)),
    FaqEntry("bill", ("怎么申请开发票？",), "订单页申请", topic="发票", tags=("开票",)),
    FaqEntry("again", ("怎么重新下单？",), "点再次购买", topic="下单", tags=("重新下单",)),
    FaqEntry("off", ("门店在哪？",), "-", topic="门店", tags=("地址",), enabled=False),
]


@pytest.fixture(scope="module")
def completer():
    return Completer(ENTRIES)


@pytest.mark.parametrize(
    ("prefix", "entry"),
    [
        ("/物流查询时效", "eta"),
        ("/物流时效", "eta"),
        ("/wlsx", "eta"),
        ("/wlcxsx", "eta"),
        ("／ＷＬＣＸＳＸ", "eta"),
        ("/wlcxxs", "eta"),  # two letters swapped
        ("/wlcxs", "eta"),  # not finished
        ("/wulcxsx", "eta"),  # one letter too many
        ("/物流时校", "eta"),  # a wrong character of the same sound
        ("/物硫查询时效", "eta"),
        ("/wlcx", "track"),
        ("sqkfp", "bill"),
        ("/开票", "bill"),
        ("/cxxd", "again"),
        ("/zxxd", "again"),  # 重 is read in two ways
    ],
)
def test_a_short_code_finds_its_entry(completer, prefix, entry):
    assert completer.complete(prefix)[0].entry_id == entry


@pytest.mark.parametrize(
    "prefix", ["", "/", "  ", "!?", "/mddz", "/门店", "/qqqqqqqq", "\U00020bb7" * 500, "qz" * 2500]
)
def test_nothing_fits_nothing(completer, prefix):
    assert completer.complete(prefix) == []


def test_each_entry_stands_once_and_the_score_falls(completer):
    found = completer.complete("/wl", k=10)
    assert len({one.entry_id for one in found}) == len(found) == 3
    assert all(first.score >= second.score for first, second in pairwise(found))
    assert all(0 < one.score <= 1 for one in found) and completer.complete("/wl", k=1) == found[:1]
    assert completer.complete("/wl", k=0) == []


def test_a_whole_label_is_sure(completer):
    assert completer.complete("/开票")[0].score == 1.0
    assert completer.complete("/开票")[0].code == "kp"


@pytest.mark.parametrize(
    ("text", "codes"),
    [("退换货", ("thh",)), ("重发", ("cf", "zf")), ("iPhone 15", ("iphone15",)), ("，？", ("",)), ("𠮷", ("",))],
)
def test_initials(text, codes):
    assert initials(text) == codes


def test_a_label_of_many_readings_stays_small():
    assert len(initials("重" * 40)) == 8
