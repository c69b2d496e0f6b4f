from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from cs_nlp.decide.desks import Case, Desks, language_of
from cs_nlp.decide.sla import Sla
from cs_nlp.errors import DataFileError
from tests.decide.worlds import NOON, SHANGHAI

DESKS = Desks.default()
CALENDAR = Sla.default().calendar
NIGHT = datetime(2026, 11, 18, 3, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("case", "desk", "reason"),
    [
        (Case("damaged", "手机屏幕碎裂"), "aftersale_a", "skill:屏幕碎裂"),
        (Case("product_info", "有没有操作指南"), "aftersale_b", "skill:操作指南"),
        (Case("refund_status", "退款呢"), "finance", "intent:refund_status"),
        (Case("delivery_status", "where is my parcel please"), "overseas", "language:en"),
        (Case("delivery_status", "到哪了", language="en"), "overseas", "language:en"),
        (Case("delivery_status", "到哪了", customer_tier="vip"), "vip", "customer:vip"),
        (Case("safety", "吃坏肚子", senior=True, severe=True, customer_tier="vip"), "safety", "intent:safety"),
        (Case("no_such_intent", "？"), "frontline", "fallback"),
        (Case("invoice", "发票", senior=True), "complaints", "senior_fallback"),
    ],
)
def test_a_case_finds_its_desk_and_says_why(case: Case, desk: str, reason: str) -> None:
    route = DESKS.find(case, calendar=CALENDAR, now=NOON)
    assert (route.desk.id, route.reasons[0]) == (desk, reason)


def test_a_product_has_its_desk(tmp_path: Path) -> None:
    file = tmp_path / "desks.yaml"
    file.write_text(
        "version: 1\ndesks:\n  a: {name: 甲, tier: junior, intents: [invoice]}\n"
        "  b: {name: 乙, tier: junior, intents: [], products: ['77']}\n  c: {name: 丙, tier: senior, intents: []}\n"
        "fallback: a\nsenior_fallback: c\n",
        encoding="utf-8",
    )
    desks = Desks.from_yaml(file)
    assert desks.find(Case("invoice", product="7712")).reasons == ("product:7712",)
    assert desks.find(Case("invoice", product="12")).desk.id == "a"


def test_a_closed_desk_passes_on() -> None:
    route = DESKS.find(Case("delivery_status"), calendar=CALENDAR, now=NIGHT)
    assert (route.desk.id, route.reasons) == ("frontline", ("intent:delivery_status", "closed:logistics"))


def test_a_closed_desk_without_a_next_keeps_the_case_till_it_opens() -> None:
    route = DESKS.find(Case("merchant_coop"), calendar=CALENDAR, now=NIGHT)
    assert route.desk.id == "business" and route.reasons[-1] == "waits:business"
    assert route.opens == datetime(2026, 11, 18, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("load", "desk"),
    [
        ({}, "aftersale_a"),
        ({"aftersale_a": 0.5}, "aftersale_a"),
        ({"aftersale_a": 0.95}, "aftersale_b"),
        ({"aftersale_a": 1.0, "aftersale_b": 1.0}, "aftersale_b"),
    ],
)
def test_a_full_desk_overflows_once(load: dict[str, float], desk: str) -> None:
    assert DESKS.find(Case("damaged"), calendar=CALENDAR, now=NOON, load=load).desk.id == desk


@pytest.mark.parametrize(
    ("text", "language"),
    [("where is my parcel", "en"), ("iphone 15 pro max 有货吗", "zh"), ("", "zh"), ("ok thanks", "zh")],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_desk_file_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    file = tmp_path / "desks.yaml"
    file.write_text(
        "version: 1\ndesks:\n  a: {name: 甲, tier: junior, intents: [invoice], hours: always, next: nobody}\n"
        "  b: {name: 乙, tier: junior, intents: [invoice], skills: [屏幕]}\n  c: {name: 丙, tier: boss, intents: [], skills: [屏幕]}\n"
        "fallback: a\nsenior_fallback: z\n",
        encoding="utf-8",
    )
    with pytest.raises(DataFileError) as error:
        Desks.from_yaml(file)
    for part in (
        "desks.a.hours",
        "desks.a.next",
        "desks.b.intents",
        "desks.c.skills",
        "desks.c.tier",
        "senior_fallback",
    ):
        assert any(part in line for line in error.value.faults)
