"""Understanding in context: what a message means after what was said before it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from cs_nlp.decide.choices import Choice, ChoiceWords
from cs_nlp.decide.session import BOT, CUSTOMER, Session
from cs_nlp.decide.voices import combine
from cs_nlp.resources import Faults, Node, packaged, read_yaml
from cs_nlp.types import Label, Message, OpenQuestion, Turn, Understanding
from cs_nlp.understand.analyzer import Analyzer, Judged
from cs_nlp.understand.patterns import check_linear
from cs_nlp.understand.reader import Reading

__all__ = ["BOT", "Context", "InContext", "Session", "Weights"]

_PROVIDE = "provide_info"
_CHOSEN, _GAVE = 0.97, 0.95
_SHORT_TURN = 40
_RECENT, _REMEMBERED = 2, 12
_SHORT_ANSWER = 20
_FEW_WORDS = 4


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each voice counts, in log-odds; see `context.yaml`."""

    self: float
    recent: float
    topic: float
    first: float
    talk: float
    asked: float
    heat: float


class InContext(NamedTuple):
    """A message understood from the conversation; a named tuple, because one is made for every message of it.

    Attributes:
        understanding: What it means.
        notes: How that was found: `resolved_in_context`, `chose_option`, `rejected_options`, `gave_info`; empty when
            the message stood for itself.
        faq: The FAQ entry that the customer chose, or None.
    """

    understanding: Understanding
    notes: tuple[str, ...] = ()
    faq: str | None = None


@dataclass(frozen=True)
class Context:
    """Reads messages in the light of a session; immutable.

    Attributes:
        clear: Probability of being clear alone, below which the conversation is asked.
        longest: Longer messages stand for themselves.
        weights: How much each voice counts.
        elliptic: Patterns of messages that lean on what was said before.
        asking: Pattern of our turns that ask for something.
        words: The words of choosing.
        requests: Words of ours that ask for a value -> its entity type.
    """

    clear: float
    longest: int
    weights: Weights
    elliptic: tuple[re.Pattern[str], ...]
    asking: re.Pattern[str]
    words: ChoiceWords
    requests: Mapping[str, str]

    @classmethod
    def default(cls) -> Context:
        """The packaged settings."""
        return _default()

    @classmethod
    def from_yaml(cls, file: Traversable | Path) -> Context:
        """Reads a context file.

        Raises:
            DataFileError: If the file has faults; all are listed.
        """
        faults = Faults()
        context = _parse(read_yaml(file, faults))
        faults.check()
        return context

    def understand(self, analyzer: Analyzer, message: Message, session: Session, direct: float) -> InContext:
        """What a message means after what was said before.

        Args:
            analyzer: What understands single messages.
            message: The message.
            session: The conversation before it.
            direct: Score from which a message is sure enough by itself.
        """
        reading = analyzer.read(message)
        judged = analyzer.judge(reading)
        alone = analyzer.conclude(reading, judged)
        if not message.text:
            return InContext(alone)
        intents, question = session.intents, session.question
        topic = intents[-1] if intents else ""
        if question is None and message.entities:
            question = self._request(session)
        if question is not None and (message.entities or len(message.text) <= _SHORT_ANSWER):
            choice = self._choice(message, question, alone, topic, direct)
            if choice is not None and (answered := _answered(choice, message, alone, session, direct, analyzer.labels)):
                return answered
        sure = alone.clear >= self.clear and alone.intents[0].score >= direct
        if sure or not topic or not self.leans(message.text, alone, direct):
            return InContext(alone)
        labels = self._combined(analyzer, reading, judged, session)
        if alone.clear >= self.clear and labels[0].score <= alone.intents[0].score:
            return InContext(alone)
        return InContext(_meaning(alone, labels), ("resolved_in_context",))

    def _request(self, session: Session) -> OpenQuestion | None:
        """What the last turn of ours asked for in passing, such as 请发来订单号; only a value can answer that."""
        last = session.turns[-1] if session.turns else None
        if last is None or last.role != BOT or not session.topic:
            return None  # what a human agent asked for, he takes himself
        slot = next((slot for word, slot in self.requests.items() if word in last.text), "")
        return OpenQuestion(last.text, (), slot) if slot else None

    def _choice(
        self, message: Message, question: OpenQuestion, alone: Understanding, topic: str, direct: float
    ) -> Choice | None:
        choice = self.words.read(message, question)
        if choice is None and not question.options and not question.slot and len(message.text) <= _SHORT_ANSWER:
            meant = alone.intents[0]
            unsure = alone.clear < self.clear or (question.faq and meant.id == topic and meant.score < direct)
            informs = unsure or meant.id == _PROVIDE
            if informs and self.asking.search(message.text) is None:
                return Choice("value")  # 三天, 洗衣机洗的: whatever was asked, this answers it
        return choice

    def leans(self, text: str, alone: Understanding, direct: float) -> bool:
        """Whether a message needs what was said before.

        Args:
            text: Its normal text.
            alone: What it means alone.
            direct: Score from which a message is sure enough by itself.
        """
        if len(text) > self.longest:
            return False
        if alone.clear < self.clear:
            return True
        return alone.intents[0].score < direct and any(pattern.search(text) for pattern in self.elliptic)

    def _combined(self, analyzer: Analyzer, reading: Reading, judged: Judged, session: Session) -> tuple[Label, ...]:
        """The best intents by all voices together."""
        weights, places, heat = self.weights, analyzer.places, self.weights.heat
        last = session.turns[-1] if session.turns else None
        bonus = [*_bonus(analyzer.talk, heat * weights.talk)]
        voices = [(session.topic, weights.topic), (session.intents[0], weights.first)]
        if last is not None and last.role != CUSTOMER and _asks(self.asking, last):
            voices.append((_PROVIDE, weights.asked))
        bonus += [(places[label], heat * value) for label, value in voices if label in places]
        recent, never = _recent(analyzer, reading, session), places.get(analyzer.unclear or "", -1)
        found = combine(judged.chances, recent, weights.self * heat, weights.recent * heat, bonus, never)
        return tuple([Label(analyzer.labels[place], chance) for place, chance in found])


def _recent(analyzer: Analyzer, reading: Reading, session: Session) -> array[float]:
    """What the model makes of the last turns and this message together."""
    turns, said = session.turns, []
    last = turns[-1] if turns else None
    for turn in reversed(turns):
        if turn.role == CUSTOMER:
            said.append(turn.text[-_REMEMBERED:])
            if len(said) == _RECENT:
                break
    said.reverse()
    if last is None or last.role == CUSTOMER or len(last.text) > _SHORT_TURN:
        return analyzer.together(reading, ",".join(said), "")
    if last.role == BOT:
        return analyzer.together(reading, ",".join(said), last.text)
    return analyzer.together(reading, ",".join([*said, last.text]), "")


def _asks(asking: re.Pattern[str], turn: Turn) -> bool:
    """Whether a turn of ours asks for something."""
    return _bot_asks(asking, turn.text) if turn.role == BOT else asking.search(turn.text) is not None


@lru_cache(maxsize=256)
def _bot_asks(asking: re.Pattern[str], text: str) -> bool:
    """The same for the bot, kept, for it says much again and again; what agents write is never kept."""
    return asking.search(text) is not None


@lru_cache(maxsize=8)
def _bonus(places: tuple[int, ...], value: float) -> tuple[tuple[int, float], ...]:
    return tuple((place, value) for place in places)


def _answered(
    choice: Choice,
    message: Message,
    alone: Understanding,
    session: Session,
    direct: float,
    labels: Sequence[str],
) -> InContext | None:
    if choice.option is not None:
        best = (Label(choice.option.intent, _CHOSEN),)
        return InContext(_meaning(alone, best), ("chose_option",), choice.option.faq)
    if choice.kind == "none":
        return InContext(alone, ("rejected_options",))
    best_alone = alone.intents[0]
    words = len(message.text) - sum(entity.end - entity.start for entity in message.entities)
    own = words > _FEW_WORDS and best_alone.score >= direct and best_alone.id not in (_PROVIDE, session.topic)
    if own or not session.topic:
        return None  # the customer gave what was asked for, but asks for something else, too
    given = _PROVIDE if _PROVIDE in labels else session.topic
    best = (Label(given, _GAVE), *((Label(session.topic, 1 - _GAVE),) if given != session.topic else ()))
    return InContext(_meaning(alone, best), ("gave_info",))


def _meaning(alone: Understanding, intents: tuple[Label, ...]) -> Understanding:
    """What a message means whose intents the conversation told."""
    return Understanding(intents, None, alone.severity, alone.emotion, 1.0, alone.flags, alone.evidence)


@lru_cache(maxsize=1)
def _default() -> Context:
    return Context.from_yaml(packaged("context.yaml"))


def _parse(top: Node) -> Context:
    top.only(
        "version",
        "gate",
        "weights",
        "elliptic",
        "asking",
        "ordinals",
        "last",
        "yes",
        "no",
        "none",
        "filler",
        "requests",
    )
    gate, weights = top.child("gate"), top.child("weights")
    gate.only("clear", "longest")
    names = tuple(Weights.__dataclass_fields__)
    weights.only(*names)
    ordinals, requests = top.child("ordinals"), top.child("requests")
    return Context(
        clear=gate.number("clear"),
        longest=int(gate.number("longest", low=1, high=2000)),
        weights=Weights(**{name: weights.number(name, low=-20.0, high=20.0) for name in names}),
        elliptic=tuple(_pattern(top, "elliptic", text) for text in top.texts("elliptic")),
        asking=_pattern(top, "asking", top.text("asking")),
        words=ChoiceWords(
            {word: int(number) for number in ordinals for word in ordinals.texts(number)},
            top.texts("last"),
            top.texts("yes"),
            top.texts("no"),
            top.texts("none"),
            top.text("filler"),
        ),
        requests={word: requests.text(word) for word in requests},
    )


def _pattern(top: Node, key: str, text: str) -> re.Pattern[str]:
    reason = check_linear(text)
    if reason:
        top.fail(key, reason)
        return re.compile(r"(?!)")
    return re.compile(text)
