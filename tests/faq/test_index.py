from __future__ import annotations

import threading
from datetime import date

import pytest

from cs_nlp.faq import segment
from cs_nlp.faq.entries import FaqEntry
from cs_nlp.faq.index import FaqIndex

RETURN = FaqEntry("return", ("怎么退货？", "我要退货", "退货在哪申请"), "退", intents=("return_apply",))
EXCHANGE = FaqEntry("exchange", ("怎么换货？", "我要换货", "尺码不合适想换"), "换", intents=("exchange",))
REFUND = FaqEntry("refund", ("退款多久到账", "钱什么时候退回来"), "款", intents=("refund_status",))
INVOICE = FaqEntry("invoice", ("发票在哪里下载", "什么时候开发票"), "票", intents=("invoice", "order_status"))
SHIP = FaqEntry("ship", ("什么时候发货", "怎么还没发货"), "货", intents=("ship_time",))
ANY = FaqEntry("any", ("你们几点上班",), "时间")
ALL = (RETURN, EXCHANGE, REFUND, INVOICE, SHIP, ANY)


@pytest.fixture(params=["all variants", "rare pairs"])
def index(request, monkeypatch):
    if request.param == "rare pairs":
        monkeypatch.setattr(segment, "LARGE", 0)
    return FaqIndex.build(ALL)


def ids(hits):
    return [hit.entry_id for hit in hits]


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("亲，请问怎么退货呢", "return"),
        ("如何退貨", "return"),
        ("想换货", "exchange"),
        ("多长时间能退款到账", "refund"),
        ("发票去哪下载啊", "invoice"),
        ("啥时候发货", "ship"),
        ("几点上班", "any"),
    ],
)
def test_the_entry_is_found(index, question, entry):
    assert ids(index.search(question, 1)) == [entry]


def test_each_entry_comes_once_with_its_best_variant_best_first(index):
    hits = index.search("我要退货")
    assert (hits[0].entry_id, hits[0].question, hits[0].score) == ("return", "我要退货", 1.0)
    assert len(set(ids(hits))) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0.0 <= hit.score <= 1.0 for hit in hits)


def test_a_question_that_only_folds_to_a_variant_scores_just_below_it(index):
    assert 0.9 < index.search("亲我要退货呢", 1)[0].score < 1.0


def test_equal_scores_are_ordered_by_id():
    index = FaqIndex.build([FaqEntry(name, ("怎么退货",), "答") for name in ("b", "c", "a")])
    assert ids(index.search("如何退货")) == ["a", "b", "c"]


@pytest.mark.parametrize("question", ["", "  ", "？？", "龘", "\ud800", "😀", "zzz"])
def test_what_fits_nothing_finds_nothing_sure(index, question):
    assert all(hit.score < 0.5 for hit in index.search(question))


def test_intents_limit_the_entries(index):
    assert set(ids(index.search("怎么退货", intents=["exchange"]))) <= {"exchange", "any"}
    assert ids(index.search("什么时候开发票", 1, intents=["ship_time", "order_status"])) == ["invoice"]
    assert set(ids(index.search("什么时候发货", intents=["nothing"]))) <= {"any"}
    assert ids(index.search("几点上班", 1, intents=["exchange"])) == ["any"]


@pytest.mark.parametrize(("day", "found"), [(date(2026, 11, 10), False), (date(2026, 11, 11), True), (None, True)])
def test_an_entry_is_found_on_its_days_only(day, found):
    sale = FaqEntry(
        "sale", ("双十一有什么活动",), "活动", valid_from=date(2026, 11, 11), valid_until=date(2026, 11, 12)
    )
    hits = FaqIndex.build([*ALL, sale]).search("双十一有啥活动", at=day)
    assert ("sale" in ids(hits)) is found


def test_a_disabled_entry_is_known_but_never_found():
    index = FaqIndex.build([RETURN, FaqEntry("off", ("怎么退货呀",), "旧", enabled=False)])
    assert ids(index.search("怎么退货呀")) == ["return"]
    assert index.questions_of("off") == ("怎么退货呀",)
    with pytest.raises(KeyError):
        index.entry("nothing")


def test_edits_are_seen_by_the_next_search(index):
    index.upsert([FaqEntry("gift", ("有没有赠品",), "有"), FaqEntry("return", ("退回商品怎么操作",), "新")])
    assert ids(index.search("有赠品吗", 1)) == ["gift"]
    assert index.entry("return").answer == "新"
    assert index.search("我要退货", 1)[0].question != "我要退货"
    assert index.disable(["gift", "nothing"]) == 1
    assert "gift" not in ids(index.search("有赠品吗"))
    assert index.entry("gift").enabled is False
    assert index.delete(["gift", "exchange"]) == 2
    assert "exchange" not in ids(index.search("怎么换货"))
    assert len(index) == len(ALL) - 1


def test_compacting_changes_no_first_hit(index):
    for number in range(5):
        index.upsert([FaqEntry(f"extra{number}", (f"第{number}个门店在哪",), "店")])
    asked = [question for entry in index.entries() for question in entry.questions]
    before = [ids(index.search(question, 1)) for question in asked]
    index.compact()
    assert [ids(index.search(question, 1)) for question in asked] == before


def test_a_refused_edit_changes_nothing(index):
    with pytest.raises(ValueError, match="twice"):
        index.upsert([ANY, ANY])
    with pytest.raises(ValueError, match="no question"):
        index.upsert([FaqEntry("empty", (), "答")])
    assert index.entries() == ALL


def test_an_index_may_be_empty_and_grow():
    index = FaqIndex.build([])
    assert index.search("怎么退货") == []
    index.upsert([RETURN])
    assert ids(index.search("怎么退货")) == ["return"]


def test_readers_never_see_half_an_edit():
    """Four readers during 1,000 edits: both new entries or both old ones, each found by its own question."""
    index = FaqIndex.build(ALL)
    pairs = [[FaqEntry("x", (f"{v}门店地址",), v), FaqEntry("y", (f"{v}门店电话",), v)] for v in ("旧", "新")]
    index.upsert(pairs[0])
    faults: list[object] = []
    done = threading.Event()

    def read():
        while not done.is_set():
            hits = {hit.entry_id: hit.question[0] for hit in index.search("门店地址电话")}
            if len({hits.get("x"), hits.get("y")}) != 1 or None in (hits.get("x"), hits.get("y")):
                faults.append(hits)
            if index.search("我要退货", 1, ["return_apply"])[0].entry_id != "return":
                faults.append("return")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1000):
        index.upsert(pairs[number % 2])
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []


def test_threads_that_search_a_fresh_index_agree():
    index = FaqIndex.build(ALL)
    start = threading.Barrier(4)
    found: list[object] = []

    def read():
        start.wait()
        found.append([index.search(q, 1, n) for q in ("想换货", "如何退貨") for n in (["exchange"], None)])

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one == found[0] for one in found)
    assert len(found) == 4


def test_the_first_hit_does_not_depend_on_how_many_are_wanted(index):
    for question in ("怎么退", "钱多久退", "发票啥时候给", "货怎么还不发", "上班时间"):
        assert index.search(question, 1) == index.search(question, 5)[:1]


@pytest.mark.parametrize("k", [1, 2, 3])
def test_entries_that_are_skipped_would_not_have_been_among_the_best(k):
    topics = ("退货", "换货", "退款", "发票", "运费", "快递", "优惠券", "保修")
    asks = ("怎么申请", "要多久", "谁出钱", "在哪里看", "可以取消吗", "没有收到")
    index = FaqIndex.build(
        FaqEntry(f"{topic}{ask}", (f"{topic}{ask}", f"请问{ask}{topic}", f"我的{topic}{ask}呢"), "-")
        for topic in topics
        for ask in asks
    )
    for topic in topics:
        for question in (f"我想知道{topic}的钱多久到", f"{topic}能不能不取消", f"没收到{topic}谁管", topic):
            every = index.search(question, len(topics) * len(asks))
            assert index.search(question, k) == every[:k]


def test_both_ways_of_searching_score_alike(monkeypatch):
    small = FaqIndex.build(ALL)
    monkeypatch.setattr(segment, "LARGE", 0)
    large = FaqIndex.build(ALL)
    for question in ("怎么退货物", "退款几天到账户", "什么时候可以发货"):
        one, other = small.search(question, 1)[0], large.search(question, 1)[0]
        assert (one.entry_id, one.question) == (other.entry_id, other.question)
        assert one.score == pytest.approx(other.score, abs=1e-6)


def test_likeness_compares_with_given_questions():
    index = FaqIndex.build(ALL)
    assert index.likeness("怎么退货", ["怎么退货"]) == 1.0
    assert index.likeness("怎么退货", ["如何退货物"]) > index.likeness("怎么退货", ["发票在哪"])
    assert index.likeness("怎么退货", ["发票在哪", "请问如何退货呢"]) > 0.9
    assert index.likeness("怎么退货", []) == 0.0


@pytest.mark.parametrize("size", [0, 30_000])
@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ({}, {"all", "north", "phone"}),
        ({"shop": "north"}, {"all", "north", "phone"}),
        ({"shop": "south"}, {"all", "phone"}),
        ({"product": "p1"}, {"all", "north", "phone"}),
        ({"product": "p2"}, {"all", "north"}),
        ({"shop": "south", "product": "p2"}, {"all"}),
    ],
)
def test_an_entry_of_a_shop_or_product_is_found_there_only(monkeypatch, size, scope, found):
    monkeypatch.setattr(segment, "LARGE", size)
    index = FaqIndex.build(
        [FaqEntry("all", ("保修多久",), "一年"), FaqEntry("north", ("保修期多久",), "两年", shops=("north",))]
    )
    index.upsert([FaqEntry("phone", ("手机保修多久",), "三年", products=("p1",))])
    hits = set(ids(index.search("保修多久", **scope)))
    assert hits == found if size else "all" in hits <= found


def test_a_change_adds_and_removes_at_once():
    index = FaqIndex.build(ALL)
    index.change([FaqEntry("shop", ("门店在哪",), "-")], ["return", "nobody"])
    assert ids(index.search("门店在哪", 1)) == ["shop"] and "return" not in ids(index.search("怎么退货"))
    with pytest.raises(ValueError, match="no question"):
        index.change([FaqEntry("empty", (), "-")], ["shop"])
    assert ids(index.search("门店在哪", 1)) == ["shop"]


def test_weights_can_be_those_of_another_index():
    whole = FaqIndex.build(ALL)
    part = FaqIndex.build([RETURN, EXCHANGE], like=whole)
    question = "我想要退货的"
    assert part.search(question, 1)[0].score == pytest.approx(whole.search(question, 1)[0].score, abs=0.02)


@pytest.mark.parametrize(
    "questions", [("怎么退货",), ("怎么退货", "怎么开发票"), ("怎么退货", "怎么开发票", "几点下班")]
)
def test_a_small_index_does_not_take_common_words_for_rare_ones(questions):
    small = FaqIndex.build(FaqEntry(text, (text,), "-") for text in questions)
    near, far = small.search("我想退货", 1)[0], small.search("怎么换货", 1)[0]
    assert near.entry_id == "怎么退货" and near.score > 0.25 > 0.1 > far.score
    assert small.search("退货怎么弄", 1)[0].score > 0.7


@pytest.mark.parametrize(
    ("question", "found"), [("怎么退货呀", True), ("怎样才能把货退给你们店里", True), ("今天天气", False)]
)
def test_a_search_for_an_answer_leaves_out_what_is_far(question: str, found: bool) -> None:
    index = FaqIndex.build(ALL)
    everything, near = index.search(question, 2), index.search(question, 2, least=0.35)
    assert bool(near) is found
    assert near == everything[: len(near)]


def test_an_exact_question_needs_no_others() -> None:
    index = FaqIndex.build(ALL)
    assert [hit.entry_id for hit in index.search("怎么退货", 3, least=0.35)] == ["return"]
