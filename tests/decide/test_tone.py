from __future__ import annotations

import weakref
from pathlib import Path

import pytest

from cs_nlp.bundle import shipped_faq
from cs_nlp.decide.clarify import Clarify
from cs_nlp.decide.policy import Policy
from cs_nlp.decide.tone import Tone
from cs_nlp.errors import DataFileError
from cs_nlp.faq import load_entries, load_settings, render
from cs_nlp.types import Emotion, Severity

TONE = Tone.default()


def test_a_tone_that_is_given_up_is_freed_at_once() -> None:
    tone = Tone((), (), ("保证",), (), "请稍等")
    assert tone.checked("保证不掉色") == ("请稍等", False)
    seen = weakref.ref(tone)
    del tone
    assert seen() is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("绝对没问题", ("绝对",)),
        ("我保证不可能坏", ("保证", "不可能")),
        ("您私下转账给我", ("私下转账",)),
        ("加微信聊", ("加微信",)),
        ("加QQ聊", ("加QQ",)),
        ("不能保证当天到", ()),
        ("请在订单详情里申请", ()),
    ],
)
def test_what_is_never_said(text: str, words: tuple[str, ...]) -> None:
    assert TONE.banned(text) == words


def test_a_banned_text_is_replaced() -> None:
    assert TONE.checked("绝对退款") == (TONE.safe, False)
    assert TONE.checked("请稍等") == ("请稍等", True)


def test_no_sentence_comes_twice() -> None:
    said: list[str] = []
    while text := TONE.soothe("delivery_status", Emotion.ANGRY, Severity.A, said):
        assert text not in said
        said.append(text)
    assert len(said) >= 5


def test_a_calm_question_needs_no_soothing() -> None:
    assert TONE.soothe("invoice", Emotion.CALM, Severity.N, ()) == ""


def test_handing_over_is_said_differently_each_time() -> None:
    first = TONE.handover("请稍等。", ())
    assert first == "请稍等。" and TONE.handover("请稍等。", (first,)) not in ("", first)


def test_everything_the_bot_can_say_is_allowed() -> None:
    settings = load_settings(shipped_faq())
    texts = [
        *Policy.default().texts.values(),
        *Clarify.default().questions,
        *Clarify.default().open,
        *Clarify.default().slots.values(),
    ]
    for entry in load_entries(shipped_faq()):
        texts += [render(entry, settings) or "", *(answer.text for answer in entry.answers), *entry.follow_ups]
    assert [text for text in texts if TONE.banned(text)] == []


def test_a_tone_that_breaks_its_own_rules_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tone.yaml"
    file.write_text(
        "version: 1\nsoothing: [{id: a, texts: [我保证。]}]\nhandoff: []\nsafe: 绝对可以\n", encoding="utf-8"
    )
    with pytest.raises(DataFileError) as error:
        Tone.from_yaml(file)
    assert len(error.value.faults) == 2
