from __future__ import annotations

import pytest

from cs_nlp.faq.facts import read_all, read_facts
from cs_nlp.faq.forms import make_forms, tools
from cs_nlp.faq.grams import both_grams, weigh
from cs_nlp.faq.guards import guards
from cs_nlp.faq.judge import ENTRY, KINDS, PAIR, SIGNALS, right, same, signals
from cs_nlp.faq.score import Query, Weights


def query(text):
    return Query(text, tools(), Weights({}))


def facts(text):
    return read_facts(tools().folder.fold(text), text, Weights({}), guards())


def test_each_signal_and_kind_has_a_weight():
    assert len(guards().kinds) == KINDS
    assert len(PAIR) == len(SIGNALS) + KINDS
    assert len(ENTRY) == len(SIGNALS) + 3
    assert len(signals(query("退货"), facts("换货"))) == len(SIGNALS)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("运费险怎么理赔", "运费险如何理赔呢", "运费险是什么"),
        ("冰箱保修几年", "冰箱的保修期是几年", "冰箱几升"),
        ("什么时候发货", "多久发货", "为什么发货"),
    ],
)
def test_a_question_of_one_meaning_is_more_probable(question, near, far):
    one = query(question)
    assert same(one, facts(near)) > same(one, facts(far))


def test_it_does_not_matter_which_question_comes_first():
    one, other = "冰箱保修几年", "保修期多长"
    assert same(query(one), facts(other)) == pytest.approx(same(query(other), facts(one)))


def test_what_is_behind_the_best_is_less_probable():
    one, other = query("冰箱保修几年"), facts("冰箱保修期")
    assert right(one, other, 0.7, 0.0) > right(one, other, 0.7, 0.1)
    assert right(one, other, 0.7, 0.0) > right(one, other, 0.5, 0.0)


@pytest.mark.parametrize("text", ["", "龘", "a"])
def test_the_shortest_texts_have_a_probability(text):
    assert 0.0 <= same(query(text), facts("怎么退货")) <= 1.0
    assert 0.0 <= same(query(text), facts("")) <= 1.0


def test_many_questions_are_read_as_one_by_one():
    forms = make_forms(("冰箱保修几年", "我要退 3 件", "不想要了", "龘", "？", "多久到账", "KD100 和 X8 哪个好"))
    characters, pairs = both_grams(forms.folded)
    weights = weigh(forms.folded, tools().folder.weak)
    for normal, found in zip(
        forms.normal, read_all(forms.folded, forms.normal, characters, pairs, weights, guards()), strict=True
    ):
        one = read_facts(found.folded, normal, weights, guards())
        assert sorted(found.characters) == sorted(one.characters)
        assert found._replace(characters="", mass=0.0, pairs_mass=0.0) == one._replace(
            characters="", mass=0.0, pairs_mass=0.0
        )
        assert (found.mass, found.pairs_mass) == pytest.approx((one.mass, one.pairs_mass))


def test_the_heaviest_character_that_a_text_lacks_is_told():
    found = facts("退货运费")
    assert found.heaviest_without("退货运费") == 0.0
    assert found.heaviest_without("退货") == found.weights[0]
