from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.understand.patterns import MAX_ANCHORS, MAX_EXPANSION, anchors, check_linear, expand


@pytest.mark.parametrize(
    "pattern",
    [
        "退款",
        "退.{0,6}到账",
        "[0-9]{1,4}(?:天|小时)",
        "多少?(天|小时)",
        "(?:退|换)货",
        "a{2}b{2,3}c{0,24}",
        r"\d{1,3}号",
        "a{1,2}b{1,2}c{1,2}d{1,2}",
        "(?:退款|退货|换货){1,3}了",
        "[^,。]{1,24}没到",
    ],
)
def test_a_bounded_pattern_is_accepted(pattern: str) -> None:
    assert check_linear(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("退+", "without a bound"),
        ("退.*款", "without a bound"),
        ("退.{0,25}款", "without a bound"),
        ("(退{1,9}){1,9}", "435,848,049 ways"),
        ("[ab]{0,24}" * 3 + "[ab]{0,24}c", "390,625 ways"),
        (r"(退)\1", "back-references"),
        ("(?=退)款", "look-around"),
        ("(?<!不)退", "look-around"),
        ("退?", "empty text"),
        ("", "empty text"),
        ("退|", "empty text"),
        ("(退", "not a regular expression"),
        ("[退", "not a regular expression"),
    ],
)
def test_a_dangerous_pattern_is_refused(pattern: str, reason: str) -> None:
    assert reason in check_linear(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["(?:退?){24}退{24}", "(?:退款|[退款]){24}完", "退?" * 24 + "退" * 24, "(?i)(?:ax|Ax){24}b"],
    ids=["optional", "branch", "many_optional", "two_cases"],
)
def test_choices_that_multiply_are_refused(pattern: str) -> None:
    assert check_linear(pattern) != ""


@pytest.mark.parametrize(
    ("pattern", "strings"),
    [
        ("退款", ["退款"]),
        ("退[钱款]", ["退款", "退钱"]),
        ("多少?天", ["多天", "多少天"]),
        ("[0-2]号", ["0号", "1号", "2号"]),
        ("(好){1,3}", ["好", "好好", "好好好"]),
        ("退|换|退", ["换", "退"]),
        ("退.{0,6}款", None),
        ("[^退]", None),
        (r"\d", None),
        ("(好){1,4}", None),
        ("[0-9][0-9][0-9]", None),
    ],
)
def test_a_finite_pattern_is_spelled_out(pattern: str, strings: list[str] | None) -> None:
    assert expand(pattern) == strings


def test_spelling_out_stops_at_the_limit() -> None:
    assert expand("[0-9][0-9]", limit=99) is None
    assert len(expand("[0-9][0-9]", limit=100) or ()) == 100 <= MAX_EXPANSION


@given(
    st.lists(
        st.sampled_from(["退", "款?", "[钱款]", "(?:货|单)", "(?:到账)?", "(?:一|二|三)?", "[0-3]", "好{1,2}"]),
        max_size=4,
    )
)
def test_what_is_spelled_out_is_what_matches(parts: list[str]) -> None:
    pattern = "".join(parts)
    strings = expand(pattern)
    assert strings is not None and len(strings) == len(set(strings))
    assert all(re.fullmatch(pattern, text) for text in strings)


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("退款.{0,3}没到", ["退款"]),
        ("(的|了).{0,3}(碎|裂)", ["碎", "裂"]),
        ("(?:退|换)货?.{0,3}", ["换", "换货", "退", "退货"]),
        ("退?.{1,3}", None),
        ("[^退]{2}", None),
    ],
)
def test_anchors_are_what_few_messages_hold(pattern: str, texts: list[str] | None) -> None:
    assert anchors(pattern) == texts


@given(st.sampled_from(["退款.{0,3}没到", "(?:的|了){1,2}[一-三].{0,3}(?:碎|裂)了?", "(?:退|换)货?.{0,3}"]), st.data())
def test_an_anchor_is_in_every_match(pattern: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    found = anchors(pattern)
    assert found and len(found) <= MAX_ANCHORS and any(anchor in text for anchor in found)
