from __future__ import annotations

import pytest

from cs_nlp.text import Segmenter, read
from cs_nlp.understand.features import BLOCKS, features
from cs_nlp.understand.lexicon import Concept, Lexicon
from cs_nlp.understand.reader import Reader
from cs_nlp.understand.rules import RuleBook

LEXICON = Lexicon(
    [
        Concept("CARD/1", "", ("card",)),
        Concept("LOST/1", "", ("lost", "gone")),
        Concept("CARD/2", "", ("card", "lost")),
        Concept("WHEN/2", "", ("when",)),
    ]
)


def concepts(text: str, profile: str) -> list[str]:
    view = Reader(LEXICON, RuleBook([]), Segmenter(), profile).read(read(text)).view
    return [hit.concept for hit in view.hits]


@pytest.mark.parametrize("text", ["two cardigans", "postcard 12", "discarded, forlost"])
def test_where_words_stand_apart_none_is_found_inside_another(text: str) -> None:
    assert concepts(text, "words") == []
    assert concepts(text, "characters") != []


def test_a_message_together_with_turns_before_it_has_the_same_words() -> None:
    reader = Reader(LEXICON, RuleBook([]), Segmenter(), "words")
    for text in ("my card, gone", "cardigan 12 gone"):
        reading = reader.read(read(text))
        own = [hit.concept for hit in reading.view.hits]
        assert [hit.concept for hit in reader.together(reading, "", "").hits] == own
        before = ["LOST/1", "CARD/2", "WHEN/2"]
        assert [hit.concept for hit in reader.together(reading, "lost", "when").hits] == before + own


@pytest.mark.parametrize("said", ["", "退款还没到", "卡12张,谢谢"])
@pytest.mark.parametrize("ours", ["", "请问您要办什么?"])
@pytest.mark.parametrize("text", ["什么时候", "我的卡3天了", "到账!"])
def test_parts_are_read_as_the_whole(said: str, ours: str, text: str) -> None:
    reader = Reader(Lexicon.default(), RuleBook([]), Segmenter())
    reading = reader.read(read(text))
    view = reader.together(reading, said, ours)
    whole = reader.read(read(view.text)).view
    assert view.text == ",".join(part for part in (said, ours, reading.skeleton.text) if part)
    assert list(view.tokens) == Segmenter().cut(view.text)
    if view.text == whole.text:
        assert [hit.concept for hit in view.hits] == [hit.concept for hit in whole.hits]


def test_concepts_of_one_breadth_go_together() -> None:
    view = Reader(LEXICON, RuleBook([]), Segmenter(), "words").read(read("when is a card gone")).view
    pairs = [name for name in features(view)[BLOCKS.index("concept")] if "&" in name]
    assert pairs == ["CARD/2&WHEN/2", "CARD/1&LOST/1"]
