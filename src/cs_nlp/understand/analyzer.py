"""From a message to its meaning: concepts, rules, features, linear model, clauses, in that order."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cs_nlp.text import Segmenter
from cs_nlp.types import Evidence, Label, Message, Understanding
from cs_nlp.understand.clauses import long_clauses
from cs_nlp.understand.confidence import Confidence, signals
from cs_nlp.understand.features import View
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.linear import LinearModel, Scored
from cs_nlp.understand.reader import Reader, Reading
from cs_nlp.understand.rules import RuleBook, RuleHit
from cs_nlp.understand.scorer import compiled_scorer
from cs_nlp.understand.severity import LEVELS, emotion, learned_level, severity
from cs_nlp.understand.taxonomy import Taxonomy

_CLAUSE_REACH = 0.6
_WHOLE_REACH = 4.0
"""What a clause asks for shows in the whole message, too: farther behind the best, in log-odds, it is a misreading."""
_CLAUSE_CHARACTERS = 4
_MOST_INTENTS = 3
_made = tuple.__new__  # skips the checks of a named tuple's own constructor


class Judged(NamedTuple):
    """What the model and the rules say about one reading.

    Attributes:
        near: The labels that the linear model alone, without rules, puts near its best one.
        known: Share of the character features that the model knows, weighted by idf, 0–1.
        chances: Probability of each label of the intent head, rules included.
        ranking: The labels of the highest ones, best first; `unclear` only when there is no other.
        scores: How sure each of them is, 0–1: the best one's is the probability that it is right.
        level: Place in `LEVELS` of what the severity head asks for.
        mood: The likeliest label of the emotion head, -1 without that head.
    """

    near: tuple[int, ...]
    known: float
    chances: array[float]
    ranking: tuple[int, ...]
    scores: tuple[float, ...]
    level: int
    mood: int


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
        self._ruled = {
            rule.id: (self.places.get(rule.label, -1), rule.score) for rule in rules.rules if rule.kind == "intent"
        }
        self._scorer = compiled_scorer(model, confidence, self._unclear, _WHOLE_REACH)

    def read(self, message: Message) -> Reading:
        """Takes a message apart."""
        return self.reader.read(message)

    def judge(self, reading: Reading) -> Judged:
        """Scores a reading."""
        if self._scorer is None:
            return self.judge_scored((reading,), self._scored((reading.view,)))[0]
        ruled = self._rules_for(reading.rules) if reading.rules else None
        return _made(Judged, self._scorer.judge(reading.view, ruled))

    def _judge(self, readings: Sequence[Reading]) -> list[Judged]:
        if self._scorer is None and readings:
            return self.judge_scored(readings, self._scored([reading.view for reading in readings]))
        return list(map(self.judge, readings))

    def judge_scored(self, readings: Sequence[Reading], scored: Sequence[Scored]) -> list[Judged]:
        """Adds what the rules say to scores that are known already."""
        chances = self.model.probabilities(np.array([one.columns for one in scored]))
        intents = chances[:, self._intents]
        for place, reading in enumerate(readings):
            if reading.rules and (odds := _odds(self._rules_for(reading.rules))):
                for column, factor in odds.items():
                    intents[place, column] *= factor
                intents[place] /= intents[place].sum()
        best = intents.argsort(axis=1, kind="stable")[:, : -_MOST_INTENTS - 2 : -1].tolist()
        rankings = [tuple([index for index in order if index != self._unclear] or order) for order in best]
        return [
            self._judged(*one)
            for one in zip(
                readings,
                scored,
                intents.tolist(),
                rankings,
                chances[:, self._levels].tolist(),
                chances[:, self._moods].tolist(),
                strict=True,
            )
        ]

    def _judged(
        self,
        reading: Reading,
        scored: Scored,
        chances: list[float],
        ranking: tuple[int, ...],
        levels: list[float],
        moods: list[float],
    ) -> Judged:
        score = self._confidence.probability(self._signals(reading, chances, ranking, scored.known))
        others = ranking[1:]
        total = 0.0
        for index in others:  # one by one, as the compiled scorer adds; `sum` corrects itself in newer Pythons
            total += chances[index]
        share = (1.0 - score) / (total or 1.0)
        scores = (score, *[min(score, share * chances[index]) for index in others])
        level = learned_level(self._level_names, levels)
        mood = moods.index(max(moods)) if moods else -1
        return Judged(self._near(scored), scored.known, array("d", chances), ranking, scores, level, mood)

    def understand(self, message: Message) -> Understanding:
        """The meaning of a message."""
        reading = self.reader.read(message)
        return self.conclude(reading, self.judge(reading))

    def understand_many(self, messages: Sequence[Message]) -> list[Understanding]:
        """The meaning of each message, the same as alone; many at a time take less time than one by one."""
        readings = list(map(self.reader.read, messages))
        return list(map(self.conclude, readings, self._judge(readings)))

    def _scored(self, views: Sequence[View]) -> list[Scored]:
        return self.model.score([self.model.vocabulary.find(view) for view in views])

    def conclude(self, reading: Reading, judged: Judged) -> Understanding:
        """Puts together what was read and judged."""
        names, rules, mood = self.labels, reading.rules, judged.mood
        likeliest = zip(judged.ranking[:_MOST_INTENTS], judged.scores, strict=False)
        unclear = judged.chances[self._unclear] if self._unclear is not None else 0.0
        return Understanding(
            intents=tuple([Label(names[index], score) for index, score in likeliest]),
            second=self._second(reading, judged),
            severity=severity(LEVELS[judged.level], rules),
            emotion=emotion(self._mood_names[mood] if mood >= 0 else "calm", rules),
            clear=1.0 - unclear,
            flags=tuple(dict.fromkeys([hit.rule.label for hit in rules if hit.rule.kind == "flag"])) if rules else (),
            evidence=rule_evidence(reading) if rules else (),
        )

    def together(self, reading: Reading, said: str, ours: str) -> array[float]:
        """Probability of each label by the model alone, without rules, for a message together with turns before it.

        Args:
            reading: The message.
            said: What the customer said before, or an empty string.
            ours: What the bot told him last, or an empty string.
        """
        return self._chances((self.reader.together(reading, said, ours),))[0]

    def signals(self, reading: Reading, judged: Judged) -> tuple[float, ...]:
        """What the confidence is computed from, see `cs_nlp.understand.confidence`."""
        return self._signals(reading, judged.chances, judged.ranking, judged.known)

    def _signals(
        self, reading: Reading, chances: Sequence[float], ranking: Sequence[int], known: float
    ) -> tuple[float, ...]:
        best, agree, conflict = ranking[0], 0.0, 0.0
        for place, score in self._rules_for(reading.rules):
            if place == best:
                agree = max(agree, score)
            else:
                conflict = max(conflict, score)
        second = chances[ranking[1]] if len(ranking) > 1 else 0.0
        unclear = chances[self._unclear] if self._unclear is not None else 0.0
        return signals(chances[best], second, unclear, known, agree, conflict, len(reading.skeleton.text))

    def best(self, judged: Judged) -> str:
        """The best intent; never the label for unclear messages unless there is no other."""
        return self.labels[judged.ranking[0]]

    def _rules_for(self, hits: Sequence[RuleHit]) -> list[tuple[int, float]]:
        """The labels that rules speak for, -1 for one that the model does not have, and the score of each rule."""
        ruled = self._ruled
        return [ruled[hit.rule.id] for hit in hits if hit.rule.id in ruled]

    def _second(self, reading: Reading, judged: Judged) -> str | None:
        """Another business intent that a clause of its own asks for clearly, if there is one."""
        best = judged.ranking[0]
        parts = long_clauses(reading.skeleton.text, _CLAUSE_CHARACTERS) if not self._talk[best] else ()
        possible = self._possible(judged.near, best) if parts else ()
        if not possible:
            return None
        reached, found = _CLAUSE_REACH, None
        for index, chance in self._likeliest([self.reader.clause(reading, *part) for part in parts]):
            if chance > reached and index in possible:
                reached, found = chance, self.labels[index]
        return found

    def _likeliest(self, views: Sequence[View]) -> list[tuple[int, float]]:
        """For each text the likeliest label by the model alone, and its probability."""
        if self._scorer is not None:
            return list(map(self._scorer.best, views))
        return [(chances.index(max(chances)), max(chances)) for chances in self._chances(views)]

    def _chances(self, views: Sequence[View]) -> list[array[float]]:
        """For each text the probability of each label by the model alone."""
        if self._scorer is not None:
            return list(map(self._scorer.chances, views))
        chances = self.model.probabilities(np.array([one.columns for one in self._scored(views)]))
        return [array("d", row) for row in chances[:, self._intents].tolist()]

    def _near(self, scored: Scored) -> tuple[int, ...]:
        """The labels whose scores are near the best one."""
        scores = scored.columns[self._intents].tolist()
        least = max(scores) - _WHOLE_REACH
        return tuple([index for index, score in enumerate(scores) if score >= least])

    def _possible(self, near: Sequence[int], best: int) -> list[int]:
        """Business intents besides the best that the whole message speaks for a little, the rules apart."""
        return [index for index in near if index not in (best, self._unclear) and not self._talk[index]]


def _odds(ruled: Sequence[tuple[int, float]]) -> dict[int, float]:
    """By what the odds of labels are multiplied that rules speak for; of several rules for one the surest counts."""
    odds: dict[int, float] = {}
    for place, score in ruled:
        if place >= 0:
            odds[place] = max(odds.get(place, 1.0), score / max(1.0 - score, 0.01))
    return odds


def _columns(model: LinearModel, head: str) -> slice:
    """Where a head's columns are; nowhere when the model does not have it."""
    owner = model.heads.get(head)
    return slice(owner.start, owner.stop) if owner is not None else slice(0, 0)


def _names(model: LinearModel, head: str) -> tuple[str, ...]:
    return model.heads[head].labels if head in model.heads else ()


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
