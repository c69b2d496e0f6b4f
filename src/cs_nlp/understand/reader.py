"""Takes messages apart: skeleton, words, concepts, rules, and the view of them that the features are made of."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from cs_nlp.text import Segmenter, Skeleton, skeleton
from cs_nlp.types import Entity, Message
from cs_nlp.understand.features import PROFILES, View
from cs_nlp.understand.keywords import Occurrence
from cs_nlp.understand.lexicon import ConceptHit, Lexicon
from cs_nlp.understand.rules import RuleBook, RuleHit

if TYPE_CHECKING:
    from cs_nlp.understand._screener import Screener

_KEPT = 256  # sentences of ours that are kept with their words
_COMMA = (",",)
_made = tuple.__new__  # skips the checks of a named tuple's own constructor, which takes twice as long


class Reading(NamedTuple):
    """A message taken apart, before the model has seen it.

    Attributes:
        message: The message.
        skeleton: Its text with placeholders for entity values.
        concepts: Lexicon concepts, positions in `message.text`.
        rules: Rules that fired, positions in `message.text`.
        view: What the features are made of.
    """

    message: Message
    skeleton: Skeleton
    concepts: list[ConceptHit]
    rules: list[RuleHit]
    view: View


class Reader:
    """Takes messages apart; shared by training and serving, so that both see the same."""

    def __init__(self, lexicon: Lexicon, rules: RuleBook, segmenter: Segmenter, profile: str = "characters") -> None:
        self.rules = rules
        self._profile = profile
        self._spaced = profile != PROFILES[0]  # words stand apart: one is none inside another
        self._lexicon = lexicon
        self._rules = RuleBook(rules.rules, lexicon.words)  # one pass finds the words of both
        self._screener = self._rules.compiled(lexicon)
        self._scan = self._screener.scan if self._screener is not None else self._rules.scan
        self._scan("")  # so that all is ready now, not at the first message
        self._segmenter = segmenter
        self._apart = partial(_apart, lexicon, segmenter, self._screener, self._scan, self._spaced)
        self._ours = lru_cache(_KEPT)(self._apart)  # refers to no reader: one that is given up is freed at once

    def read(self, message: Message) -> Reading:
        """Concepts, rules and the view of the features of a message."""
        text, entities = message.text, message.entities
        bones = skeleton(message)
        private = any(entity.sensitive for entity in entities) if entities else False
        if self._screener is not None and not private and not self._lexicon.has_figures(text):
            concepts, left, found = self._screener.read(text)
            fired = self._rules.fire(text, left, found) if left else []
        else:
            found = self._scan(text)
            concepts = self._lexicon.find(text, found)
            if private:
                concepts = _without_personal(concepts, entities)
            fired = self._rules.find(text, concepts, found)
        marks = ["entity:" + entity.type for entity in entities]
        marks += ["rule:" + hit.rule.id for hit in fired]
        if self._spaced:
            concepts = _whole(concepts, text)
        view = _made(View, (bones.text, self._segmenter.cut(bones.text), concepts, marks, self._profile))
        return _made(Reading, (message, bones, concepts, fired, view))

    def together(self, reading: Reading, said: str, ours: str) -> View:
        """The view of a message together with turns before it, without rules and values.

        Args:
            reading: The message.
            said: What the customer said before, or an empty string.
            ours: What the bot told him last, or an empty string; kept, for it tells much again and again.
        """
        own = reading.skeleton
        text = ",".join([part for part in (said, ours, own.text) if part])
        if own.offsets is not None or self._lexicon.has_figures(text):
            return _made(View, (text, *self._apart(text), (), self._profile))
        words, concepts = ([], []) if not said else self._apart(said)
        if ours:
            its_words, its_concepts = self._ours(ours)
            words, concepts = [*words, *_COMMA[: bool(said)], *its_words], [*concepts, *its_concepts]
        comma = _COMMA if words else ()
        tokens, hits = [*words, *comma, *reading.view.tokens], [*concepts, *reading.concepts]
        return _made(View, (text, tokens, hits, (), self._profile))

    def clause(self, reading: Reading, start: int, end: int) -> View:
        """The view of a clause, `[start, end)` of the skeleton's text."""
        text = reading.skeleton.text[start:end]
        low, high = reading.skeleton.span(start, end)
        concepts = [hit for hit in reading.concepts if low <= hit.start and hit.end <= high]
        return _made(View, (text, self._segmenter.cut(text), concepts, (), self._profile))


def _apart(
    lexicon: Lexicon,
    segmenter: Segmenter,
    screener: Screener | None,
    scan: Callable[[str], list[Occurrence]],
    spaced: bool,
    text: str,
) -> tuple[list[str], list[ConceptHit]]:
    """Words and concepts of a text."""
    if screener is not None and not lexicon.has_figures(text):
        concepts = screener.concepts(text)
    else:
        concepts = lexicon.find(text, scan(text))
    return segmenter.cut(text), _whole(concepts, text) if spaced else concepts


def _whole(hits: list[ConceptHit], text: str) -> list[ConceptHit]:
    """The concepts of whole words: the `card` in `cardigan` is none.

    >>> _whole([ConceptHit("CARD", 0, 4), ConceptHit("CARD", 9, 13)], "cardigan card?")
    [ConceptHit(concept='CARD', start=9, end=13)]
    """
    return [
        hit
        for hit in hits
        if not (text[max(hit.start - 1, 0) : hit.start].isalnum() or text[hit.end : hit.end + 1].isalnum())
    ]


def _without_personal(hits: list[ConceptHit], entities: Sequence[Entity]) -> list[ConceptHit]:
    """The concepts that do not touch personal data: digits of a phone number are no quantity."""
    private = [entity for entity in entities if entity.sensitive]
    if not private:
        return hits
    starts, ends = [entity.start for entity in private], [entity.end for entity in private]
    return [hit for hit in hits if bisect_left(starts, hit.end) == bisect_right(ends, hit.start)]
