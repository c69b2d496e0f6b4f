from __future__ import annotations

import pytest

from cs_nlp.evaluate.changes import CHANGES, change


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("signs_after", "怎么退货OK？？？"),
        ("without_signs", "怎么退货OK"),
        ("full_width", "怎么退货ＯＫ?".replace("?", "？")),
        ("spaced", "怎 么 退 货 O K ?"),
        ("slip", "怎么退或OK?"),
        ("dear_before", "亲，怎么退货OK?"),
        ("traditional", "怎麼退貨OK?"),
        ("after:，急", "怎么退货OK?，急"),
        ("before:我的天，", "我的天，怎么退货OK?"),
    ],
)
def test_changes(name: str, changed: str) -> None:
    assert change("怎么退货OK?", name) == changed


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_every_change_takes_any_text(name: str) -> None:
    for text in ("", "?", "😊", "快递到哪了"):
        assert isinstance(change(text, name), str)
