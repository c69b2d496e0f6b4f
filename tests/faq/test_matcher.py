"""The compiled search of a block against the one in Python, which serves where no compiler was at hand."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_nlp.faq import FaqEntry, FaqIndex, block, load_entries, segment
from cs_nlp.faq.forms import tools
from cs_nlp.faq.inverted import InvertedBlock
from cs_nlp.faq.judge import ENTRY, evidence
from cs_nlp.faq.score import Query, Weights

pytestmark = pytest.mark.skipif(block.Matcher is None, reason="the C modules are not compiled")

ENTRIES = load_entries(Path(__file__).parents[2] / "faq")
INTENTS = sorted({intent for entry in ENTRIES for intent in entry.intents})
ASKED = [question for entry in ENTRIES for question in entry.questions]
ODD = [
    "",
    "？",
    "a",
    "龘",
    "𠮷野家𠮷",
    "退\ud800货",
    "退" * 2000,
    "0" * 64,
    "货退" * 32 + "款",
    "退\x00货",
    "".join(ASKED)[:2000],
]
CHARACTERS = sorted(set("".join(ASKED[::50])) | set("龘𠮷𝄞 \ud800\x00aZ9?"))


@pytest.fixture(scope="module")
def compiled() -> FaqIndex:
    return built(FaqIndex.build(ENTRIES))


@pytest.fixture(scope="module")
def plain() -> FaqIndex:
    """An index whose blocks are searched by numpy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block, "Matcher", None)
        return built(FaqIndex.build(ENTRIES))


def built(index: FaqIndex) -> FaqIndex:
    """With all blocks made."""
    for intents in (None, *((intent,) for intent in INTENTS)):
        index.search("退", 1, intents)
    return index


def agree(one: FaqIndex, other: FaqIndex, text: str, **how) -> int:
    text = tools().normal(text)
    found, wanted = one.search(text, normal=True, **how), other.search(text, normal=True, **how)
    assert [(hit.entry_id, hit.question) for hit in found] == [(hit.entry_id, hit.question) for hit in wanted]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in wanted], abs=1e-6)
    return len(found)


def few(intent: str) -> list[FaqEntry]:
    return [entry for entry in ENTRIES if intent in entry.intents][:8]


def shuffled(number: int) -> str:
    """A question of words that stand in the knowledge base, in no order of its own."""
    one, other = ASKED[number * 37 % len(ASKED)], ASKED[number * 101 % len(ASKED)]
    return one[number % 4 :] + other[: 3 + number % 9]


def test_the_blocks_are_searched_by_what_is_tested(compiled, plain):
    for index, kinds in ((compiled, {"Matcher"}), (plain, {"Block"})):
        whole = index._snapshot.segments[0][0]
        assert {type(whole._block(intent)).__name__ for intent in INTENTS} == kinds


@pytest.mark.parametrize("least", [0.0, 0.35])
@pytest.mark.parametrize("k", [1, 2, 5, 12, 500])
def test_both_find_the_same(compiled, plain, k, least):
    texts = [*ODD, *map(shuffled, range(150)), *ASKED[::40]]
    found = [
        agree(compiled, plain, text, k=k, intents=(INTENTS[number * 7 % len(INTENTS)],), least=least)
        for number, text in enumerate(texts)
    ]
    assert any(found)


@pytest.mark.parametrize(
    "text", [*ODD, "怎么申请退货退款", "我不要发票了", "3天还没发货为什么", "iphone15 和 x8 哪个好"]
)
def test_both_find_the_same_in_all_entries(compiled, plain, text):
    agree(compiled, plain, text, k=10)


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from(CHARACTERS), max_size=200) | st.text(max_size=70),
    st.sampled_from(INTENTS),
    st.integers(1, 30),
    st.sampled_from([0.0, 0.2, 0.35]),
)
def test_any_text_is_searched_alike(compiled, plain, text, intent, k, least):
    agree(compiled, plain, text, k=k, intents=(intent,), least=least)


def test_entries_that_are_gone_or_of_another_shop_are_not_found(plain):
    kept = few("return_apply")
    entries = [
        FaqEntry(entry.id, entry.questions, entry.answer, intents=entry.intents, shops=("a", "b")[: number % 3])
        for number, entry in enumerate(kept)
    ]
    indexes = [FaqIndex.build(entries)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block, "Matcher", None)
        indexes.append(FaqIndex.build(entries))
        indexes[1].search("退货", 1, ("return_apply",))
    for index in indexes:
        index.delete([kept[0].id])
    for question in (*kept[0].questions, *kept[1].questions, *kept[2].questions):
        for shop in (None, "a", "b", "c"):
            found = agree(*indexes, question, k=8, intents=("return_apply",), shop=shop, least=0.0)
            assert found <= 7


def test_questions_longer_than_a_word_of_the_machine_are_compared_whole(compiled, plain):
    text = "".join(dict.fromkeys("".join(ASKED)))
    weights = compiled._snapshot.segments[0][0].weights
    one, other = (index._snapshot.segments[0][0].block() for index in (compiled, plain))
    for size in (1, 63, 64, 65, 127, 128, 129, 1000):
        whole = "".join(reversed(text[:size])) + text[: size // 2]
        query = Query(tools().normal(whole), tools(), weights)
        found = one.search(query, 3, None)
        assert found
        for likeness, place, number, its, _ in found:
            facts = other.facts[other.firsts[place] + number]
            if isinstance(its, float):
                assert its == pytest.approx(evidence(query, facts, likeness), abs=1e-9)


def matcher(**changes):
    """A matcher of one row, 退货, some of its parts changed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block, "Matcher", None)
        one = block.make_block([0], [1], ["退货"], ["退货"], Weights({}), tools().guards)
    adds = [block.np.array(values) for values in ([0, 1, 2], [0, 0, 0], [0.5, 0.5, 0.15])]
    parts = {
        "facts": one.facts, "normal": ["退货"], "exact": {"退货": [0]}, "keys": ["退", "货", "退货"],
        "squares": [1.0, 1.0, 1.0], "firsts": [0, 1], "origins": [0], "key": adds[0], "column": adds[1],
        "value": adds[2], "every": Weights({}).table, "unseen": 1.0, "weights": ENTRY,
        "conflicts": tools().guards.conflicts, "marks": tools().guards.marks,
    }  # fmt: skip
    return block.Matcher(*(parts | changes).values())


def test_parts_that_do_not_fit_are_refused():
    numbers = block.np.array
    assert matcher().search(Query("退货", tools(), Weights({})), 1, None, 0.0)[0][0] == 1.0
    for changes in (
        {"normal": []}, {"keys": ["退", "货", "退款"]}, {"keys": ["退", "退", "退货"]}, {"keys": ["", "货", "退货"]},
        {"squares": [1.0]}, {"firsts": [0, 2]}, {"firsts": [0]}, {"firsts": [1, 1]}, {"origins": [-1]},
        {"firsts": [0, 0, 1], "origins": [0, 1]}, {"key": numbers([0, 1, 3])}, {"key": numbers([0, -1, 2])},
        {"column": numbers([0, 0, 2])}, {"column": numbers([0, 0])}, {"value": numbers([1, 1, 1], "f4")},
        {"weights": ENTRY[:-1]},
    ):  # fmt: skip
        with pytest.raises(ValueError):
            matcher(**changes)
    for changes in ({"squares": ["a", "b", "c"]}, {"keys": [1, 2, 3]}, {"facts": [None]}, {"key": None}):
        with pytest.raises((TypeError, AttributeError)):
            matcher(**changes)


def test_what_fails_in_a_search_is_raised():
    one, query = matcher(), Query("退货", tools(), Weights({}))
    for args in ((), (query,), (query, "1", None, 0.0), (None, 1, None, 0.0), (query, 1, 7, 0.0), (query, 1, None, "")):
        with pytest.raises((TypeError, AttributeError)):
            one.search(*args)

    class Broken:
        folded = "退款"
        weights = Weights({})

    with pytest.raises(AttributeError):
        one.search(Broken(), 1, None, 0.0)
    with pytest.raises(ValueError):
        matcher(exact={"退货": [7]}).search(query, 1, None, 0.0)


def test_a_search_keeps_nothing(compiled):
    query = Query("怎么申请退货", tools(), compiled._snapshot.segments[0][0].weights)
    table = compiled._snapshot.segments[0][0]._block("return_apply")
    assert table.search(query, 5, None, 0.0)
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(1000):
        table.search(query, 5, None, 0.0)
    gc.collect()
    assert len(gc.get_objects()) <= before + 10


def test_weights_that_only_the_index_knows_are_asked_for():
    indexes = []
    for kept in (block.Matcher, None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(segment, "LARGE", 200)  # a large index keeps the weights of pairs in arrays
            patch.setattr(block, "Matcher", kept)
            indexes.append(FaqIndex.build(ENTRIES))
            whole = indexes[-1]._snapshot.segments[0][0]
            small = [intent for intent in INTENTS if not isinstance(whole._block(intent), InvertedBlock)]
        assert whole.weights.table is None
        assert {type(whole._block(intent)).__name__ for intent in small} == {"Matcher" if kept else "Block"}
    for number, text in enumerate([*map(shuffled, range(200)), *ODD]):
        agree(*indexes, text, k=3, intents=(small[number % len(small)],), least=0.2 * (number % 2))


def test_threads_share_a_matcher(compiled):
    texts = [*map(shuffled, range(40)), "我不要发票了", "3天还没发货为什么"]

    def found(text: str) -> list[tuple[str, float]]:
        return [(hit.entry_id, hit.score) for hit in compiled.search(text, 5, ("return_apply",))]

    wanted = [*map(found, texts)]
    with ThreadPoolExecutor(4) as threads:
        assert all(some == wanted for some in threads.map(lambda _: [*map(found, texts)], range(8)))
