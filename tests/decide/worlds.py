"""What the tests of decisions share: a small knowledge base, a decider, a fixed time, messages with a given meaning."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from cs_nlp.decide.decider import Decider
from cs_nlp.decide.knowledge import Knowledge
from cs_nlp.decide.orders import Lookup, OrderSource
from cs_nlp.decide.policy import Thresholds
from cs_nlp.decide.turned import Rules
from cs_nlp.faq import FaqEntry, FaqIndex
from cs_nlp.types import Emotion, Label, Severity, Understanding
from cs_nlp.understand.taxonomy import Taxonomy

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=SHANGHAI)
BARS = Thresholds(direct=0.8, clarify=0.3)
SETTINGS = {"days": "7"}
FOLLOW_UPS = {"quality_issue": ("请问收到几天了？", "请问是怎么洗的？"), "delivery_status": ("方便提供订单号吗？",)}


def entries() -> list[FaqEntry]:
    """One general entry for each intent."""
    names = Taxonomy.default().intents
    return [
        FaqEntry(
            f"{intent}_general",
            (f"咨询{names[intent].name}", f"{names[intent].name}的问题"),
            f"这类问题（{intent}）您可以在订单详情里自助处理，{{days}} 天内有效。",
            intents=(intent,),
            tags=("general",),
            follow_ups=FOLLOW_UPS.get(intent, ()),
        )
        for intent in names
    ]


INDEX = FaqIndex.build(entries())


def decider(orders: OrderSource | None = None, rules: Rules | None = None) -> Decider:
    """A decider over the small knowledge base."""
    rules = rules or Rules()
    knowledge = Knowledge(INDEX, SETTINGS, rules.taxonomy, INDEX.entries())
    return Decider(knowledge, rules, BARS, lookup=Lookup(orders) if orders is not None else None)


def meaning(
    intent: str,
    score: float = 0.95,
    severity: str = "N",
    emotion: str = "calm",
    *,
    clear: float = 1.0,
    repeated: bool = False,
    second: str | None = None,
) -> Understanding:
    """A meaning, as if it had been understood."""
    labels = (Label(intent, score), Label("invoice" if intent != "invoice" else "coupon", (1 - score) / 2))
    flags = ("repeated",) if repeated else ()
    return Understanding(labels, second, Severity(severity), Emotion(emotion), clear, flags)
