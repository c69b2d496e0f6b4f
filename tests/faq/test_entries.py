from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cs_nlp.errors import DataFileError
from cs_nlp.faq.compiled import from_json, to_json
from cs_nlp.faq.entries import FaqAnswer, FaqEntry, load_entries, load_settings, render
from cs_nlp.faq.forms import forms_of, make_forms

SETTINGS = 'version: 1\nsettings:\n  hours: 每天 8 点到 24 点\n  days: "7"\n'
GOOD = """\
version: 1
topic: 退货
entries:
  - id: return_how
    question: 怎么退货？
    variants: [我要退货, 退货在哪里申请]
    answer: 您好，签收后 {days} 天内可在订单页申请。
    answers:
      - {text: "订单 {order_id} 可以退货。", channel: [app], tier: [plus]}
    intents: [return_apply]
    related: [return_fee]
    valid_from: 2026-01-01
    reviewed: 2026-11-20
  - id: return_fee
    question: 退货运费谁出
    answer: 您好，请看运费险。
"""


def folder_of(tmp_path: Path, text: str) -> Path:
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "returns.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_entries_are_read_with_their_place(tmp_path):
    first, second = load_entries(folder_of(tmp_path, GOOD))
    assert first.questions == ("怎么退货？", "我要退货", "退货在哪里申请")
    assert first.answers == (FaqAnswer("订单 {order_id} 可以退货。", ("app",), ("plus",)),)
    assert (first.topic, first.valid_from, first.reviewed) == ("退货", date(2026, 1, 1), date(2026, 11, 20))
    assert (first.place, second.place) == ("returns.yaml:4", "returns.yaml:14")
    assert load_settings(tmp_path)["days"] == "7"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("id: return_fee", "id: return_how", "'return_how' stands at returns.yaml:4 already"),
        ("退货运费谁出", "我要 退货！", "stands in 'return_how' already"),
        ("answer: 您好，请看运费险。", 'answer: ""', "answer: a text is needed"),
        ("请看运费险", "{hour}", "the slot {hour} is not known"),
        ("请看运费险", "{order_id}", "only a message can fill {order_id}"),
        ("[return_fee]", "[nothing]", "no entry has the id 'nothing'"),
        ("intents:", "intent:", "entries[0].intent: is not known"),
        ("2026-01-01", "2026-13-01", "a day like 2026-11-20 is needed"),
        ("2026-01-01", "2026-01-01\n    valid_until: 2025-01-01", "is before valid_from"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path, old, new, fault):
    with pytest.raises(DataFileError, match=r"returns\.yaml:") as error:
        load_entries(folder_of(tmp_path, GOOD.replace(old, new, 1)))
    assert any(fault in line for line in error.value.faults)


def test_all_faults_come_at_once(tmp_path):
    broken = GOOD.replace("{days}", "{nix}").replace("[return_fee]", "[nothing]").replace("请看运费险", "{order_id}")
    with pytest.raises(DataFileError) as error:
        load_entries(folder_of(tmp_path, broken))
    assert len(error.value.faults) == 3


def test_a_folder_without_entries_is_refused(tmp_path):
    with pytest.raises(DataFileError, match="no FAQ entry"):
        load_entries(tmp_path)
    assert load_settings(tmp_path) == {}


@pytest.mark.parametrize(
    ("slots", "channel", "tier", "text"),
    [
        ({"days": "7", "order_id": "8001"}, "app", "plus", "订单 8001 可以退货。"),
        ({"days": "7", "order_id": "8001"}, "web", "plus", "您好，签收后 7 天内可在订单页申请。"),
        ({"days": "7"}, "app", "plus", "您好，签收后 7 天内可在订单页申请。"),
        ({"order_id": "8001"}, None, None, None),
        ({"days": ""}, None, None, None),
    ],
)
def test_the_first_answer_that_fits_and_can_be_filled_is_given(tmp_path, slots, channel, tier, text):
    entry = load_entries(folder_of(tmp_path, GOOD))[0]
    assert render(entry, slots, channel, tier) == text


def test_a_slot_value_is_not_filled_again():
    assert render(FaqEntry("a", ("问",), "答 {x}"), {"x": "{y}", "y": "坏"}) == "答 {y}"


def test_compiled_form_gives_the_same_entries(tmp_path):
    entries, settings = load_entries(folder_of(tmp_path, GOOD)), load_settings(tmp_path)
    text = to_json(entries, settings)
    assert from_json(text) == (entries, settings)
    assert to_json(*from_json(text)) == text


def test_compiled_form_brings_the_forms_that_would_be_made(tmp_path):
    (entry, *_), _ = from_json(
        to_json(load_entries(folder_of(tmp_path, GOOD.replace("我要退货,", "我要退貨, 我要退货！,"))), {})
    )
    assert entry.forms == make_forms(entry.questions)
    assert entry.forms.asked == ("怎么退货？", "我要退貨", "退货在哪里申请")


def test_forms_of_other_questions_or_other_synonyms_are_not_used(tmp_path):
    text = to_json(load_entries(folder_of(tmp_path, GOOD)), {})
    entry = replace(from_json(text)[0][0], questions=("怎么换货",))
    assert forms_of(entry) == make_forms(("怎么换货",))
    old = json.dumps(json.loads(text) | {"forms": "0"})
    assert from_json(old)[0][0].forms is None
    assert from_json(old)[0] == from_json(text)[0]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format":2}', '{"format":1,"settings":{},"entries":[{"id":"a"}]}'])
def test_a_broken_compiled_form_is_refused(text):
    with pytest.raises(DataFileError, match="compiled knowledge base"):
        from_json(text)
