from __future__ import annotations

from datetime import timedelta

import pytest

from cs_nlp.types import Emotion, Severity
from cs_nlp.understand.taxonomy import TIERS, Taxonomy

TAXONOMY = Taxonomy.default()


def test_all_labels_are_there() -> None:
    assert len(TAXONOMY.intents) == 46
    assert TAXONOMY.labels[-1] == TAXONOMY.unclear == "unclear"
    assert len(set(TAXONOMY.labels)) == 47


def test_every_intent_has_a_name_of_its_own() -> None:
    names = [intent.name for intent in TAXONOMY.intents.values()]
    assert len(names) == len(set(names))
    assert all(intent.tier in TIERS and intent.group in TAXONOMY.groups for intent in TAXONOMY.intents.values())


@pytest.mark.parametrize(
    ("intent", "talk"),
    [("greeting", True), ("request_human", True), ("complaint", False), ("invoice", False), ("x", False)],
)
def test_small_talk_is_no_business(intent: str, talk: bool) -> None:
    assert TAXONOMY.is_talk(intent) is talk


@pytest.mark.parametrize(
    ("intent", "name"), [("refund_status", "退款进度"), ("unclear", TAXONOMY.unclear_name), ("my_own", "my_own")]
)
def test_every_label_can_be_named(intent: str, name: str) -> None:
    assert TAXONOMY.name(intent) == name


def test_every_level_and_emotion_is_described() -> None:
    assert set(TAXONOMY.levels) == set(Severity)
    assert set(TAXONOMY.emotions) == {item.value for item in Emotion}


def test_deadlines_of_the_levels() -> None:
    assert TAXONOMY.levels[Severity.S].first_response == timedelta(hours=1)
    assert (
        TAXONOMY.levels[Severity.S].resolution
        < TAXONOMY.levels[Severity.A].resolution
        < TAXONOMY.levels[Severity.B].resolution
    )


def test_the_packaged_taxonomy_is_read_once() -> None:
    assert Taxonomy.default() is TAXONOMY
