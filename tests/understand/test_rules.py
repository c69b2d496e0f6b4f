from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.errors import DataFileError
from cs_nlp.understand.lexicon import Concept, ConceptHit, Lexicon
from cs_nlp.understand.rules import Near, Rule, RuleBook


def rule(name: str = "one", kind: str = "intent", label: str = "refund", score: float = 0.9, **asked: Any) -> Rule:
    return Rule(name, kind, label, score, "rules.yaml:3", **asked)


def fires(found: Rule, text: str, *hits: ConceptHit) -> bool:
    return bool(RuleBook([found]).find(text, hits))


ANY = rule(all=(("退款", "退钱"),))
ALL = rule(all=(("退款", "退钱"), ("没到", "多久")))
NONE = rule(all=(("退款",),), none=("运费",))
NEAR = rule(near=Near((("退款",), ("没到",)), 8, False))
ORDERED = rule(near=Near((("退款",), ("没到",)), 8, True))
REGEX = rule(regex=("[0-9]{1,2}天没退",))
WHOLE = rule(all=(("退款",),), whole=True)
SHORT = rule(all=(("退款",),), longest=4)


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        (ANY, "我要退款", True),
        (ANY, "我要退钱", True),
        (ANY, "我要退货", False),
        (ANY, "我不要退款", False),
        (ANY, "不要退款,要退钱", True),
        (ANY, "能不能退款", True),
        (ALL, "退款多久", True),
        (ALL, "多久退钱", True),
        (ALL, "退款", False),
        (ALL, "退钱退款", False),
        (NONE, "退款", True),
        (NONE, "退款和运费", False),
        (NONE, "不要运费,要退款", False),
        (NEAR, "退款还没到", True),
        (NEAR, "没到的退款", True),
        (NEAR, "退款我等了很久很久都没到", False),
        (ORDERED, "退款还没到", True),
        (ORDERED, "没到的退款", False),
        (REGEX, "15天没退给我", True),
        (REGEX, "十五天没退给我", False),
        (REGEX, "不是15天没退给我", False),
        (WHOLE, "亲,麻烦帮我退款啊!!", True),
        (WHOLE, "退款", True),
        (WHOLE, "这单退款", False),
        (SHORT, "我要退款", True),
        (SHORT, "我现在要退款", False),
    ],
)
def test_a_rule_fires_when_all_it_asks_for_is_there(asked: Rule, text: str, expected: bool) -> None:
    assert fires(asked, text) == expected


def test_a_concept_is_a_term() -> None:
    asked = rule(all=(("@REFUND",),), none=("@DENY",))
    assert fires(asked, "返款", ConceptHit("REFUND", 0, 2))
    assert not fires(asked, "不返款", ConceptHit("REFUND", 1, 3))
    assert not fires(asked, "返款算了", ConceptHit("REFUND", 0, 2), ConceptHit("DENY", 2, 4))
    assert not fires(asked, "返款")


def test_three_near_groups_lie_within_one_window() -> None:
    asked = rule(near=Near((("甲",), ("乙",), ("丙",)), 6, False))
    assert fires(asked, "乙甲一二丙")
    assert not fires(asked, "乙一二三四甲一二三四丙")


def test_a_denied_match_does_not_hide_a_meant_one() -> None:
    asked = rule(kind="severity", label="S", regex=("(?:要|去).{0,4}举报",))
    assert not fires(asked, "我没说要举报你")
    assert fires(asked, "昨天我没说要举报你,今天我去实名举报")


def test_hits_come_in_the_order_of_the_rules_with_their_spans() -> None:
    book = RuleBook([rule("late", all=(("到账",), ("退款",))), rule("early", all=(("退款",),))])
    hits = book.find("退款到账", [])
    assert [(hit.rule.id, hit.spans) for hit in hits] == [("late", ((0, 2), (2, 4))), ("early", ((0, 2),))]


def test_no_rules_no_hits() -> None:
    assert RuleBook([]).find("退款", []) == []


def test_json_gives_rules_that_fire_alike() -> None:
    rules = [ANY, ALL, NONE, NEAR, ORDERED, REGEX, WHOLE, SHORT]
    book = RuleBook([rule(f"r{at}", **_asked(one)) for at, one in enumerate(rules)])
    again = RuleBook.from_json(book.to_json())
    for text in ("我要退款", "退款还没到", "15天没退给我,退钱多久", "亲退款", "没到的退款和运费"):
        assert [hit.rule.id for hit in again.find(text, [])] == [hit.rule.id for hit in book.find(text, [])]
    assert again.to_json() == book.to_json()


def _asked(one: Rule) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("all", "none", "near", "regex", "whole", "longest")}


def test_labels_outside_the_label_set_are_faults(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text("version: 1\nrules:\n  - {id: a, label: refunds, any: [退款]}\n", encoding="utf-8")
    assert RuleBook.from_yaml(file).rules[0].label == "refunds"
    with pytest.raises(DataFileError, match="'refunds' is not known; allowed are refund"):
        RuleBook.from_yaml(file, labels=["refund"])


@given(
    st.lists(
        st.sampled_from(["退款", "退钱", "没到", "多久", "运费", "不要", "15天没退", "亲", ",", "了"]), max_size=8
    ).map("".join)
)
def test_spans_are_inside_the_text(text: str) -> None:
    for hit in RuleBook([ANY, ALL, NONE, NEAR, ORDERED, REGEX, WHOLE, SHORT]).find(text, []):
        assert hit.spans and all(0 <= start < end <= len(text) for start, end in hit.spans)


def test_named_lists_stand_in_for_their_terms(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(
        """
version: 1
lists:
  wonders: &wonders [会不会, 如果]
rules:
  - {id: broken, sets: severity, label: A, any: [碎了], none: [*wonders, 没碎]}
""",
        encoding="utf-8",
    )
    book = RuleBook.from_yaml(file)
    assert book.rules[0].none == ("会不会", "如果", "没碎")
    assert [bool(book.find(text, [])) for text in ("杯子碎了", "会不会碎了", "没碎了")] == [True, False, False]


@given(
    st.lists(
        st.sampled_from(["退款", "退钱", "没到", "多久", "运费", "不要", "15天没退", "亲", "12315", "8", "了"]),
        max_size=8,
    ).map("".join)
)
def test_each_rule_fires_as_if_it_were_alone(text: str) -> None:
    rules = [ANY, ALL, NONE, NEAR, ORDERED, REGEX, WHOLE, SHORT, rule(all=(("12315", "没到"),), none=("8",))]
    alone = [hit for one in rules for hit in RuleBook([one]).find(text, [])]
    assert RuleBook(rules).find(text, []) == alone


def test_a_pattern_matches_inside_a_number_where_a_keyword_does_not() -> None:
    asked = [rule("word", all=(("315",),)), rule("pattern", regex=("315[0-9]{1,3}单",))]
    assert [hit.rule.id for hit in RuleBook(asked).find("31527单", [])] == ["pattern"]
    assert [hit.rule.id for hit in RuleBook(asked).find("315单", [])] == ["word"]


def test_words_of_a_lexicon_are_found_in_the_same_pass() -> None:
    lexicon = Lexicon([Concept("REFUND", "退钱", ("退款", "退")), Concept("WHEN", "何时", ("多久", "久"))])
    asked = [rule("concept", all=(("@WHEN",),)), rule("word", all=(("退款", "315"),)), rule("number", all=(("315",),))]
    alone, joined = RuleBook(asked), RuleBook(asked, lexicon.words)
    for text in ("退款多久", "退多久了", "315退", "13152", "不退款"):
        hits = lexicon.find(text)
        assert lexicon.find(text, joined.scan(text)) == hits
        assert joined.find(text, hits, joined.scan(text)) == joined.find(text, hits) == alone.find(text, hits)
