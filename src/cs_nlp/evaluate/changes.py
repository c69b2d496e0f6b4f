"""Changes of a message that leave its meaning: signs, width, script, spaces, a greeting, slips of the input method."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

SLIPS: Mapping[str, str] = {
    "退货": "退或", "换货": "换或", "发货": "发或", "快递": "块递", "物流": "物留", "客服": "客福", "发票": "发漂",
    "优惠券": "优惠卷", "签收": "签受", "质量": "质亮", "什么": "什莫", "怎么": "怎摸", "订单": "定单", "申请": "申清",
    "地址": "地止", "退款": "退宽", "差评": "差坪", "投诉": "投素", "收到": "收道", "尺码": "尺马", "账号": "帐号",
    "到账": "到帐", "已经": "以经", "打折": "打拆", "运费": "运废", "修改": "修该", "取消": "去消", "价格": "价个",
}  # fmt: skip
"""Words and how they are mistyped with a pinyin or handwriting keyboard."""


def change(text: str, name: str) -> str:
    """A message after a change.

    Args:
        text: The message.
        name: One of `CHANGES`, or `before:…` / `after:…` with the text to add.

    >>> change("怎么退货", "greeting_before"), change("怎么退货", "after:，急")
    ('你好，怎么退货', '怎么退货，急')
    """
    if name.startswith("before:"):
        return name.removeprefix("before:") + text
    if name.startswith("after:"):
        return text + name.removeprefix("after:")
    return CHANGES[name](text)


def _without_signs(text: str) -> str:
    return "".join(sign for sign in text if not unicodedata.category(sign).startswith("P"))


def _full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _spaced(text: str) -> str:
    return " ".join(text)


def _zero_width(text: str) -> str:
    return "\u200b".join(text)


def _slip(text: str) -> str:
    """The first word that has a known slip is mistyped."""
    for word, wrong in SLIPS.items():
        if word in text:
            return text.replace(word, wrong, 1)
    return text


def _last_doubled(text: str) -> str:
    return text + text[-1:]


@lru_cache(maxsize=1)
def _to_traditional() -> Any:
    import opencc

    return opencc.OpenCC("s2t")


def _traditional(text: str) -> str:
    return str(_to_traditional().convert(text))


CHANGES: Mapping[str, Callable[[str], str]] = {
    "signs_after": lambda text: text.rstrip("？?。!！") + "？？？",
    "exclaimed": lambda text: text.rstrip("？?。!！") + "！",
    "full_stop": lambda text: text.rstrip("？?。!！") + "。",
    "without_signs": _without_signs,
    "full_width": _full_width,
    "upper_case": str.upper,
    "spaces_around": lambda text: f"  {text}\n",
    "spaced": _spaced,
    "zero_width": _zero_width,
    "traditional": _traditional,
    "slip": _slip,
    "last_doubled": _last_doubled,
    "dear_before": lambda text: "亲，" + text,
    "greeting_before": lambda text: "你好，" + text,
    "ask_before": lambda text: "请问" + text,
    "bother_before": lambda text: "打扰一下，" + text,
    "thanks_after": lambda text: text + "，谢谢",
    "particle_after": lambda text: text + "呢",
    "emoji_after": lambda text: text + "😊",
    "platform_emoji_after": lambda text: text + "[可怜]",
    "order_after": lambda text: text + "，订单号20481234567",
    "phone_after": lambda text: text + "，我电话13800001234",
}
"""Every change by its name."""
