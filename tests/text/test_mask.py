from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.text.entities import ENTITY_TYPES
from cs_nlp.text.mask import MASKS, mask, mask_message, mask_value
from cs_nlp.text.reading import read
from cs_nlp.text.skeleton import skeleton
from cs_nlp.types import Entity

PIECES = [
    "13800001234",
    "138 0000",
    " 1234",
    "138****1234",
    "订单号",
    "[订单号]",
    "电话",
    "[姓名]",
    "收件人",
    "王芳",
    ":",
    " ",
]
PIECES += [
    "6222 0200 0000 0000 000",
    "税号",
    "a@b.com",
    "苏州市",
    "和平路",
    "7号",
    "小区",
    "3栋",
    "😡",
    "\u200b",
    "退貨",
    "tui款",
]
ODD_TEXTS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
SEPARATORS = st.sampled_from(["", " ", "  ", "-", " - ", ".", "－", "\u3000", "\u200b", "_", "·"])
WIDE = {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}


@pytest.mark.parametrize(
    ("raw", "masked"),
    [
        ("电话13800001234，谢谢", "电话138****1234，谢谢"),
        ("订单号２０４８１２３４５６７", "订单号[订单号]"),
        ("收件人王芳，寄江苏省苏州市和平路77号", "收件人[姓名]，寄[地址]"),
        ("邮箱 lin@example.com", "邮箱 [邮箱]"),
        ("SF1300000000000到哪了", "[快递单号]到哪了"),
        ("[订单编号:20481234567，订单金额:￥74] 你好", "[订单卡片] 你好"),
        ("座机010-88886666", "座机[座机]"),
        ("两件199元，明天到？", "两件199元，明天到？"),
        ("", ""),
    ],
)
def test_only_personal_data_is_replaced(raw: str, masked: str) -> None:
    assert mask(raw) == masked


def test_text_beyond_the_limit_is_masked_too() -> None:
    raw = "退" * 1995 + "打13800001234，" + "货" * 500 + "13900001234"
    assert "13800001234" not in mask(raw)
    assert mask(raw).endswith("139****1234")
    assert mask_message(read(raw)) == mask(raw)


@given(
    st.lists(SEPARATORS, min_size=2, max_size=2),
    st.booleans(),
    st.sampled_from(["", "打", "订单 ", "我的手机", "型号很多，"]),
)
def test_a_phone_never_survives(separators: list[str], wide: bool, before: str) -> None:
    phone = f"139{separators[0]}4567{separators[1]}8012"
    masked = mask(f"{before}{phone.translate(WIDE) if wide else phone}谢谢")
    assert "4567" not in masked
    assert "４５６７" not in masked


@given(ODD_TEXTS)
def test_masking_twice_changes_nothing(raw: str) -> None:
    masked = mask(raw)
    assert mask(masked) == masked
    assert not any(entity.sensitive for entity in read(masked).entities)


@given(ODD_TEXTS)
def test_a_message_is_masked_like_its_text(raw: str) -> None:
    assert mask_message(read(raw)) == mask(raw)


@pytest.mark.parametrize(
    "raw", ["收件人王芳 13800001234", "订单20481234567到哪了", "寄到幸福小区3栋2单元", "税号91310115MA1K3UXX8Q"]
)
def test_a_masked_text_reads_like_the_original(raw: str) -> None:
    assert skeleton(read(mask(raw))).text == skeleton(read(raw)).text


def test_every_sensitive_type_has_a_mask() -> None:
    assert set(MASKS) < set(ENTITY_TYPES)
    assert mask_value(Entity("name", "王芳", 0, 2, sensitive=True)) == "[姓名]"
