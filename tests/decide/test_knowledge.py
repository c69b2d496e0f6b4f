"""Which entry answers: a special one that clearly leads, the general one, or the customer chooses between close ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from cs_nlp.decide.decider import Decider
from cs_nlp.decide.knowledge import Knowledge, asked
from cs_nlp.decide.session import Session
from cs_nlp.decide.turned import Rules
from cs_nlp.errors import EngineError
from cs_nlp.faq import FaqEntry, FaqIndex
from cs_nlp.text import read
from cs_nlp.types import FaqHit
from cs_nlp.understand.taxonomy import Taxonomy
from tests.decide.worlds import BARS, NOON, meaning

GENERAL = FaqEntry("general", ("发票问题",), "发票在订单详情里办理。", intents=("invoice",), tags=("general",))
TITLE = FaqEntry("title", ("发票抬头怎么改？",), "点换开发票。", intents=("invoice",))
MERGE = FaqEntry("merge", ("几个订单能开一张发票吗？",), "请把订单号发来。", intents=("invoice",))
PAPER = FaqEntry("paper", ("能开纸质发票吗？",), "请登记收票地址。", intents=("invoice",))
ENTRIES = (GENERAL, TITLE, MERGE, PAPER)


@dataclass
class Fixed:
    """A retriever that gives what it was told to, and remembers what it was asked."""

    scores: dict[str, float]
    down: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)

    def search(
        self,
        question: str,
        k: int = 5,
        intents: Collection[str] | None = None,
        at: date | None = None,
        *,
        normal: bool = False,
        shop: str | None = None,
        product: str | None = None,
        least: float = 0.0,
    ) -> list[FaqHit]:
        self.asked.append({"question": question, "at": at, "shop": shop, "product": product})
        if self.down:
            raise EngineError("no answer")
        return [FaqHit(name, score, self.entry(name).questions[0]) for name, score in self.scores.items()][:k]

    def entry(self, entry_id: str) -> FaqEntry:
        if self.down:
            raise EngineError("no answer")
        return next(entry for entry in ENTRIES if entry.id == entry_id)

    def upsert(self, entries: Iterable[FaqEntry]) -> int:
        raise NotImplementedError

    def delete(self, ids: Iterable[str]) -> int:
        raise NotImplementedError


def knowledge(finder: Fixed) -> Knowledge:
    return Knowledge(finder, {}, Taxonomy.default(), ENTRIES)


def decider(finder: Fixed) -> Decider:
    return Decider(knowledge(finder), Rules(), BARS)


@pytest.mark.parametrize(
    ("scores", "hit", "close"),
    [
        ({"title": 0.9, "merge": 0.3}, "title", []),
        ({"title": 0.5, "merge": 0.2}, "title", []),
        ({"title": 0.4, "merge": 0.1}, "title", []),
        ({"title": 0.4, "merge": 0.25}, "general", []),
        ({"title": 0.29, "merge": 0.05}, "general", []),
        ({"title": 0.8, "merge": 0.7}, "general", []),
        ({"title": 0.8, "merge": 0.78}, "general", ["title", "merge"]),
        ({"title": 0.8, "merge": 0.79, "paper": 0.77}, "general", ["title", "merge", "paper"]),
        ({"title": 1.0, "merge": 0.98}, "title", []),
        ({"title": 0.44, "merge": 0.43}, "general", []),
        ({"general": 0.8, "merge": 0.79}, "general", []),
        ({}, "general", []),
    ],
)
def test_a_special_entry_answers_only_when_it_clearly_leads(
    scores: dict[str, float], hit: str, close: list[str]
) -> None:
    found = knowledge(Fixed(scores)).find(read("开票的事"), meaning("invoice"))
    assert found.hit is not None and found.hit.entry_id == hit
    assert [one.entry_id for one in found.close] == close


def test_close_entries_are_asked_with_their_questions_and_the_choice_is_answered() -> None:
    judge, session = decider(Fixed({"title": 0.8, "merge": 0.78})), Session()
    reply = judge.decide(read("开票的事"), meaning("invoice"), NOON, session)
    assert (reply.action.value, reply.reasons) == ("clarify", ("which_entry", "close_entries"))
    assert [(one.text, one.faq) for one in reply.options] == [
        (TITLE.questions[0], "title"),
        (MERGE.questions[0], "merge"),
    ]
    told = judge.decide(read("第二个"), meaning("invoice"), NOON, session, ("chose_option",), None, "merge")
    assert (told.faq, told.text) == ("merge", MERGE.answer)


def test_the_same_close_entries_are_not_asked_twice() -> None:
    judge, session = decider(Fixed({"title": 0.8, "merge": 0.78})), Session()
    judge.decide(read("开票的事"), meaning("invoice"), NOON, session)
    again = judge.decide(read("还是开票的事"), meaning("invoice"), NOON, session)
    assert (again.action.value, again.faq) == ("answer", "general")


@pytest.mark.parametrize("raw", ["不用给我开发票", "发票不要了"])
def test_who_declines_a_matter_is_not_told_how_to_do_it(raw: str) -> None:
    assert knowledge(Fixed({})).find(read(raw), meaning("invoice")).hit is None
    assert decider(Fixed({})).decide(read(raw), meaning("invoice"), NOON).faq is None


@pytest.mark.parametrize("raw", ["你们不开发票怎么办", "不要发票能不能便宜"])
def test_a_question_with_the_words_of_declining_is_answered(raw: str) -> None:
    assert knowledge(Fixed({})).find(read(raw), meaning("invoice")).hit is not None


def test_a_search_asks_for_the_day_the_shop_and_the_product() -> None:
    finder = Fixed({})
    judge, session = decider(finder), Session(customer={"shop": "flagship"}, facts={"product_id": "77"})
    judge.decide(read("开票的事"), meaning("invoice"), NOON, session)
    judge.decide(read("开票的事"), meaning("invoice"), NOON)
    assert [(one["at"], one["shop"], one["product"]) for one in finder.asked] == [
        (NOON.date(), "flagship", "77"),
        (NOON.date(), None, None),
    ]


def test_an_entry_of_another_shop_or_day_does_not_answer() -> None:
    other = FaqEntry("other", ("发票抬头怎么改",), "到柜台改。", intents=("invoice",), shops=("mall",))
    past = FaqEntry(
        "past",
        ("几张发票能合并吗",),
        "活动期间可以。",
        intents=("invoice",),
        valid_until=NOON.date() - timedelta(days=1),
    )
    entries = (GENERAL, other, past)
    judge = Decider(Knowledge(FaqIndex.build(entries), {}, Taxonomy.default(), entries), Rules(), BARS)
    mall, home = Session(customer={"shop": "mall"}), Session(customer={"shop": "home"})
    assert judge.decide(read("发票抬头怎么改"), meaning("invoice"), NOON, mall).faq == "other"
    assert judge.decide(read("发票抬头怎么改"), meaning("invoice"), NOON, home).faq == "general"
    assert judge.decide(read("几张发票能合并吗"), meaning("invoice"), NOON).faq == "general"


def test_without_the_engine_the_general_entry_answers() -> None:
    reply = decider(Fixed({}, down=True)).decide(read("抬头写错了"), meaning("invoice"), NOON, Session())
    assert (reply.action.value, reply.faq, reply.text) == ("answer", "general", GENERAL.answer)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("发票什么时候开", "发票什么时候开"),
        ("订单号20481234567 发票什么时候开", "订单号 发票什么时候开"),
        ("20481234567", "20481234567"),
        ("退2件", "退2件"),
    ],
)
def test_numbers_of_orders_are_not_compared(raw: str, text: str) -> None:
    assert " ".join(asked(read(raw)).split()) == text
