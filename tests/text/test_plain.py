"""The compiled way to the normal form of plain texts gives what the long way gives, or leaves a text to it."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("cs_nlp.text._plain", reason="installed without a C compiler")

normal = import_module("cs_nlp.text.normalize")  # the package has a function of this name
EVAL = Path(__file__).parents[2] / "data" / "eval" / "messages.jsonl"
CHARACTERS = "退款貨货。，！？【】[]# 　\n妳ＡＢaZ3三一幺级·￥\ud800😡\u200b"


def check(text: str) -> bool:
    found = normal._plain(text)
    if found is not None:
        assert normal.Normalized(found) == normal._thorough(text, None, ())
    return found is not None


@given(st.one_of(st.text(CHARACTERS, max_size=12), st.text(max_size=20), st.text("退!一1 ", max_size=9)))
def test_any_text(text: str) -> None:
    check(text)


def test_most_messages_are_plain() -> None:
    texts = [json.loads(line)["text"] for line in EVAL.read_text(encoding="utf-8").splitlines()]
    assert sum(map(check, texts)) > 0.8 * len(texts)


@pytest.mark.parametrize("text", ["", "怎么退货？", "１２、３", "。。。", "一一一一", "退货" * 127])
def test_plain_texts(text: str) -> None:
    assert check(text)


@pytest.mark.parametrize(
    "text", ["退貨", " 退货", "退货 ", "退  货", "！！！！", "[图片]", "#E-s01", "tui款", "退货" * 128]
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert normal._plain(text) is None


@pytest.mark.parametrize("evasion", normal.EVASIONS)
def test_an_evasion_is_never_plain(evasion: str) -> None:
    assert set(evasion) & set(normal._TELLTALES) and normal._plain(evasion) is None


def test_the_form_is_a_plain_string_whatever_came() -> None:
    class Text(str):
        pass

    for text in ("怎么退货", "怎么退货？"):
        assert type(normal._plain(Text(text))) is str


def test_only_texts_are_taken() -> None:
    for wrong in (None, b"", 3):
        with pytest.raises(TypeError):
            normal._plain(wrong)


@pytest.mark.parametrize("wrong", [("a", "", "", "", ""), ("", "a", "", "", ""), ("😡😡", "", "", "", "")])
def test_tables_that_do_not_fit_are_refused(wrong: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        normal.Plain(*wrong)
