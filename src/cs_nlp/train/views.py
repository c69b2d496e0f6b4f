"""Texts as feature rows of a profile, with or without the packaged Chinese knowledge."""

from __future__ import annotations

from collections.abc import Iterable

from cs_nlp.text import Segmenter, read
from cs_nlp.train.space import BlockFeatures
from cs_nlp.understand.features import PROFILES, features
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.reader import Reader
from cs_nlp.understand.rules import RuleBook


def knowledge_of(profile: str, lexicon: bool = True) -> tuple[Lexicon, RuleBook]:
    """The packaged lexicon and rules for Chinese, empty ones for other languages.

    Args:
        profile: Feature profile.
        lexicon: Whether the packaged ones are wanted at all.
    """
    if lexicon and profile == PROFILES[0]:
        return Lexicon.default(), RuleBook.default()
    return Lexicon(()), RuleBook(())


def rows_of(texts: Iterable[str], profile: str) -> list[BlockFeatures]:
    """The features of texts, block by block.

    >>> rows_of(["card not working"], "words")[0][1]
    ['card', 'not', 'working']
    """
    return rows_by(Reader(*knowledge_of(profile), Segmenter(), profile), texts)


def rows_by(reader: Reader, texts: Iterable[str]) -> list[BlockFeatures]:
    """The features of texts as a reader sees them."""
    return [features(reader.read(read(text)).view) for text in texts]
