from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.train.dataset import Example
from cs_nlp.train.split import grouped_folds, groups, letters, near_pairs, split

WORDS = "退货 换货 物流 发票 优惠券 地址 尺码 质量 退款 客服".split()
SHOP = [
    Example(f"{word}{end}{mark}", word)
    for word in WORDS
    for end in ("怎么弄", "什么时候好", "可以吗")
    for mark in "？。"
]


@given(st.lists(st.text("退货款吗怎么到哪了", max_size=6), max_size=12), st.sampled_from([0.5, 0.8]))
def test_near_pairs_are_those_that_comparing_all_finds(texts, likeness):
    def grams(text):
        padded = f"^{letters(text)}$"
        return {padded[i : i + 2] for i in range(len(padded) - 1)}

    firsts = {letters(text): index for index, text in reversed(list(enumerate(texts)))}
    kept = sorted(index for key, index in firsts.items() if key)
    wanted = {
        (a, b)
        for a in kept
        for b in kept
        if a < b and len(grams(texts[a]) & grams(texts[b])) / len(grams(texts[a]) | grams(texts[b])) >= likeness
    }
    found = {(pair.first, pair.second) for pair in near_pairs(texts, likeness)}
    assert {pair for pair in found if letters(texts[pair[0]]) != letters(texts[pair[1]])} == wanted


def test_numbers_and_marks_do_not_part_duplicates():
    assert groups([Example("订单123到哪了", "a"), Example("订单98765，到哪了？", "a")]).tolist() == [0, 0]


def test_a_conversation_and_its_duplicates_are_one_group():
    examples = [
        Example("在吗", "a", group="1"),
        Example("退货怎么弄", "b", group="1"),
        Example("退货怎么弄？", "b", group="2"),
        Example("谢谢你", "c", group="2"),
        Example("发票", "d"),
    ]
    assert groups(examples).tolist() == [0, 0, 0, 0, 4]


@pytest.mark.parametrize("seed", range(3))
def test_no_duplicate_stands_on_both_sides(seed):
    train, test = split(SHOP, 0.25, seed=seed)
    assert len(train) + len(test) == len(SHOP)
    assert not {letters(example.text) for example in train} & {letters(example.text) for example in test}
    assert 0.15 <= len(test) / len(SHOP) <= 0.35


def test_folds_are_even_and_repeatable():
    folds = grouped_folds(SHOP, 3, seed=1)
    assert folds.tolist() == grouped_folds(SHOP, 3, seed=1).tolist()
    assert folds.tolist() != grouped_folds(SHOP, 3, seed=2).tolist()
    for word in WORDS:
        assert {folds[i] for i, example in enumerate(SHOP) if example.intent == word} == {0, 1, 2}


@pytest.mark.parametrize("share", [0.0, 0.6, -1])
def test_a_share_out_of_bounds_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and"):
        split(SHOP, share)
