"""Tone: what soothes, never the same twice in a conversation, and what is never said."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources.abc import Traversable
from pathlib import Path

from cs_nlp.resources import Faults, Node, packaged, read_yaml
from cs_nlp.types import Emotion, Severity

_BEGINNING = 12
_KEPT = 1024  # texts of which it is remembered whether they may be said: most answers are said again and again


@dataclass(frozen=True, slots=True)
class Soothing:
    """Sentences for one kind of situation; None asks for nothing."""

    id: str
    texts: tuple[str, ...]
    intents: frozenset[str] | None = None
    emotions: frozenset[str] | None = None
    severities: frozenset[str] | None = None

    def fits(self, intent: str, emotion: Emotion, severity: Severity) -> bool:
        """Whether the situation is of this kind."""
        return (
            (self.intents is None or intent in self.intents)
            and (self.emotions is None or emotion.value in self.emotions)
            and (self.severities is None or severity.value in self.severities)
        )


class Tone:
    """The voice of the bot; immutable.

    >>> tone = Tone.default()
    >>> tone.banned("这款保证不掉色"), tone.banned("我们不能保证当天送达")
    (('保证',), ())
    >>> tone.soothe("delivery_status", Emotion.CALM, Severity.N, ())
    ''
    """

    def __init__(
        self,
        soothing: Collection[Soothing],
        handoff: Collection[str],
        banned: Collection[str],
        allowed: Collection[str],
        safe: str,
        sympathy: Collection[str] = (),
    ) -> None:
        self.soothing = tuple(soothing)
        self.handoff = tuple(handoff)
        self.safe = safe
        self.sympathy = tuple(sympathy)
        words = sorted((*allowed, *banned), key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, words)) or r"(?!)", re.IGNORECASE)
        self._allowed = frozenset(allowed)
        self._fine = lru_cache(_KEPT)(partial(_is_fine, self._words, self._allowed))
        self._begins = re.compile("|".join(map(re.escape, sympathy)) or r"(?!)")

    @classmethod
    def default(cls) -> Tone:
        """The packaged tone."""
        return _default()

    @classmethod
    def from_yaml(cls, file: Traversable | Path) -> Tone:
        """Reads a tone file; the promises of the packaged `faq_promises.yaml` are always banned, too.

        Raises:
            DataFileError: If a file has faults; all are listed. A sentence with a banned word is one.
        """
        faults = Faults()
        promises = read_yaml(packaged("faq_promises.yaml"), faults)
        top = read_yaml(file, faults)
        tone = _parse(top, promises)
        faults.check()
        return tone

    def soothe(self, intent: str, emotion: Emotion, severity: Severity, said: Collection[str]) -> str:
        """A sentence for the situation that was not said before; empty when there is none or none is needed."""
        for kind in self.soothing:
            if kind.fits(intent, emotion, severity):
                text = next((text for text in kind.texts if text not in said), None)
                if text is not None:
                    return text
        return ""

    def soothes(self, answer: str) -> bool:
        """Whether an answer begins with an apology or with sympathy of its own."""
        return self._begins.search(answer, 0, _BEGINNING) is not None

    def handover(self, usual: str, said: Collection[str]) -> str:
        """How to say that a human takes over: as the policy does, or otherwise when that was said before."""
        return next((text for text in (usual, *self.handoff) if text not in said), usual)

    def banned(self, text: str) -> tuple[str, ...]:
        """The banned words of a text, in order; longer harmless expressions hide the words inside them."""
        return _banned(self._words, self._allowed, text)

    def checked(self, text: str) -> tuple[str, bool]:
        """The text when it may be said, otherwise the safe sentence; and whether it was the text."""
        fine = self._fine(text)
        return (text, True) if fine else (self.safe, False)


def _banned(words: re.Pattern[str], allowed: Collection[str], text: str) -> tuple[str, ...]:
    found = [match[0] for match in words.finditer(text)]
    return tuple(word for word in found if word.lower() not in allowed)


def _is_fine(words: re.Pattern[str], allowed: Collection[str], text: str) -> bool:
    return not _banned(words, allowed, text)


@lru_cache(maxsize=1)
def _default() -> Tone:
    return Tone.from_yaml(packaged("tone.yaml"))


def _parse(top: Node, promises: Node) -> Tone:
    top.only("version", "soothing", "handoff", "banned", "allowed", "safe", "sympathy")
    soothing = [_soothing(node) for node in top.nodes("soothing")]
    banned = (*promises.texts("forbidden"), *top.texts("banned"))
    allowed = (*promises.texts("allowed"), *top.texts("allowed"))
    tone = Tone(soothing, top.texts("handoff"), banned, allowed, top.text("safe"), top.texts("sympathy"))
    for text in (*(text for kind in soothing for text in kind.texts), *tone.handoff, tone.safe):
        if words := tone.banned(text):
            top.fail("", f"{text!r} holds banned words: {'、'.join(words)}")
    return tone


def _soothing(node: Node) -> Soothing:
    node.only("id", "texts", "intents", "emotions", "severities")

    def names(key: str, among: tuple[str, ...] | None = None) -> frozenset[str] | None:
        return frozenset(node.texts(key, among=among)) if key in node else None

    if not node.texts("texts"):
        node.fail("texts", "at least one sentence is needed")
    return Soothing(
        node.text("id"),
        node.texts("texts"),
        names("intents"),
        names("emotions", tuple(item.value for item in Emotion)),
        names("severities", tuple(Severity.__members__)),
    )
