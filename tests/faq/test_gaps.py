from __future__ import annotations

import pytest

from cs_nlp.faq.entries import FaqEntry
from cs_nlp.faq.gaps import Asked, asked_of, gaps, is_miss, stats
from cs_nlp.faq.index import FaqIndex

ENTRIES = [
    FaqEntry("bill", ("怎么开发票", "发票在哪申请"), "在订单页申请", intents=("invoice",)),
    FaqEntry("back", ("怎么退货", "我要退货"), "七天内可退", intents=("return_apply",)),
]
LOG = [
    *(
        Asked(text, "handoff", intent="gift", reasons=("not_sure",))
        for text in ("可以刻字吗", "能刻字吗", "能不能刻字")
    ),
    Asked("能刻字吗？", "clarify", intent="gift", reasons=("ambiguous",)),
    *(Asked("门店几点关门", "handoff", intent="product_info", reasons=("not_sure",)) for _ in range(2)),
    Asked("只问过一次的问题", "handoff", reasons=("not_sure",)),
    Asked("怎么退货", "answer", "back", "return_apply", ("confident",)),
    *(Asked("叫人工来", "handoff", intent="request_human", reasons=("wants_human",)) for _ in range(3)),
]


@pytest.fixture(scope="module")
def index():
    return FaqIndex.build(ENTRIES)


def test_what_was_not_answered_is_grouped_by_frequency(index):
    found = gaps(LOG, index)
    assert [(gap.question, gap.count, gap.intent) for gap in found] == [
        ("能刻字吗", 4, "gift"),
        ("门店几点关门", 2, "product_info"),
    ]
    assert set(found[0].variants) == {"可以刻字吗", "能不能刻字"}


def test_rare_questions_count_when_asked_for(index):
    assert "只问过一次的问题" in [gap.question for gap in gaps(LOG, index, least=1)]
    assert gaps([], index) == [] and gaps(LOG, index, least=9) == []


def test_the_nearest_entry_is_named(index):
    (gap,) = gaps([Asked("想开发票怎么弄", "handoff")] * 2, index)
    assert gap.nearest is not None and gap.nearest.entry_id == "bill"


def test_personal_data_is_masked(index):
    log = [Asked("打13800000000怎么没人接", "handoff")] * 2
    assert gaps(log, index)[0].question == "打138****0000怎么没人接"


def test_the_order_of_the_log_changes_no_group(index):
    assert gaps(LOG, index) == gaps(LOG[::-1], index)


@pytest.mark.parametrize(
    ("action", "reasons", "miss"),
    [
        ("answer", ("confident",), False),
        ("handoff", ("not_sure",), True),
        ("handoff", ("no_answer_on_file", "truncated"), True),
        ("handoff", ("severity_s",), False),
        ("clarify", ("depends_on_context",), False),
        ("handoff", (), True),
        ("answer", (), False),
    ],
)
def test_only_missing_knowledge_is_a_miss(action, reasons, miss):
    assert is_miss(Asked("在吗", action, reasons=reasons)) is miss


def test_stats_count_answers_that_a_human_followed():
    log = [
        Asked("怎么退货", "answer", "back", session="1"),
        Asked("怎么开发票", "answer", "bill", session="2"),
        Asked("还是不行", "handoff", reasons=("not_sure",), session="1"),
        Asked("转人工", "handoff", reasons=("wants_human",), session="1"),
        Asked("怎么退货", "answer", "back"),
        Asked("转人工", "handoff", reasons=("wants_human",)),
    ]
    found = stats(log, [*ENTRIES, FaqEntry("fee", ("运费多少",), "8 元")])
    assert (found.rows, found.hits, found.misses, found.others) == (6, 3, 1, 2)
    assert (found.followed, found.sessions, found.unused) == (1, 2, ("fee",))
    assert [(use.entry_id, use.hits, use.followed) for use in found.entries] == [("back", 2, 1), ("bill", 1, 0)]


@pytest.mark.parametrize(("row", "name"), [({"action": "answer"}, "text"), ({"text": "在吗", "action": 3}, "action")])
def test_a_row_without_what_is_needed_is_refused(row, name):
    with pytest.raises(ValueError, match=name):
        asked_of(row)
