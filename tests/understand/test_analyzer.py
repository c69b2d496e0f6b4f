from __future__ import annotations

import weakref
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import Bundle
from cs_nlp.text import Segmenter, read
from cs_nlp.types import Emotion, Severity
from cs_nlp.understand.analyzer import Analyzer
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.linear import Weights
from cs_nlp.understand.reader import Reader
from cs_nlp.understand.rules import Rule, RuleBook
from cs_nlp.understand.taxonomy import Taxonomy
from tests.samples import tiny_examples

TEXTS = st.one_of(st.text(max_size=40), st.sampled_from([example.text for example in tiny_examples()]))


def analyzer(bundle: Bundle, *rules: Rule, unclear: str | None = "unclear", heads: tuple[str, ...] = ()) -> Analyzer:
    model = bundle.model
    kept = [head for name, head in model.heads.items() if not heads or name in heads]
    stop = max(head.stop for head in kept)
    weights = Weights(model.weights.quanta[:, :stop], model.weights.steps)
    small = model.replaced(heads=kept, weights=weights, bias=model.bias[:stop])
    return Analyzer(small, bundle.confidence, Lexicon([]), RuleBook(rules), Segmenter(), Taxonomy.default(), unclear)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("电子发票怎么下载", "invoice"),
        ("退款几天到账", "refund_status"),
        ("我想退货", "return_apply"),
        ("你好在吗", "greeting"),
    ],
)
def test_a_plain_wish_is_understood(tiny_bot: Assistant, text: str, intent: str) -> None:
    assert tiny_bot.analyze(text).intents[0].id == intent


@given(text=TEXTS)
def test_intents_fall_in_score_and_add_up_to_one_at_most(tiny_bot: Assistant, text: str) -> None:
    scores = [label.score for label in tiny_bot.analyze(text).intents]
    assert 1 <= len(scores) <= 3 and all(0.0 <= score <= 1.0 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1.0 + 1e-9


@given(text=TEXTS)
def test_unclear_is_never_the_best_intent_of_many(tiny_bot: Assistant, text: str) -> None:
    found = tiny_bot.analyze(text)
    assert "unclear" not in [label.id for label in found.intents]
    assert 0.0 <= found.clear <= 1.0


def test_a_message_that_needs_context_is_not_clear(tiny_bot: Assistant) -> None:
    assert tiny_bot.analyze("就是那个呢").clear < 0.5 < tiny_bot.analyze("怎么开发票").clear


def test_two_wishes_are_both_found(tiny_bot: Assistant) -> None:
    found = tiny_bot.analyze("我要退货麻烦处理下，另外电子发票怎么下载保存")
    assert {found.intents[0].id, found.second} == {"return_apply", "invoice"}


def test_small_talk_is_no_second_wish(tiny_bot: Assistant) -> None:
    assert tiny_bot.analyze("您好呀，电子发票怎么下载保存").second is None


def test_a_rule_raises_its_intent_and_leaves_evidence(tiny_bundle: Bundle) -> None:
    rule = Rule("bill", "intent", "invoice", 0.98, "r.yaml:3", all=(("票票",),), note="票票就是发票")
    message = read("亲，票票呢")
    plain, ruled = (analyzer(tiny_bundle, *rules).understand(message) for rules in ((), (rule,)))
    before = {label.id: label.score for label in plain.intents}.get("invoice", 0.0)
    assert ruled.intents[0].id == "invoice" and ruled.intents[0].score >= before
    [found] = ruled.evidence
    assert (found.kind, found.id, found.score, found.source, found.note) == (
        "rule",
        "bill",
        0.98,
        "r.yaml:3",
        "票票就是发票",
    )
    assert found.span is not None and found.span.of("亲，票票呢") == "票票"


def test_a_rule_for_an_unknown_label_changes_nothing(tiny_bundle: Bundle) -> None:
    rule = Rule("odd", "intent", "no_such_intent", 0.98, "r.yaml:3", all=(("发票",),))
    message = read("怎么开发票")
    plain, ruled = (analyzer(tiny_bundle, *rules).understand(message) for rules in ((), (rule,)))
    assert [label.id for label in ruled.intents] == [label.id for label in plain.intents]


def test_severity_emotion_and_flags_come_from_rules(tiny_bundle: Bundle) -> None:
    rules = [
        Rule("s", "severity", "S", 0.9, "r:1", all=(("着火",),)),
        Rule("e", "emotion", "angry", 0.9, "r:2", all=(("着火",),)),
        Rule("f", "flag", "repeated", 0.9, "r:3", all=(("又",),)),
    ]
    found = analyzer(tiny_bundle, *rules, heads=("intent",)).understand(read("又着火了"))
    assert (found.severity, found.emotion, found.flags) == (Severity.S, Emotion.ANGRY, ("repeated",))


def test_a_bundle_without_severity_is_ordinary_and_calm(tiny_bundle: Bundle) -> None:
    found = analyzer(tiny_bundle, heads=("intent",)).understand(read("充电宝冒烟烫到手了"))
    assert (found.severity, found.emotion) == (Severity.N, Emotion.CALM)


def test_without_an_unclear_label_everything_is_clear(tiny_bundle: Bundle) -> None:
    found = analyzer(tiny_bundle, unclear=None).understand(read("就是那个呢"))
    assert found.clear == 1.0


def test_personal_numbers_do_not_change_the_meaning(tiny_bot: Assistant) -> None:
    first, second = (tiny_bot.analyze(f"订单{number}的发票怎么开") for number in (20481234567, 30592345678))
    assert first.intents == second.intents


@pytest.mark.parametrize("text", ["订单20481234567的发票怎么开", "我电话13812315678", "单号SF1231512345678到哪了"])
def test_digits_inside_a_number_threaten_nobody(tiny_bot: Assistant, text: str) -> None:
    assert tiny_bot.analyze(text).severity is not Severity.S


def test_no_messages_have_no_meanings(tiny_bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    one = analyzer(tiny_bundle)
    assert one.understand_many([]) == []
    monkeypatch.setattr(one, "_scorer", None)  # as if it had not been compiled
    assert one.understand_many([]) == [] and len(one.understand_many([read("退款"), read("")])) == 2


def test_a_reader_that_is_given_up_is_freed_at_once() -> None:
    reader = Reader(Lexicon([]), RuleBook([]), Segmenter())
    reader.together(reader.read(read("退款")), "你好", "请问您的订单号是多少")
    seen = weakref.ref(reader)
    del reader
    assert seen() is None


def test_an_understanding_is_the_same_each_time(tiny_bot: Assistant) -> None:
    first = tiny_bot.analyze("退款拖半个月不到账")
    assert first == replace(first) == tiny_bot.analyze("退款拖半个月不到账")
