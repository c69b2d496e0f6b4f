"""The compiled screener finds what lexicon and rules find in Python."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.bundle import Bundle, shipped_bundle
from cs_nlp.understand.lexicon import Concept, ConceptHit, Lexicon
from cs_nlp.understand.rules import Near, Rule, RuleBook

pytest.importorskip("cs_nlp.understand._screener", reason="installed without a C compiler")

EVAL = Path(__file__).parents[2] / "data" / "eval" / "messages.jsonl"
Books = tuple[Lexicon, RuleBook]

LEXICON = Lexicon(
    [
        Concept("REFUND", "退钱", ("退款", "退钱")),
        Concept("BACK", "退", ("退",)),
        Concept("GOODS", "货", ("退款货", "货")),
        Concept("HOTLINE", "热线", ("315",)),
    ]
)
RULES = [
    Rule("both", "intent", "a", 0.9, "demo:1", all=(("@REFUND", "钱"), ("货",)), none=("不要",)),
    Rule("near", "intent", "b", 0.9, "demo:2", near=Near((("退",), ("@GOODS",)), 4, ordered=True)),
    Rule("short", "intent", "c", 0.9, "demo:3", all=(("@BACK",),), longest=3),
    Rule("pattern", "intent", "d", 0.9, "demo:4", regex=("退+钱",)),
    Rule("number", "intent", "e", 0.9, "demo:5", all=(("315",),)),
    Rule("digits", "intent", "f", 0.9, "demo:6", regex=("15退",)),
]


def check(books: Books, text: str) -> None:
    lexicon, rules = books
    screener = rules.compiled(lexicon)
    assert screener is not None
    found = screener.scan(text)
    assert sorted(found) == sorted(rules.scan(text))
    hits, left, kept = screener.read(text)
    assert hits == screener.concepts(text) == lexicon.find(text, found)
    assert all(type(hit) is ConceptHit and hash(hit) == hash(tuple(hit)) for hit in hits)
    assert all(hash(one) == hash((*one,)) for one in (*found, *kept))
    assert rules.fire(text, left, kept) == rules.find(text, hits, found)


@pytest.fixture(scope="module")
def shipped() -> Books:
    bundle = Bundle.load(shipped_bundle())
    return bundle.lexicon, RuleBook(bundle.rules.rules, bundle.lexicon.words)


def test_messages_are_read_the_same(shipped: Books) -> None:
    for line in EVAL.read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        check(shipped, re.sub("[0-9]", "", text) if shipped[0].has_figures(text) else text)


@pytest.mark.parametrize("rules", [RULES, RULES[2:], []], ids=["all", "no groups", "none"])
@given(text=st.text("退款钱货不要315", max_size=12))
def test_any_text_is_read_the_same(rules: list[Rule], text: str) -> None:
    check((LEXICON, RuleBook(rules, LEXICON.words)), text)


def test_more_rules_than_bits_of_a_word() -> None:
    many = [
        Rule(f"rule{n}", "intent", "a", 0.9, f"demo:{n}", all=(("退", "货")[n % 2 : n % 2 + 1],)) for n in range(150)
    ]
    for text in ("退", "货", "退货", "款"):
        check((LEXICON, RuleBook(many, LEXICON.words)), text)


def test_no_rules_and_no_words_find_nothing() -> None:
    for text in ("", "退款" * 5000, "😡𠮷"):
        check((Lexicon([]), RuleBook([])), text)
        check((LEXICON, RuleBook(RULES, LEXICON.words)), text)


@pytest.mark.parametrize("wrong", [None, 1, b"", ["退"]])
def test_only_texts_are_read(wrong: object) -> None:
    screener = RuleBook(RULES, LEXICON.words).compiled(LEXICON)
    assert screener is not None
    for call in (screener.read, screener.concepts, screener.scan):
        with pytest.raises(TypeError):
            call(wrong)  # type: ignore[arg-type]


def test_words_it_has_no_room_for_are_left_to_python() -> None:
    lexicon = Lexicon([Concept("RARE", "生僻字", ("𠮷",))])
    assert RuleBook([], lexicon.words).compiled(lexicon) is None
    many = Lexicon([Concept("MANY", "字", tuple(map(chr, range(0x4E00, 0x4E00 + 9000))))])
    assert RuleBook([], many.words).compiled(many) is None


def test_a_long_text_with_rare_characters_is_read_the_same(shipped: Books) -> None:
    check(shipped, "退款𠮷😡怎么还没到账，" * 200)
