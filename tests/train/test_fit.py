from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import Bundle
from cs_nlp.errors import DatasetError
from cs_nlp.train.dataset import Example, data_hash
from cs_nlp.train.fit import Knowledge, Options, train
from tests.samples import english_examples, tiny_examples, tiny_faq, tiny_options


def members(bundle: Bundle, folder: Path) -> dict[str, bytes]:
    bundle.save(folder)
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def english() -> Bundle:
    return train(english_examples(), Knowledge.default("elsewhere"))


def test_two_trainings_give_the_same_bytes(tiny_bundle: Bundle, tmp_path: Path) -> None:
    again = train(tiny_examples(), Knowledge.default("unclear"), tiny_options(), faq=tiny_faq())
    assert members(again, tmp_path / "a") == members(tiny_bundle, tmp_path / "b")


def test_threads_give_the_same_bytes(english: Bundle, tmp_path: Path) -> None:
    again = train(english_examples(), Knowledge.default("elsewhere"), Options(jobs=1))
    assert members(again, tmp_path / "a") == members(english, tmp_path / "b")


def test_a_bundle_knows_what_it_was_trained_on(tiny_bundle: Bundle) -> None:
    examples = tiny_examples()
    assert tiny_bundle.info["messages"] == len(examples)
    assert tiny_bundle.info["data_sha256"] == data_hash(examples)
    assert tiny_bundle.labels == tuple(sorted({example.intent for example in examples}))
    assert set(tiny_bundle.model.heads) == {"intent", "severity", "emotion"}


def test_most_of_the_training_messages_are_understood(tiny_bot: Assistant) -> None:
    examples = [example for example in tiny_examples() if example.intent != "unclear"]
    right = sum(tiny_bot.analyze(example.text).intents[0].id == example.intent for example in examples)
    assert right >= 0.95 * len(examples)


def test_urgent_messages_are_learned(tiny_bot: Assistant) -> None:
    urgent = [example.text for example in tiny_examples() if example.severity == "S"]
    assert sum(tiny_bot.analyze(text).severity.value == "S" for text in urgent) >= 0.8 * len(urgent)


def test_other_labels_and_languages_work(english: Bundle) -> None:
    bot = Assistant(english, (), {})
    assert english.labels == ("elsewhere", "lost_item", "opening_hours", "renew_loan")
    assert set(english.model.heads) == {"intent"}
    right = sum(
        bot.analyze(example.text).intents[0].id == example.intent
        for example in english_examples()
        if example.intent != "elsewhere"
    )
    assert right == 30


def test_out_of_scope_is_not_clear(english: Bundle) -> None:
    bot = Assistant(english, (), {})
    assert (
        bot.analyze("sing a song about my library card").clear
        < 0.5
        < bot.analyze("can i renew a borrowed novel again").clear
    )


def test_a_second_label_is_no_mistake() -> None:
    examples = [
        replace(example, second="opening_hours") if "lost" in example.text else example
        for example in english_examples()
    ]
    assert train(examples, Knowledge.default("elsewhere")).info["data_sha256"] != data_hash(english_examples())


def test_progress_is_told_step_by_step() -> None:
    lines: list[str] = []
    train(english_examples(), Knowledge.default(), Options(folds=2), progress=lines.append)
    assert lines[0] == "read 40 messages" and lines[-1].startswith("thresholds: direct ")
    assert [line for line in lines if line.startswith("out of fold")] == ["out of fold: 1/2", "out of fold: 2/2"]


@pytest.mark.parametrize(
    "examples", [[], [Example("好", "affirm")] * 20, [Example(str(number), "ab"[number % 2]) for number in range(9)]]
)
def test_too_few_messages_or_labels_are_said(examples: list[Example]) -> None:
    with pytest.raises(DatasetError, match="at least 10 with two different labels"):
        train(examples, Knowledge.default())


@pytest.mark.parametrize(
    "examples",
    [
        [Example("same words", "ab"[number % 2]) for number in range(12)],
        [replace(example, group="one") for example in english_examples()],
        [Example(f"word{number}", "a") for number in range(11)] + [Example("other", "b")],
    ],
    ids=["one_text", "one_conversation", "one_of_a_kind"],
)
def test_data_that_cannot_be_split_is_trained_or_refused(examples: list[Example]) -> None:
    try:
        assert len(train(examples, Knowledge.default()).labels) == 2 or len({e.intent for e in examples}) > 2
    except DatasetError as error:
        assert str(error)


def test_labels_without_messages_in_a_fold_do_not_stop_it() -> None:
    examples = [*english_examples(), Example("my umbrella is still there", "umbrella")]
    assert "umbrella" in train(examples, Knowledge.default("elsewhere")).labels


def test_severity_may_be_missing_on_some_messages() -> None:
    examples = [replace(example, severity=None) if at % 2 else example for at, example in enumerate(tiny_examples())]
    assert "severity" in train(examples, Knowledge.default("unclear"), Options(folds=2)).model.heads
