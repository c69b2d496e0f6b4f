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


def test_a_glance_finds_the_same_words() -> None:
    reader = Reader(LEXICON, RuleBook([]), Segmenter(), "words")
    for text in ("my card, gone", "cardigan 12 gone"):
        assert reader.glance(text).hits == reader.read(read(text)).view.hits


def test_concepts_of_one_breadth_go_together() -> None:
    view = Reader(LEXICON, RuleBook([]), Segmenter(), "words").read(read("when is a card gone")).view
    pairs = [name for name in features(view)[BLOCKS.index("concept")] if "&" in name]
    assert pairs == ["CARD/2&WHEN/2", "CARD/1&LOST/1"]
