"""Why a message was decided as it was: which characters spoke for which intent, which rules fired, what was reached."""

from __future__ import annotations

from dataclasses import dataclass

from cs_nlp.decide.policy import Thresholds
from cs_nlp.types import FaqHit, Message, Reply, Span
from cs_nlp.understand.analyzer import Analyzer
from cs_nlp.understand.linear import Contribution
from cs_nlp.understand.reader import Reading


@dataclass(frozen=True, slots=True)
class Voice:
    """What one feature said about an intent.

    Attributes:
        block: Kind of feature, see `cs_nlp.understand.features`.
        feature: The feature.
        value: What it added to the score of the intent, in log-odds; below 0 it spoke against it.
        spans: Where it is in the original text; empty when it is about the whole message.
    """

    block: str
    feature: str
    value: float
    spans: tuple[Span, ...]

    @property
    def shown(self) -> str:
        """The feature for people to read: a blank that is one of its characters can be seen.

        >>> Voice("char", "吃 ", 0.3, ()).shown
        '吃␣'
        """
        return self.feature.replace(" ", "␣") if self.block == "char" else self.feature


@dataclass(frozen=True, slots=True)
class IntentCase:
    """The case for one intent.

    Attributes:
        intent: The intent.
        bias: What it starts from.
        total: `bias` plus all values, the score of the linear model in log-odds.
        voices: Every known feature, the loudest first.
    """

    intent: str
    bias: float
    total: float
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that decided a message.

    Attributes:
        message: The message as it was read.
        reply: What was decided.
        cases: The cases for the best two intents.
        characters: For each character of the original text what it added to the best intent over the next one.
        known: Share of the message that the model knows, 0–1.
        clear: Probability that the message can be understood alone, 0–1.
        faq: The FAQ hit that answers or would answer.
        thresholds: What had to be reached.
    """

    message: Message
    reply: Reply
    cases: tuple[IntentCase, ...]
    characters: tuple[float, ...]
    known: float
    clear: float
    faq: FaqHit | None
    thresholds: Thresholds


def explain(
    analyzer: Analyzer, message: Message, reply: Reply, faq: FaqHit | None, thresholds: Thresholds
) -> Explanation:
    """Explains a reply of the same message."""
    reading = analyzer.read(message)
    judged = analyzer.judge(reading)
    cases = tuple(case_for(analyzer, reading, label.id) for label in reply.intents[:2])
    return Explanation(
        message=message,
        reply=reply,
        cases=cases,
        characters=character_heat(message, cases),
        known=judged.known,
        clear=analyzer.conclude(reading, judged).clear,
        faq=faq,
        thresholds=thresholds,
    )


def case_for(analyzer: Analyzer, reading: Reading, intent: str) -> IntentCase:
    """The case for an intent that the model knows, whether or not it was among the best."""
    model = analyzer.model
    column = model.heads["intent"].start + analyzer.labels.index(intent)
    found = model.contributions(reading.view, column)
    voices = [Voice(c.block, c.feature, c.value, _places(reading, c)) for c in found]
    voices.sort(key=lambda voice: (-abs(voice.value), voice.block, voice.feature))
    bias = float(model.bias[column])
    return IntentCase(intent, bias, bias + sum(voice.value for voice in voices), tuple(voices))


def _places(reading: Reading, contribution: Contribution) -> tuple[Span, ...]:
    if contribution.block == "char":
        places = _grams(reading, contribution.feature)
    elif contribution.block == "skip":
        first, last = contribution.feature[0], contribution.feature[-1]
        text = reading.skeleton.text
        found = [i for i in range(len(text) - 2) if text[i] == first and text[i + 2] == last]
        places = [part for i in found for part in ((i, i + 1), (i + 2, i + 3))]
    elif contribution.block == "word":
        places = _words(reading, contribution.feature.split(" "))
    else:
        return _concepts(reading, contribution)
    bones = reading.skeleton
    return tuple(reading.message.span(*bones.span(a, b)) for a, b in places)


def _grams(reading: Reading, gram: str) -> list[tuple[int, int]]:
    text = reading.skeleton.text
    padded = f"^{text}$"
    found, start = [], padded.find(gram)
    while start >= 0:
        low, high = max(start - 1, 0), min(start - 1 + len(gram), len(text))
        if high > low:
            found.append((low, high))
        start = padded.find(gram, start + 1)
    return found


def _words(reading: Reading, words: list[str]) -> list[tuple[int, int]]:
    text, position, places = reading.skeleton.text, 0, []
    for token in reading.view.tokens:
        start = text.find(token, position)
        if start < 0 or token.isspace():
            continue
        position = start + len(token)
        places.append((token, start, position))
    size = len(words)
    windows = [places[i : i + size] for i in range(len(places) - size + 1)]
    return [(window[0][1], window[-1][2]) for window in windows if [token for token, _, _ in window] == words]


def _concepts(reading: Reading, contribution: Contribution) -> tuple[Span, ...]:
    names = set(contribution.feature.replace("&", ">").split(">"))
    if contribution.block == "shape":
        names = set()
    return tuple(reading.message.span(hit.start, hit.end) for hit in reading.concepts if hit.concept in names)


def character_heat(message: Message, cases: tuple[IntentCase, ...]) -> tuple[float, ...]:
    """What each character of the original text added to the first case over the second.

    Spreads each value evenly over the characters of its spans; the second case counts against the first.
    """
    heat = [0.0] * len(message.raw)
    for case, sign in zip(cases, (1.0, -1.0), strict=False):
        for voice in case.voices:
            size = sum(span.end - span.start for span in voice.spans)
            for span in voice.spans:
                for position in range(span.start, span.end):
                    heat[position] += sign * voice.value / size
    return tuple(heat)
