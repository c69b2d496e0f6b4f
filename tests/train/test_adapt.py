from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import Bundle
from cs_nlp.errors import DatasetError
from cs_nlp.train.adapt import adapt
from cs_nlp.train.dataset import Example
from tests.samples import tiny_examples

SHOP = [Example(text, "refund_status") for text in ("我的米米回来没", "米米几时回我卡", "米米还没回来", "等米米回来呢")]
COUPON = [Example(text, "coupon") for text in ("满减券哪里领", "生日券怎么领", "领券入口呢", "新人券领不了")]


def test_chats_of_the_shop_are_learned(tiny_bundle: Bundle) -> None:
    before, after = Assistant(tiny_bundle, (), {}), Assistant(adapt(tiny_bundle, SHOP), (), {})
    assert before.analyze("米米什么时候回来").intents[0].id != "refund_status"
    assert after.analyze("米米什么时候回来").intents[0].id == "refund_status"


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


def test_a_new_label_is_added_and_survives_the_disk(tiny_bundle: Bundle, tmp_path: Path) -> None:
    adapt(tiny_bundle, COUPON).save(tmp_path / "mine")
    bundle = Bundle.load(tmp_path / "mine")
    assert bundle.labels == (*tiny_bundle.labels, "coupon")
    assert Assistant(bundle, (), {}).analyze("生日券哪里领").intents[0].id == "coupon"


def test_the_base_is_not_changed(tiny_bundle: Bundle) -> None:
    before = (tiny_bundle.model.weights.quanta.copy(), tiny_bundle.model.bias.copy(), tiny_bundle.labels)
    adapt(tiny_bundle, SHOP + COUPON)
    assert (tiny_bundle.model.weights.quanta == before[0]).all() and (tiny_bundle.model.bias == before[1]).all()
    assert tiny_bundle.labels == before[2]


def test_two_adaptations_give_the_same_bytes(tiny_bundle: Bundle, tmp_path: Path) -> None:
    for name in ("a", "b"):
        adapt(tiny_bundle, SHOP).save(tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_it_is_written_down(tiny_bundle: Bundle) -> None:
    info = adapt(tiny_bundle, SHOP).info
    assert info["adapted_on"] == 4 and info["data_sha256"] == tiny_bundle.info["data_sha256"]
    assert len(info["adapted_sha256"]) == 64


def test_no_chats_are_refused(tiny_bundle: Bundle) -> None:
    with pytest.raises(DatasetError):
        adapt(tiny_bundle, [])


def test_words_the_base_does_not_know_are_no_crash(tiny_bundle: Bundle) -> None:
    assert adapt(tiny_bundle, [Example("𒀀𒀁", "coupon")]).labels[-1] == "coupon"
