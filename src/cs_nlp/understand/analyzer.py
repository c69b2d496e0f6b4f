"""From a message to its meaning: concepts, rules, features, linear model, clauses, in that order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cs_nlp.text import Segmenter, Skeleton, skeleton
from cs_nlp.types import Emotion, Entity, Evidence, Label, Message, Severity, Understanding
from cs_nlp.understand.clauses import long_clauses
from cs_nlp.understand.confidence import Confidence, signals
from cs_nlp.understand.features import View
from cs_nlp.understand.lexicon import ConceptHit, Lexicon
from cs_nlp.understand.linear import LinearModel, Scored
from cs_nlp.understand.rules import RuleBook, RuleHit
from cs_nlp.understand.severity import emotion, severity
from cs_nlp.understand.taxonomy import Taxonomy

_CLAUSE_REACH = 0.6
_WHOLE_REACH = 4.0
"""What a clause asks for shows in the whole message, too: farther behind the best, in log-odds, it is a misreading."""
_CLAUSE_CHARACTERS = 4
_MOST_INTENTS = 3


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


class Judged(NamedTuple):
    """What the model and the rules say about one reading.

    Attributes:
        scored: Scores of the linear model.
        chances: Probability of each label of the intent head, rules included.
    """

    scored: Scored
    chances: list[float]


class Analyzer:
    """Understands messages; immutable, safe to share between threads.

    Args:
        model: The linear model with the heads `intent`, and where trained `severity` and `emotion`.
        confidence: From its scores to the probability of being right.
        lexicon: The lexicon it was trained with.
        rules: The rules it was trained with.
        segmenter: Cuts text into words.
        taxonomy: Names and groups of the labels.
        unclear: The label that means "not to be answered", or None.
    """

    def __init__(
        self,
        model: LinearModel,
        confidence: Confidence,
        lexicon: Lexicon,
        rules: RuleBook,
        segmenter: Segmenter,
        taxonomy: Taxonomy,
        unclear: str | None,
    ) -> None:
        self.model = model
        self.labels = model.heads["intent"].labels
        self._confidence = confidence
        self.reader = Reader(lexicon, rules, segmenter, model.profile)
        self._taxonomy = taxonomy
        self._columns = {label: index for index, label in enumerate(self.labels)}
        self.unclear = unclear
        self._unclear = self._columns.get(unclear) if unclear is not None else None
        self._talk = [taxonomy.is_talk(label) for label in self.labels]

    def read(self, message: Message) -> Reading:
        """Takes a message apart."""
        return self.reader.read(message)

    def judge(self, reading: Reading) -> Judged:
        """Scores a reading."""
        return self.judge_scored(reading, self.model.read(reading.view))

    def judge_scored(self, reading: Reading, scored: Scored) -> Judged:
        """Adds what the rules say to scores that are known already."""
        chances = self.model.probabilities("intent", scored.columns)
        return Judged(scored, self._ruled(chances, reading.rules))

    def understand(self, message: Message) -> Understanding:
        """The meaning of a message."""
        return self.understand_many((message,))[0]

    def understand_many(self, messages: Sequence[Message]) -> list[Understanding]:
        """The meaning of each message, the same as alone; a hundred at a time take half the time of one by one."""
        readings = [self.read(message) for message in messages]
        scored = self._scored([reading.view for reading in readings])
        return self._concluded(readings, list(map(self.judge_scored, readings, scored)))

    def conclude(self, reading: Reading, judged: Judged) -> Understanding:
        """Puts together what was read and judged."""
        return self._concluded([reading], [judged])[0]

    def _concluded(self, readings: Sequence[Reading], judged: Sequence[Judged]) -> list[Understanding]:
        rankings = [self._ranking(one.chances) for one in judged]
        seconds = self._seconds(readings, judged, [ranking[0] for ranking in rankings])
        return list(map(self._understanding, readings, judged, rankings, seconds))

    def _scored(self, views: Sequence[View]) -> list[Scored]:
        return self.model.score([self.model.vocabulary.find(view) for view in views])

    def _understanding(self, reading: Reading, judged: Judged, ranking: list[int], second: int | None) -> Understanding:
        chances, best = judged.chances, ranking[0]
        level, mood = self._heads(judged.scored, reading.rules)
        unclear = chances[self._unclear] if self._unclear is not None else 0.0
        score = self._score(reading, judged, ranking, unclear)
        names, others = self.labels, ranking[1:]
        total = sum([chances[index] for index in others]) or 1.0
        share = (1.0 - score) / total
        labels = [Label(names[index], min(score, share * chances[index])) for index in others[: _MOST_INTENTS - 1]]
        return Understanding(
            intents=(Label(names[best], score), *labels),
            second=names[second] if second is not None else None,
            severity=level,
            emotion=mood,
            clear=1.0 - unclear,
            flags=tuple(dict.fromkeys([hit.rule.label for hit in reading.rules if hit.rule.kind == "flag"])),
            evidence=rule_evidence(reading) if reading.rules else (),
        )

    def glance(self, text: str) -> list[float]:
        """Probability of each label by the model alone, without rules and values; for text that is no message.

        Args:
            text: Normal text, such as several turns of a conversation in one.
        """
        return self.model.probabilities("intent", self.model.read(self.reader.glance(text)).columns)

    def signals(self, reading: Reading, judged: Judged) -> tuple[float, ...]:
        """What the confidence is computed from, see `cs_nlp.understand.confidence`."""
        unclear = judged.chances[self._unclear] if self._unclear is not None else 0.0
        return self._signals(reading, judged, self._ranking(judged.chances), unclear)

    def best(self, judged: Judged) -> str:
        """The best intent; never the label for unclear messages unless there is no other."""
        return self.labels[self._ranking(judged.chances)[0]]

    def _ranking(self, chances: list[float]) -> list[int]:
        order = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)[: _MOST_INTENTS + 1]
        return [index for index in order if index != self._unclear] or order

    def _ruled(self, chances: list[float], hits: Sequence[RuleHit]) -> list[float]:
        """Multiplies the odds of what the rules say; of several rules for one label the surest counts."""
        odds: dict[int, float] = {}
        for hit in hits:
            column = self._columns.get(hit.rule.label) if hit.rule.kind == "intent" else None
            if column is not None:
                odds[column] = max(odds.get(column, 1.0), hit.rule.score / max(1.0 - hit.rule.score, 0.01))
        if not odds:
            return chances
        raised = chances.copy()
        for column, factor in odds.items():
            raised[column] *= factor
        total = sum(raised)
        return [chance / total for chance in raised]

    def _score(self, reading: Reading, judged: Judged, ranking: list[int], unclear: float) -> float:
        return self._confidence.probability(self._signals(reading, judged, ranking, unclear))

    def _signals(self, reading: Reading, judged: Judged, ranking: list[int], unclear: float) -> tuple[float, ...]:
        best = self.labels[ranking[0]]
        agree = conflict = 0.0
        for hit in reading.rules:
            if hit.rule.kind == "intent":
                if hit.rule.label == best:
                    agree = max(agree, hit.rule.score)
                else:
                    conflict = max(conflict, hit.rule.score)
        top = judged.chances[ranking[0]]
        second = judged.chances[ranking[1]] if len(ranking) > 1 else 0.0
        return signals(top, second, unclear, judged.scored.known, agree, conflict, len(reading.skeleton.text))

    def _heads(self, scored: Scored, hits: Sequence[RuleHit]) -> tuple[Severity, Emotion]:
        heads = self.model.heads
        levels: tuple[tuple[str, ...], list[float]] = ((), [])
        moods = levels
        if "severity" in heads:
            levels = (heads["severity"].labels, self.model.probabilities("severity", scored.columns))
        if "emotion" in heads:
            moods = (heads["emotion"].labels, self.model.probabilities("emotion", scored.columns))
        return severity(*levels, hits), emotion(*moods, hits)

    def _seconds(self, readings: Sequence[Reading], judged: Sequence[Judged], bests: Sequence[int]) -> list[int | None]:
        """For each message another business intent that a clause of its own asks for clearly, if there is one."""
        views: list[View] = []
        owners: list[int] = []
        possible: list[list[int]] = []
        for owner, reading in enumerate(readings):
            parts = long_clauses(reading.skeleton.text, _CLAUSE_CHARACTERS) if not self._talk[bests[owner]] else []
            possible.append(self._possible(judged[owner].scored, bests[owner]) if parts else [])
            if possible[owner]:
                views += [self.reader.clause(reading, *part) for part in parts]
                owners += [owner] * len(parts)
        found: list[int | None] = [None] * len(readings)
        reached = [_CLAUSE_REACH] * len(readings)
        for owner, scored in zip(owners, self._scored(views) if views else (), strict=True):
            chances = self.model.probabilities("intent", scored.columns)
            chance = max(chances)
            index = chances.index(chance)
            if chance > reached[owner] and index in possible[owner]:
                reached[owner], found[owner] = chance, index
        return found

    def _possible(self, scored: Scored, best: int) -> list[int]:
        """Business intents besides the best that the whole message speaks for a little, the rules apart."""
        head = self.model.heads["intent"]
        scores = scored.columns[head.start : head.stop].tolist()
        least = max(scores) - _WHOLE_REACH
        near = [index for index, score in enumerate(scores) if score >= least]
        return [index for index in near if index not in (best, self._unclear) and not self._talk[index]]


class Reader:
    """Takes messages apart; shared by training and serving, so that both see the same."""

    def __init__(self, lexicon: Lexicon, rules: RuleBook, segmenter: Segmenter, profile: str = "characters") -> None:
        self.rules = rules
        self._profile = profile
        self._lexicon = lexicon
        self._rules = rules
        self._segmenter = segmenter

    def read(self, message: Message) -> Reading:
        """Concepts, rules and the view of the features of a message."""
        text, entities = message.text, message.entities
        bones = skeleton(message)
        concepts = self._lexicon.find(text)
        marks: list[str] = []
        if entities:
            concepts = _without_personal(concepts, entities)
            marks = ["entity:" + entity.type for entity in entities]
        fired = self._rules.find(text, concepts)
        if fired:
            marks += ["rule:" + hit.rule.id for hit in fired]
        view = View(bones.text, self._segmenter.cut(bones.text), concepts, marks, self._profile)
        return Reading(message, bones, concepts, fired, view)

    def glance(self, text: str) -> View:
        """The view of a text, without rules and values."""
        return View(text, self._segmenter.cut(text), self._lexicon.find(text), profile=self._profile)

    def clause(self, reading: Reading, start: int, end: int) -> View:
        """The view of a clause, `[start, end)` of the skeleton's text."""
        text = reading.skeleton.text[start:end]
        low, high = reading.skeleton.span(start, end)
        concepts = [hit for hit in reading.concepts if low <= hit.start and hit.end <= high]
        return View(text, self._segmenter.cut(text), concepts, profile=self._profile)


def _without_personal(hits: list[ConceptHit], entities: Sequence[Entity]) -> list[ConceptHit]:
    """The concepts that do not touch personal data: digits of a phone number are no quantity."""
    spans = [(entity.start, entity.end) for entity in entities if entity.sensitive]
    if not spans:
        return hits
    return [hit for hit in hits if not any(start < hit.end and hit.start < end for start, end in spans)]


def rule_evidence(reading: Reading) -> tuple[Evidence, ...]:
    """The rules that fired, with their places in the original text."""
    found = []
    for hit in reading.rules:
        start, end = min(a for a, _ in hit.spans), max(b for _, b in hit.spans)
        found.append(
            Evidence(
                kind="rule",
                id=hit.rule.id,
                score=hit.rule.score,
                span=reading.message.span(start, end),
                source=hit.rule.source,
                note=hit.rule.note or f"{hit.rule.kind} → {hit.rule.label}",
            )
        )
    return tuple(found)
