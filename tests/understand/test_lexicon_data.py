"""The packaged lexicon: large enough, and every word of it can be found."""

from __future__ import annotations

from cs_nlp.text import read
from cs_nlp.understand.lexicon import Lexicon

LEXICON = Lexicon.default()


def test_the_lexicon_is_large() -> None:
    assert len(LEXICON.concepts) >= 120
    assert len({word for concept in LEXICON.concepts for word in concept.words}) >= 3000


def test_no_concept_lists_a_word_twice() -> None:
    twice = [(c.id, word) for c in LEXICON.concepts for word in set(c.words) if c.words.count(word) > 1]
    assert sorted(twice) == []


def test_every_word_gives_its_concept_as_customers_type_it() -> None:
    lost = [
        (concept.id, word)
        for concept in LEXICON.concepts
        for word in concept.words
        if concept.id not in {hit.concept for hit in LEXICON.find(read(word).text)}
    ]
    assert lost == []
