from __future__ import annotations

import pytest

from cs_nlp.faq.forms import tools
from cs_nlp.faq.guards import guards
from cs_nlp.faq.judge import ENTRY, KINDS, PAIR, SIGNALS, query_facts, right, same, signals
from cs_nlp.faq.score import Query, Weights


def facts(text):
    return query_facts(Query(text, tools(), Weights({})))


def test_each_signal_and_kind_has_a_weight():
    assert max(guards().word_asks).bit_length() == KINDS
    assert len(PAIR) == len(SIGNALS) + KINDS
    assert len(ENTRY) == len(SIGNALS) + 3
    assert len(signals(facts("退货"), facts("换货"))) == len(SIGNALS)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("运费险怎么理赔", "运费险如何理赔呢", "运费险是什么"),
        ("冰箱保修几年", "冰箱的保修期是几年", "冰箱几升"),
        ("什么时候发货", "多久发货", "为什么发货"),
    ],
)
def test_a_question_of_one_meaning_is_more_probable(question, near, far):
    one = facts(question)
    assert same(one, facts(near)) > same(one, facts(far))


def test_it_does_not_matter_which_question_comes_first():
    one, other = facts("冰箱保修几年"), facts("保修期多长")
    assert same(one, other) == pytest.approx(same(other, one))


def test_what_is_behind_the_best_is_less_probable():
    one, other = facts("冰箱保修几年"), facts("冰箱保修期")
    assert right(one, other, 0.7, 0.0) > right(one, other, 0.7, 0.1)
    assert right(one, other, 0.7, 0.0) > right(one, other, 0.5, 0.0)


@pytest.mark.parametrize("text", ["", "龘", "a"])
def test_the_shortest_texts_have_a_probability(text):
    assert 0.0 <= same(facts(text), facts("怎么退货")) <= 1.0
    assert 0.0 <= same(facts(text), facts("")) <= 1.0
