from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.assistant import Assistant
from cs_nlp.text import read
from tests.samples import tiny_examples

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from([example.text for example in tiny_examples()]),
    st.lists(
        st.sampled_from(["退貨", "ＡＢ１", "订单20481234567", "😡", "^", "$", "的", " ", "发票", "\u200b", "_"]),
        max_size=9,
    ).map("".join),
    st.just("退款一直没有到账。" * 60),
)


def scores(bot: Assistant, text: str) -> dict[str, float]:
    """The scores of the linear model, in log-odds."""
    head = bot.bundle.model.heads["intent"]
    columns = bot.bundle.model.read(bot.analyzer.read(read(text)).view).columns
    return dict(zip(head.labels, columns[head.start : head.stop].tolist(), strict=True))


@given(text=TEXTS)
def test_contributions_and_bias_are_the_score(tiny_bot: Assistant, text: str) -> None:
    found, expected = tiny_bot.explain(text), scores(tiny_bot, text)
    for case in found.cases:
        assert case.total == pytest.approx(case.bias + sum(voice.value for voice in case.voices), abs=1e-9)
        assert case.total == pytest.approx(expected[case.intent], abs=1e-4)


@given(text=TEXTS)
def test_places_are_inside_the_text(tiny_bot: Assistant, text: str) -> None:
    found = tiny_bot.explain(text)
    assert len(found.characters) == len(text)
    for case in found.cases:
        for voice in case.voices:
            assert all(0 <= span.start < span.end <= len(text) for span in voice.spans)


@given(text=TEXTS)
def test_an_explanation_is_about_the_reply(tiny_bot: Assistant, text: str) -> None:
    found = tiny_bot.explain(text)
    assert found.reply == tiny_bot.reply(text)
    assert [case.intent for case in found.cases] == [label.id for label in found.reply.intents[:2]]
    assert 0.0 <= found.known <= 1.0 and 0.0 <= found.clear <= 1.0
    assert found.clear == tiny_bot.analyze(text).clear


def test_the_loudest_voice_comes_first(tiny_bot: Assistant) -> None:
    loud = [abs(voice.value) for voice in tiny_bot.explain("电子发票怎么下载").cases[0].voices]
    assert loud == sorted(loud, reverse=True)


@pytest.mark.parametrize(
    ("text", "block", "feature", "places"),
    [
        ("亲，發票呢", "char", "发票", ["發票"]),
        ("发票，发票", "char", "发票", ["发票", "发票"]),
        ("发票呢", "char", "^发", ["发"]),
        ("我要退货", "word", "我 要", ["我要"]),
        ("怎么开个发票", "concept", "INVOICE", ["发票"]),
        ("我要退货", "skip", "我_退", ["我", "退"]),
        ("我要退货", "shape", "length:1", []),
    ],
)
def test_a_voice_shows_where_it_stands(
    tiny_bot: Assistant, text: str, block: str, feature: str, places: list[str]
) -> None:
    voices = [
        voice for voice in tiny_bot.explain(text).cases[0].voices if (voice.block, voice.feature) == (block, feature)
    ]
    assert [[span.of(text) for span in voice.spans] for voice in voices] == [places]


def test_the_deciding_word_carries_the_heat(tiny_bot: Assistant) -> None:
    text = "麻烦问一下发票的事情"
    heat = tiny_bot.explain(text).characters
    at = text.index("发票")
    assert max(heat) == max(heat[at : at + 2])


def test_the_shipped_bot_explains_itself(bot: Assistant) -> None:
    text = "快递三天没更新了"
    found, expected = bot.explain(text), scores(bot, text)
    assert [case.total for case in found.cases] == pytest.approx(
        [expected[case.intent] for case in found.cases], abs=1e-4
    )
    assert found.faq is not None and found.thresholds == bot.thresholds
