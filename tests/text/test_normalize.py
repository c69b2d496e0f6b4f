from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.text.normalize import EVASIONS, MAX_CHARACTERS, normalize
from cs_nlp.text.traditional import TRADITIONAL, simplify
from cs_nlp.types import Message

PIECES = [
    "tui款",
    "微x",
    "tuikuan",
    "12三15",
    "[大哭]",
    "[哭]",
    "[",
    "]",
    "😡",
    "👍🏻",
    "👩‍👧",
    "#E-s01",
    " ",
    "\u3000",
]
PIECES += [
    "\u200b",
    "\n",
    "退貨",
    "著",
    "薴",
    "ＡＢ",
    "①",
    "㎏",
    "½",
    "¨",
    "。。",
    "！！",
    "!!!!",
    "a",
    "1111",
    "x",
    "\ud800",
]
ODD_TEXTS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("我的快递怎么还没到", "我的快递怎么还没到"),
        ("你好，能退吗？急！", "你好,能退吗?急!"),
        ("运费：谁出；（包邮）【急】", "运费:谁出;(包邮)[急]"),
        ("差3.5元。", "差3.5元。"),
        ("ＸＬ码Ｏｋ　吗", "xl码ok 吗"),
        ("  退货\t\n 可以吗 ", "退货 可以吗"),
        ("請問這個什麼時候發貨", "请问这个什么时候发货"),
        ("電話打不通，乾淨的紙盒", "电话打不通,干净的纸盒"),
        ("妳們還不發貨", "你们还不发货"),
        ("5㎏的米①袋", "5kg的米1袋"),
        ("", ""),
    ],
)
def test_characters_get_their_usual_form(raw: str, text: str) -> None:
    assert normalize(raw).text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("太慢了😡😡😡", "太慢了[生气]"),
        ("谢谢👍🏻", "谢谢[赞]"),
        ("好评❤️", "好评[爱心]"),
        ("怎么办[流泪][大哭]", "怎么办[哭]"),
        ("#E-s12在吗", "[表情]在吗"),
        ("🦖🦕", "[表情]"),
        ("1️⃣件", "1件"),
        ("[图片][图片]", "[图片][图片]"),
    ],
)
def test_emoji_become_markers(raw: str, text: str) -> None:
    assert normalize(raw).text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("好好好好好好", "好好好"),
        ("？？？？？", "???"),
        ("单号10000000000", "单号10000000000"),
        ("一三八零零零零零零零一", "一三八零零零零零零零一"),
        ("哈哈哈", "哈哈哈"),
    ],
)
def test_runs_are_cut_but_numbers_are_not(raw: str, text: str) -> None:
    assert normalize(raw).text == text


@pytest.mark.parametrize(("spelling", "meaning"), sorted(EVASIONS.items()))
def test_listed_evasions_are_undone(spelling: str, meaning: str) -> None:
    assert normalize(f"我要{spelling}！").text == f"我要{meaning}!"


@pytest.mark.parametrize("raw", ["kefu2号", "退kuang", "laji2", "x12三15", "微xl码"])
def test_what_only_resembles_an_evasion_stays(raw: str) -> None:
    assert normalize(raw).text == raw


@pytest.mark.parametrize("odd", ["\u200b", "\ufeff", "\u202e", "\x00", "\ud800", "\ue000", "\xad"])
def test_invisible_characters_vanish_with_a_note(odd: str) -> None:
    normal = normalize(f"退{odd}款")
    assert (normal.text, normal.offsets, normal.notes) == ("退款", (0, 2, 3), ("control_characters",))


def test_parts_of_emoji_are_no_control_characters() -> None:
    assert normalize("❤️👨‍👩‍👧1️⃣").notes == ()


def test_only_the_first_characters_count() -> None:
    normal = normalize("退" + "货啊" * MAX_CHARACTERS)
    assert (len(normal.text), normal.offsets, normal.notes) == (MAX_CHARACTERS, None, ("truncated",))


def test_a_text_that_grows_is_cut_again() -> None:
    normal = normalize("㎏。" * 900)
    assert len(normal.text) == MAX_CHARACTERS
    assert normal.notes == ("truncated",)


def test_offsets_lead_back_to_what_was_typed() -> None:
    raw = "  我要 tui款😡　ＸＬ"
    normal = normalize(raw)
    message = Message(raw, normal.text, normal.offsets)
    found = {
        word: message.span(at, at + len(word)).of(raw)
        for word in ("我要", "退款", "xl")
        if (at := normal.text.index(word)) >= 0
    }
    assert found == {"我要": "我要", "退款": "tui款", "xl": "ＸＬ"}


@given(ODD_TEXTS)
def test_any_text_has_a_normal_form_that_is_its_own(raw: str) -> None:
    normal = normalize(raw)
    again = normalize(normal.text)
    assert (again.text, again.offsets, again.notes) == (normal.text, None, ())


@given(ODD_TEXTS)
def test_offsets_never_fall_and_stay_inside(raw: str) -> None:
    normal = normalize(raw)
    if normal.offsets is None:
        assert len(normal.text) == len(raw)
    else:
        assert len(normal.offsets) == len(normal.text) + 1
        assert list(normal.offsets) == sorted(normal.offsets)
        assert all(0 <= offset < len(raw) for offset in normal.offsets[:-1])


@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=30))
def test_normal_text_is_free_of_invisible_characters(raw: str) -> None:
    assert not {unicodedata.category(character) for character in normalize(raw).text} & {"Cc", "Cf", "Co", "Cn"}


def test_the_list_of_traditional_characters_is_opencc_s() -> None:
    opencc = pytest.importorskip("opencc")
    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    changed = [old for old, new in zip(characters, simplified, strict=True) if old != new]
    assert "".join(changed) == TRADITIONAL


@given(st.text(st.sampled_from(TRADITIONAL + "著乾瞭藉隆坤名望口目"), max_size=6))
def test_simplifying_keeps_the_length_and_is_done_once(text: str) -> None:
    simple = simplify(text)
    assert len(simple) == len(text)
    assert simplify(simple) == simple
