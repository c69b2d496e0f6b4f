from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.decide.clarify import Clarify, options_key, slot_key
from cs_nlp.decide.follow_up import FollowUps
from cs_nlp.errors import DataFileError
from cs_nlp.types import OpenQuestion, Option

CLARIFY = Clarify.default()
OPTIONS = (Option("退货", "return_apply"), Option("换货", "exchange"))


def test_no_question_comes_twice() -> None:
    said: list[str] = []
    while question := CLARIFY.ask(OPTIONS, said, unsure=False):
        assert question.text not in said
        said += [question.text, options_key(question.options)]
    assert len(said) == 2 * (1 + len(CLARIFY.open))


def test_the_same_choices_are_not_offered_in_other_words() -> None:
    question = CLARIFY.ask(OPTIONS[::-1], [options_key(OPTIONS)], unsure=False)
    assert question is not None and question.text == CLARIFY.open[0]


@pytest.mark.parametrize(
    ("intent", "given", "missing"),
    [
        ("damaged", [], ("order_id", "image")),
        ("damaged", ["order_card"], ("image",)),
        ("damaged", ["image", "order_id"], ()),
        ("safety", ["order_id", "image"], ("batch_no",)),
        ("delivery_status", ["tracking_no"], ()),
        ("greeting", [], ()),
    ],
)
def test_what_a_desk_still_needs(intent: str, given: list[str], missing: tuple[str, ...]) -> None:
    assert CLARIFY.missing(intent, given) == missing


def test_a_slot_is_asked_for_once() -> None:
    question = CLARIFY.ask_for(("order_id", "image", "batch_no"), [])
    assert question is not None and question.slot == "order_id"
    assert question.text == "方便的话请发一下订单号、能看清问题的照片、外包装上的生产日期或批号。"
    assert CLARIFY.ask_for(("image",), [slot_key("image")]) is None
    assert CLARIFY.ask_for(("shoe_colour",), []) is None


def test_an_answer_that_asks_already_is_noticed() -> None:
    follow_ups = FollowUps(CLARIFY)
    for _ in range(2):
        assert follow_ups.asked_in("请发来订单号", OpenQuestion("方便提供订单号吗？"))
        assert not follow_ups.asked_in("请发来照片", OpenQuestion("方便提供订单号吗？"))
        assert not follow_ups.asked_in("请发来照片", OpenQuestion("请问收到几天了？"))


def test_a_file_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    file = tmp_path / "clarify.yaml"
    file.write_text(
        "version: 1\nquestions: []\nslots: {order_id: 订单号？}\nneeds: [{intents: [a], slots: [photo]}]\nnamed: {}\n",
        encoding="utf-8",
    )
    with pytest.raises(DataFileError) as error:
        Clarify.from_yaml(file)
    for part in ("questions", "open", "none_fits", "slots"):
        assert any(part in line for line in error.value.faults)
