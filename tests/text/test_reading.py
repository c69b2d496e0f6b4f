from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.text.entities import ENTITY_TYPES
from cs_nlp.text.normalize import MAX_CHARACTERS
from cs_nlp.text.reading import read
from cs_nlp.text.skeleton import PLACEHOLDERS, skeleton


@pytest.mark.parametrize("raw", [None, 3, b"text", ["a"]])
def test_only_a_str_is_a_message(raw: object) -> None:
    with pytest.raises(TypeError, match=type(raw).__name__):
        read(raw)  # type: ignore[arg-type]


@pytest.mark.parametrize("raw", ["", " ", "\u3000\n", "\u200b", "\ud800"])
def test_nothing_left_is_noted(raw: str) -> None:
    assert "empty" in read(raw).notes


def test_a_plain_message_keeps_its_text() -> None:
    message = read("怎么取消订单")
    assert (message.raw, message.text, message.offsets, message.entities, message.notes) == (
        "怎么取消订单",
        "怎么取消订单",
        None,
        (),
        (),
    )


@given(st.text())
def test_any_text_can_be_read(raw: str) -> None:
    message = read(raw)
    for entity in message.entities:
        span = message.span(entity.start, entity.end)
        assert 0 <= span.start < span.end <= len(raw)
    assert len(message.text) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("订单20481234567什么时候到", "订单Ⓞ什么时候到"),
        ("两件199元", "ⓆⓂ"),
        ("iphone15有128的吗", "iphone②有④的吗"),
        ("我要打12315", "我要打12315"),
        ("编码1 22 333 4444 55555", "编码① ② ④ ④ ⑨"),
        ("[图片]坏了", "Ⓥ坏了"),
        ("怎么退货", "怎么退货"),
        ("", ""),
    ],
)
def test_a_skeleton_has_signs_instead_of_values(raw: str, text: str) -> None:
    assert skeleton(read(raw)).text == text


def test_types_can_be_kept() -> None:
    assert skeleton(read("明天买2件"), keep={"date"}).text == "明天买Ⓠ"


def test_every_type_has_one_sign_of_its_own() -> None:
    assert set(PLACEHOLDERS) == set(ENTITY_TYPES)
    assert len(set(PLACEHOLDERS.values())) == len(PLACEHOLDERS)


def test_signs_cannot_be_typed() -> None:
    assert read("".join(PLACEHOLDERS.values()) + "①②④⑨⑩").text.isascii()


@given(
    st.lists(st.sampled_from(["20481234567", "明天", "2件", "退", "7", "77", "[图片]", " ", "x", "12315"]), max_size=9)
)
def test_a_skeleton_leads_back_to_the_text(pieces: list[str]) -> None:
    message = read("".join(pieces))
    bones = skeleton(message)
    spans = [bones.span(at, at + 1) for at in range(len(bones.text))]
    assert "".join(message.text[start:end] for start, end in spans) == message.text
    kept = [(sign, message.text[start:end]) for sign, (start, end) in zip(bones.text, spans, strict=True)]
    assert all(sign == text for sign, text in kept if sign.isascii() and sign.isalpha())
