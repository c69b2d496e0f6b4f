from __future__ import annotations

from datetime import date

import pytest

from cs_nlp.faq.entries import FaqAnswer, FaqEntry
from cs_nlp.faq.index import FaqIndex
from cs_nlp.faq.lint import lint

TODAY = date(2026, 11, 20)
GOOD = FaqEntry(
    "return", ("怎么退货", "退货怎么申请"), "您好，请申请。", intents=("return_apply",), reviewed=date(2026, 11, 1)
)


def codes(*entries, **options):
    return [found.code for found in lint(entries, FaqIndex.build(entries), **options)]


def test_a_sound_base_has_no_findings():
    assert codes(GOOD, today=TODAY, intents=["return_apply"], settings={}) == []


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (FaqEntry("b", ("怎么退货？",), "别的"), "duplicate_variant"),
        (FaqEntry("b", ("请问如何退货呢",), "别的"), "near_questions"),
        (FaqEntry("b", ("退货怎么申请呢", "营业时间"), "别的"), "stray_variant"),
        (FaqEntry("b", ("营业时间",), "{hours}"), "slot"),
        (FaqEntry("b", ("营业时间",), "全天", (FaqAnswer("{hours}"),)), "slot"),
        (FaqEntry("b", ("营业时间",), "全天", valid_until=date(2026, 11, 1)), "expired"),
        (FaqEntry("b", ("营业时间",), "全天", reviewed=date(2025, 11, 1)), "review"),
        (FaqEntry("b", ("营业时间",), "全天"), "review"),
        (FaqEntry("b", ("营业时间",), "全天", intents=("hours",)), "unknown_intent"),
        (FaqEntry("b", ("营业时间",), "我们保证在线"), "promise"),
        (FaqEntry("b", ("营业时间",), "全天", (FaqAnswer("肯定在"),)), "promise"),
    ],
)
def test_each_flaw_is_found(entry, code):
    assert code in codes(GOOD, entry, today=TODAY, intents=["return_apply"], settings={})


@pytest.mark.parametrize("answer", ["保证金可退", "抱歉，我们无法保证当天送达"])
def test_harmless_words_are_no_promises(answer):
    assert "promise" not in codes(FaqEntry("b", ("营业时间",), answer))


def test_an_intent_without_an_enabled_entry_is_reported():
    off = FaqEntry("off", ("发票怎么开",), "在这里", intents=("invoice",), enabled=False)
    findings = lint([GOOD, off], FaqIndex.build([GOOD, off]), intents=["return_apply", "invoice"])
    assert [(found.code, found.entry_id) for found in findings] == [("uncovered_intent", "")]


def test_errors_come_first():
    entries = [FaqEntry("b", ("营业时间",), "肯定在"), FaqEntry("a", ("门店在哪",), "这里")]
    levels = [found.level.value for found in lint(entries, FaqIndex.build(entries), today=TODAY)]
    assert levels == sorted(levels)
