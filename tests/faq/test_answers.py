from __future__ import annotations

import pytest

from cs_nlp.faq.answers import questions_for
from cs_nlp.faq.entries import FaqAnswer, FaqEntry

ENTRIES = [
    FaqEntry(
        "fee", ("运费多少", "邮费多少"), "满 {free} 元包邮，不满收 {fee} 元", (FaqAnswer("会员免运费", tier=("plus",)),)
    ),
    FaqEntry("plus", ("会员有什么权益",), "会员免运费"),
]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("满 59 元包邮，不满收 8 元", {"fee"}),
        ("满 {free} 元包邮，不满收 {fee} 元", {"fee"}),
        (" 会员免运费 ", {"fee", "plus"}),
        ("满 59 元包邮", set()),
        ("", set()),
        ("满" * 5000, set()),
    ],
)
def test_an_answer_leads_back_to_its_questions(answer, found):
    assert set(questions_for(ENTRIES, answer)) == found
    assert all(questions_for(ENTRIES, answer)[key][0] for key in found)
