"""What holds for all messages: a threat never calms the bot, and trifles do not change what is understood."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cs_nlp.assistant import Assistant
from cs_nlp.resources import packaged
from cs_nlp.types import Action, Severity
from cs_nlp.understand.rules import RuleBook
from tests.samples import CLEAR_SENTENCES, tiny_examples

THREAT = " 我要打12315投诉你们"
_RULES = [rule for rule in RuleBook.from_yaml(packaged("rules")).rules if rule.kind == "severity"]
EXCUSES = sorted({term for rule in _RULES for term in rule.none if not term.startswith("@")})
OWN = [example.text for example in tiny_examples()] + [text for text, _ in CLEAR_SENTENCES]
TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(OWN),
    st.lists(st.sampled_from([*OWN, *EXCUSES, "不", "没有", "，", "20481234567", "😀"]), max_size=5).map("".join),
)


@given(text=TEXTS)
@example(text="发票抬头开错了")
@example(text="你们后台显示已发货")
def test_a_threat_never_lowers_the_severity_and_reaches_a_human(bot: Assistant, text: str) -> None:
    before, after = bot.reply(text), bot.reply(text + THREAT)
    assert after.severity.rank >= before.severity.rank
    assert after.action is Action.HANDOFF
    assert after.severity is Severity.S


def test_no_excuse_of_a_rule_hides_a_threat(bot: Assistant) -> None:
    assert [excuse for excuse in EXCUSES if bot.reply(excuse + THREAT).severity is not Severity.S] == []


def _wide(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"{text}？",
        lambda text: f"{text}?",
        lambda text: f"{text}！！",
        lambda text: f"亲，{text}",
        lambda text: f"{text}，谢谢",
        lambda text: f"  {text} ",
        lambda text: _wide(text),
        lambda text: f"{text}[微笑]",
    ],
    ids=["full_width_mark", "half_width_mark", "exclaimed", "dear", "thanks", "blanks", "wide", "smile"],
)
def test_trifles_keep_the_intent(bot: Assistant, change: Callable[[str], str]) -> None:
    plain = [bot.reply(text).intents[0].id for text, _ in CLEAR_SENTENCES]
    dressed = [bot.reply(change(text)).intents[0].id for text, _ in CLEAR_SENTENCES]
    kept = sum(a == b for a, b in zip(plain, dressed, strict=True))
    assert kept >= 0.85 * len(plain)


def test_clear_sentences_are_understood(bot: Assistant) -> None:
    right = [bot.reply(text).intents[0].id == intent for text, intent in CLEAR_SENTENCES]
    assert sum(right) >= 0.85 * len(right)


@pytest.mark.parametrize("text", ["", "你好"])
def test_a_threat_alone_reaches_a_human(bot: Assistant, text: str) -> None:
    reply = bot.reply(text + THREAT)
    assert reply.ticket is not None and reply.ticket.tier == "senior"
