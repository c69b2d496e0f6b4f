from __future__ import annotations

import pytest

from cs_nlp.decide.dialogue import Context
from cs_nlp.text import read
from cs_nlp.types import OpenQuestion, Option

WORDS = Context.default().words
MENU = OpenQuestion(
    "哪一种？",
    (Option("物流/催送", "delivery_status"), Option("退货", "return_apply"), Option("红色的那件", "exchange")),
)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("1", "delivery_status"),
        ("第二个", "return_apply"),
        ("2", "return_apply"),
        ("选2", "return_apply"),
        ("第2个吧", "return_apply"),
        ("最后一个", "exchange"),
        ("退货", "return_apply"),
        ("我要退货", "return_apply"),
        ("红色的", "exchange"),
        ("催送", "delivery_status"),
        ("第三个。", "exchange"),
    ],
)
def test_a_choice_by_number_or_by_words(text: str, intent: str) -> None:
    choice = WORDS.read(read(text), MENU)
    assert choice is not None and choice.option is not None and choice.option.intent == intent


@pytest.mark.parametrize("text", ["都不是", "不是", "其他问题", "以上都不是"])
def test_none_of_these(text: str) -> None:
    choice = WORDS.read(read(text), MENU)
    assert choice is not None and choice.kind == "none"


@pytest.mark.parametrize("text", ["9", "第八个", "我的充电宝冒烟了怎么办啊", "", "在吗", "那个退货和物流"])
def test_what_is_no_choice(text: str) -> None:
    assert WORDS.read(read(text), MENU) is None


def test_yes_takes_the_only_option() -> None:
    choice = WORDS.read(read("是的"), OpenQuestion("您是想退货吗？", (Option("退货", "return_apply"),)))
    assert choice is not None and choice.option is not None and choice.option.intent == "return_apply"


@pytest.mark.parametrize(
    ("text", "slot", "given"),
    [
        ("20481234567", "order_id", True),
        ("订单号20481234567", "order_id", True),
        ("[图片]", "image", True),
        ("没有", "order_id", False),
        ("[图片]", "order_id", False),
    ],
)
def test_a_value_we_asked_for(text: str, slot: str, given: bool) -> None:
    choice = WORDS.read(read(text), OpenQuestion("请发一下", (), slot))
    assert (choice is not None and choice.kind == "value") is given
