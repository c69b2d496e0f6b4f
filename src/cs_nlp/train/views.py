"""Texts as feature rows of a profile, with or without the packaged Chinese knowledge."""

from __future__ import annotations

from collections.abc import Iterable

from cs_nlp.text import Segmenter, read
from cs_nlp.train.meanings import english, english_lexicon
from cs_nlp.train.space import BlockFeatures
from cs_nlp.understand.features import PROFILES, features, words_of
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.reader import Reader
from cs_nlp.understand.rules import RuleBook


def knowledge_of(texts: Iterable[str], profile: str, lexicon: bool = True) -> tuple[Lexicon, RuleBook]:
    """The packaged lexicon and rules for Chinese, the packaged concepts for English, nothing for other languages.

    Args:
        texts: What the language is told by.
        profile: Feature profile.
        lexicon: Whether the packaged ones are wanted at all.
    """
    if lexicon and profile == PROFILES[0]:
        return Lexicon.default(), RuleBook.default()
    if lexicon and english().suit(words_of(text) for text in texts):
        return english_lexicon(), RuleBook(())
    return Lexicon(()), RuleBook(())


def rows_of(texts: Iterable[str], profile: str) -> list[BlockFeatures]:
    """The features of texts, block by block.

    >>> rows_of(["card not working"], "words")[0][1]
    ['card', 'not', 'working']
    """
    messages = list(texts)
    return rows_by(Reader(*knowledge_of(messages, profile), Segmenter(), profile), messages)


def rows_by(reader: Reader, texts: Iterable[str]) -> list[BlockFeatures]:
    """The features of texts as a reader sees them."""
    return [features(reader.read(read(text)).view) for text in texts]
