"""From a message to its meaning: concepts, rules, features, linear model, clauses, in that order."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cs_nlp.text import Segmenter, Skeleton, skeleton
from cs_nlp.types import Entity, Evidence, Label, Message, Understanding
from cs_nlp.understand.clauses import long_clauses
from cs_nlp.understand.confidence import Confidence, signals
from cs_nlp.understand.features import MAX_CHARACTERS, View
from cs_nlp.understand.lexicon import ConceptHit, Lexicon
from cs_nlp.understand.linear import LinearModel, Scored
from cs_nlp.understand.rules import RuleBook, RuleHit
from cs_nlp.understand.scorer import compiled_scorer
from cs_nlp.understand.severity import emotion, severity
from cs_nlp.understand.taxonomy import Taxonomy

if TYPE_CHECKING:
    from cs_nlp.understand._scorer import Scorer

_DIGIT = re.compile("[0-9]")
_CLAUSE_REACH = 0.6
_WHOLE_REACH = 4.0
"""What a clause asks for shows in the whole message, too: farther behind the best, in log-odds, it is a misreading."""
_CLAUSE_CHARACTERS = 4
_MOST_INTENTS = 3
_made = tuple.__new__  # skips the checks of a named tuple's own constructor


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
        near: The labels that the linear model alone, without rules, puts near its best one.
        known: Share of the character features that the model knows, weighted by idf, 0–1.
        chances: Probability of each label of the intent head, rules included.
        ranking: The labels of the highest ones, best first; `unclear` only when there is no other.
        levels: Probability of each label of the severity head, empty without that head.
        moods: The same of the emotion head.
    """

    near: list[int]
    known: float
    chances: list[float]
    ranking: list[int]
    levels: list[float]
    moods: list[float]


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
        self.places = {label: index for index, label in enumerate(self.labels)}
        self.unclear = unclear
        self._unclear = self.places.get(unclear) if unclear is not None else None
        self._talk = [taxonomy.is_talk(label) for label in self.labels]
        self.talk = tuple(index for index, talk in enumerate(self._talk) if talk)
        self._intents = _columns(model, "intent")
        self._levels, self._moods = _columns(model, "severity"), _columns(model, "emotion")
        self._level_names, self._mood_names = _names(model, "severity"), _names(model, "emotion")
        self._scorer = compiled_scorer(model, self._unclear, _WHOLE_REACH)

    def read(self, message: Message) -> Reading:
        """Takes a message apart."""
        return self.reader.read(message)

    def judge(self, reading: Reading) -> Judged:
        """Scores a reading."""
        return self._judge((reading,))[0]

    def _judge(self, readings: Sequence[Reading]) -> list[Judged]:
        if self._scorer is None:
            return self.judge_scored(readings, self._scored([reading.view for reading in readings]))
        return [self._judge_compiled(self._scorer, reading.view, reading.rules) for reading in readings]

    def _judge_compiled(self, scorer: Scorer, view: View, rules: Sequence[RuleHit] = ()) -> Judged:
        text = view.text if len(view.text) <= MAX_CHARACTERS else view.text[:MAX_CHARACTERS]
        odds = self._odds(rules) if rules else None
        found = scorer.judge(text, view.tokens, view.hits, list(view.marks), odds)
        return _made(Judged, found)

    def judge_scored(self, readings: Sequence[Reading], scored: Sequence[Scored]) -> list[Judged]:
        """Adds what the rules say to scores that are known already."""
        chances = self.model.probabilities(np.array([one.columns for one in scored]))
        intents = chances[:, self._intents]
        for place, reading in enumerate(readings):
            if reading.rules and (odds := self._odds(reading.rules)):
                for column, factor in odds:
                    intents[place, column] *= factor
                intents[place] /= intents[place].sum()
        best = intents.argsort(axis=1, kind="stable")[:, : -_MOST_INTENTS - 2 : -1].tolist()
        rankings = [[index for index in order if index != self._unclear] or order for order in best]
        levels, moods = chances[:, self._levels].tolist(), chances[:, self._moods].tolist()
        near, known = map(self._near, scored), [one.known for one in scored]
        return list(map(Judged, near, known, intents.tolist(), rankings, levels, moods))

    def understand(self, message: Message) -> Understanding:
        """The meaning of a message."""
        return self.understand_many((message,))[0]

    def understand_many(self, messages: Sequence[Message]) -> list[Understanding]:
        """The meaning of each message, the same as alone; many at a time take less time than one by one."""
        readings = list(map(self.reader.read, messages))
        return self._concluded(readings, self._judge(readings))

    def conclude(self, reading: Reading, judged: Judged) -> Understanding:
        """Puts together what was read and judged."""
        return self._concluded((reading,), (judged,))[0]

    def _concluded(self, readings: Sequence[Reading], judged: Sequence[Judged]) -> list[Understanding]:
        return list(map(self._understanding, readings, judged, self._seconds(readings, judged)))

    def _scored(self, views: Sequence[View]) -> list[Scored]:
        return self.model.score([self.model.vocabulary.find(view) for view in views])

    def _understanding(self, reading: Reading, judged: Judged, second: int | None) -> Understanding:
        chances, ranking, rules = judged.chances, judged.ranking, reading.rules
        best = ranking[0]
        unclear = chances[self._unclear] if self._unclear is not None else 0.0
        score = self._confidence.probability(self.signals(reading, judged))
        names, others = self.labels, ranking[1:]
        total = sum([chances[index] for index in others]) or 1.0
        share = (1.0 - score) / total
        labels = [Label(names[index], min(score, share * chances[index])) for index in others[: _MOST_INTENTS - 1]]
        return Understanding(
            intents=(Label(names[best], score), *labels),
            second=names[second] if second is not None else None,
            severity=severity(self._level_names, judged.levels, rules),
            emotion=emotion(self._mood_names, judged.moods, rules),
            clear=1.0 - unclear,
            flags=tuple(dict.fromkeys([hit.rule.label for hit in rules if hit.rule.kind == "flag"])) if rules else (),
            evidence=rule_evidence(reading) if rules else (),
        )

    def glance(self, text: str) -> list[float]:
        """Probability of each label by the model alone, without rules and values; for text that is no message.

        Args:
            text: Normal text, such as several turns of a conversation in one.
        """
        return self._chances((self.reader.glance(text),))[0]

    def signals(self, reading: Reading, judged: Judged) -> tuple[float, ...]:
        """What the confidence is computed from, see `cs_nlp.understand.confidence`."""
        chances, ranking = judged.chances, judged.ranking
        best = self.labels[ranking[0]]
        agree = conflict = 0.0
        for hit in reading.rules:
            if hit.rule.kind == "intent":
                if hit.rule.label == best:
                    agree = max(agree, hit.rule.score)
                else:
                    conflict = max(conflict, hit.rule.score)
        second = chances[ranking[1]] if len(ranking) > 1 else 0.0
        unclear = chances[self._unclear] if self._unclear is not None else 0.0
        known, length = judged.known, len(reading.skeleton.text)
        return signals(chances[ranking[0]], second, unclear, known, agree, conflict, length)

    def best(self, judged: Judged) -> str:
        """The best intent; never the label for unclear messages unless there is no other."""
        return self.labels[judged.ranking[0]]

    def _odds(self, hits: Sequence[RuleHit]) -> list[tuple[int, float]]:
        """By what the odds of labels are multiplied that rules speak for; of several rules for one the surest counts."""
        odds: dict[int, float] = {}
        for hit in hits:
            column = self.places.get(hit.rule.label) if hit.rule.kind == "intent" else None
            if column is not None:
                odds[column] = max(odds.get(column, 1.0), hit.rule.score / max(1.0 - hit.rule.score, 0.01))
        return list(odds.items())

    def _seconds(self, readings: Sequence[Reading], judged: Sequence[Judged]) -> list[int | None]:
        """For each message another business intent that a clause of its own asks for clearly, if there is one."""
        found: list[int | None] = [None] * len(readings)
        views: list[View] = []
        asked: list[tuple[int, list[int]]] = []  # of each view its message, and what it may be about
        for owner, (reading, one) in enumerate(zip(readings, judged, strict=True)):
            best = one.ranking[0]
            parts = long_clauses(reading.skeleton.text, _CLAUSE_CHARACTERS) if not self._talk[best] else []
            possible = self._possible(one.near, best) if parts else []
            if possible:
                views += [self.reader.clause(reading, *part) for part in parts]
                asked += [(owner, possible)] * len(parts)
        if not views:
            return found
        reached = [_CLAUSE_REACH] * len(readings)
        for (owner, possible), chances in zip(asked, self._chances(views), strict=True):
            chance = max(chances)
            index = chances.index(chance)
            if chance > reached[owner] and index in possible:
                reached[owner], found[owner] = chance, index
        return found

    def _chances(self, views: Sequence[View]) -> list[list[float]]:
        """For each text the probability of each label by the model alone."""
        if self._scorer is not None:
            return [self._judge_compiled(self._scorer, view).chances for view in views]
        chances = self.model.probabilities(np.array([one.columns for one in self._scored(views)]))
        found: list[list[float]] = chances[:, self._intents].tolist()
        return found

    def _near(self, scored: Scored) -> list[int]:
        """The labels whose scores are near the best one."""
        scores = scored.columns[self._intents].tolist()
        least = max(scores) - _WHOLE_REACH
        return [index for index, score in enumerate(scores) if score >= least]

    def _possible(self, near: Sequence[int], best: int) -> list[int]:
        """Business intents besides the best that the whole message speaks for a little, the rules apart."""
        return [index for index in near if index not in (best, self._unclear) and not self._talk[index]]


def _columns(model: LinearModel, head: str) -> slice:
    """Where a head's columns are; nowhere when the model does not have it."""
    owner = model.heads.get(head)
    return slice(owner.start, owner.stop) if owner is not None else slice(0, 0)


def _names(model: LinearModel, head: str) -> tuple[str, ...]:
    return model.heads[head].labels if head in model.heads else ()


class Reader:
    """Takes messages apart; shared by training and serving, so that both see the same."""

    def __init__(self, lexicon: Lexicon, rules: RuleBook, segmenter: Segmenter, profile: str = "characters") -> None:
        self.rules = rules
        self._profile = profile
        self._lexicon = lexicon
        self._rules = RuleBook(rules.rules, lexicon.words)  # one pass finds the words of both
        self._screener = self._rules.compiled(lexicon)
        self._scan = self._screener.scan if self._screener is not None else self._rules.scan
        self._scan("")  # so that all is ready now, not at the first message
        self._segmenter = segmenter

    def read(self, message: Message) -> Reading:
        """Concepts, rules and the view of the features of a message."""
        text, entities = message.text, message.entities
        bones = skeleton(message)
        private = any(entity.sensitive for entity in entities) if entities else False
        if self._screener is not None and not private and _DIGIT.search(text) is None:
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
        view = View(bones.text, self._segmenter.cut(bones.text), concepts, marks, self._profile)
        return Reading(message, bones, concepts, fired, view)

    def glance(self, text: str) -> View:
        """The view of a text, without rules and values."""
        if self._screener is not None and _DIGIT.search(text) is None:
            concepts = self._screener.read(text)[0]
        else:
            concepts = self._lexicon.find(text, self._scan(text))
        return View(text, self._segmenter.cut(text), concepts, profile=self._profile)

    def clause(self, reading: Reading, start: int, end: int) -> View:
        """The view of a clause, `[start, end)` of the skeleton's text."""
        text = reading.skeleton.text[start:end]
        low, high = reading.skeleton.span(start, end)
        concepts = [hit for hit in reading.concepts if low <= hit.start and hit.end <= high]
        return View(text, self._segmenter.cut(text), concepts, profile=self._profile)


def _without_personal(hits: list[ConceptHit], entities: Sequence[Entity]) -> list[ConceptHit]:
    """The concepts that do not touch personal data: digits of a phone number are no quantity."""
    private = [entity for entity in entities if entity.sensitive]
    if not private:
        return hits
    starts, ends = [entity.start for entity in private], [entity.end for entity in private]
    return [hit for hit in hits if bisect_left(starts, hit.end) == bisect_right(ends, hit.start)]


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
