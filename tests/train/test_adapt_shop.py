"""A bundle made the shop's own keeps everything the chats say nothing about, also on disk."""

from __future__ import annotations

from pathlib import Path

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import Bundle
from cs_nlp.train.adapt import adapt
from cs_nlp.train.dataset import Example
from tests.samples import tiny_examples

SHOP = [Example(text, "refund_status") for text in ("我的米米回来没", "米米几时回我卡", "米米还没回来", "等米米回来呢")]
COUPON = [Example(text, "coupon") for text in ("满减券哪里领", "生日券怎么领", "领券入口呢", "新人券领不了")]


def test_what_the_chats_say_nothing_about_stays(tiny_bundle: Bundle) -> None:
    before, after = Assistant(tiny_bundle, (), {}), Assistant(adapt(tiny_bundle, SHOP), (), {})
    texts = [example.text for example in tiny_examples() if example.intent != "unclear"]
    same = sum(before.analyze(text).intents[0].id == after.analyze(text).intents[0].id for text in texts)
    assert same >= 0.95 * len(texts)


def test_severity_and_emotion_stay(tiny_bundle: Bundle) -> None:
    before, after = Assistant(tiny_bundle, (), {}), Assistant(adapt(tiny_bundle, COUPON), (), {})
    for example in tiny_examples():
        old, new = before.analyze(example.text), after.analyze(example.text)
        assert (old.severity, old.emotion) == (new.severity, new.emotion)


def test_a_new_label_survives_the_disk(tiny_bundle: Bundle, tmp_path: Path) -> None:
    adapt(tiny_bundle, COUPON).save(tmp_path / "mine")
    bundle = Bundle.load(tmp_path / "mine")
    assert bundle.labels == (*tiny_bundle.labels, "coupon")
    assert Assistant(bundle, (), {}).analyze("生日券哪里领").intents[0].id == "coupon"


def test_the_base_is_not_changed(tiny_bundle: Bundle) -> None:
    before = (tiny_bundle.model.weights.quanta.copy(), tiny_bundle.model.bias.copy(), tiny_bundle.labels)
    adapt(tiny_bundle, SHOP + COUPON)
    assert (tiny_bundle.model.weights.quanta == before[0]).all() and (tiny_bundle.model.bias == before[1]).all()
    assert tiny_bundle.labels == before[2]


def test_words_the_base_does_not_know_are_no_crash(tiny_bundle: Bundle) -> None:
    assert adapt(tiny_bundle, [Example("𒀀𒀁", "coupon")]).labels[-1] == "coupon"
