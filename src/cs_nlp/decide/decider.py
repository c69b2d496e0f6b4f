"""From an understood message to a reply: policy, answer, question or ticket. Knows nothing of how it was understood."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from cs_nlp.decide.advice import advise
from cs_nlp.decide.clarify import options_key, slot_key
from cs_nlp.decide.follow_up import GAVE_INFO, MORE_TO_ASK, FollowUps, answers, is_open
from cs_nlp.decide.handoff import write_ticket
from cs_nlp.decide.history import history
from cs_nlp.decide.knowledge import Found, Knowledge
from cs_nlp.decide.offer import Offer
from cs_nlp.decide.policy import Situation, Step, Thresholds
from cs_nlp.decide.proposals import with_proposals
from cs_nlp.decide.scope import scope_of
from cs_nlp.decide.session import Session
from cs_nlp.decide.turned import Rules, Turned, about
from cs_nlp.types import (
    Action,
    Emotion,
    Message,
    OpenQuestion,
    Option,
    Reply,
    Severity,
    Ticket,
    Understanding,
)

if TYPE_CHECKING:
    from cs_nlp.decide.orders import Lookup
    from cs_nlp.faq import FaqEntry

_SAME = "same_answer"
_CLOSE = "close_entries"
_made = tuple.__new__  # skips the checks of a named tuple's own constructor, which takes twice as long
_ANSWER, _CLARIFY, _HANDOFF = Action.ANSWER, Action.CLARIFY, Action.HANDOFF  # a member of an enumeration is slow to get
_CALM, _QUIET = Emotion.CALM, (Severity.N, Severity.B)


class Decider:
    """Decides; immutable, safe to share between threads.

    Attributes:
        talk: What is no business: small talk, and what is not to be answered.

    Args:
        knowledge: The knowledge base.
        rules: Policy, desks, clocks, tone, questions, automation.
        thresholds: From which score on the bot answers or asks back.
        unclear: The label that means "not to be answered", or None.
        labels: Intents that may be offered as choices; any when None.
        lookup: Where order and customer facts come from, or None.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        rules: Rules,
        thresholds: Thresholds,
        unclear: str | None = "unclear",
        labels: Collection[str] | None = None,
        lookup: Lookup | None = None,
    ) -> None:
        self.knowledge = knowledge
        self.rules = rules
        self.thresholds = thresholds
        self._unclear = unclear
        self._offer = Offer(knowledge, rules, unclear, labels)
        self._follow_ups = FollowUps(rules.clarify)
        self.talk = frozenset(intent for intent in rules.taxonomy.intents if rules.taxonomy.is_talk(intent)) | {unclear}
        self._lookup = lookup

    def decide(
        self,
        message: Message,
        understanding: Understanding,
        now: datetime,
        session: Session | None = None,
        notes: tuple[str, ...] = (),
        load: Mapping[str, float] | None = None,
        faq: str | None = None,
    ) -> Reply:
        """Decides what to do with a message; the session is read, and its `said` and `problems` are kept up.

        Args:
            message: The message.
            understanding: What it means, in context.
            now: The present time.
            session: The conversation before it.
            notes: How it was understood in context.
            load: Load of each desk, 0–1.
            faq: The FAQ entry that the customer chose.
        """
        turned = _made(Turned, (message, understanding, (*message.notes, *notes), session, now, load, (), None))
        if session is not None:
            turned = self._with_history(self._with_answer(turned, session) if notes else turned, session)
        situation = self._situation(turned)
        step = self.rules.policy.decide(situation, self.thresholds)
        if step.action is _ANSWER:  # the knowledge base is searched only for messages that will be answered
            return self._from_knowledge(step, turned, situation, faq)
        return self._without_answer(step, turned)

    def _from_knowledge(self, step: Step, turned: Turned, situation: Situation, faq: str | None) -> Reply:
        found, session = self._found(turned, faq), turned.session
        options = self._offer.between(found, turned)
        if options:
            turned = turned._replace(notes=(*turned.notes, _CLOSE))
            step = self._again(situation, turned)
            if step.action is _CLARIFY:
                return self._clarify(step, turned, options)
        hit = found.hit
        entry = self.knowledge.entry(hit.entry_id) if hit is not None else None
        text = self.knowledge.answer_of(entry, turned.message, session) if entry is not None else None
        if entry is None or text is None:
            return self._without_answer(self._again(situation._replace(has_answer=False), turned), turned)
        if session is not None and text in session.said and not self._talk(turned.understanding):
            turned = self._asking_on(turned._replace(notes=(*turned.notes, _SAME)), entry)
            worst = self._at_worst(turned).understanding.severity  # the trouble is still the one it was
            step = self._again(situation._replace(severity=worst), turned)
            if step.action is not _ANSWER:
                return self._without_answer(step, turned)
        return self._answer(step, turned, entry, text)

    def _again(self, situation: Situation, turned: Turned) -> Step:
        """What the policy says after more was noted."""
        return self.rules.policy.decide(situation._replace(notes=turned.notes), self.thresholds)

    def _without_answer(self, step: Step, turned: Turned) -> Reply:
        return self._clarify(step, turned) if step.action is _CLARIFY else self._handoff(step, turned)

    def _with_answer(self, turned: Turned, session: Session) -> Turned:
        """Takes note of what our question brought, and that there is more to ask."""
        if GAVE_INFO not in turned.notes or session.question is None:
            return turned
        if answers(turned.message, session.question):
            session.hear_answer(turned.message.raw)
        entry = self.knowledge.entry(session.question.faq) if session.question.faq else None
        return self._asking_on(turned, entry) if entry is not None else turned

    def _asking_on(self, turned: Turned, entry: FaqEntry) -> Turned:
        """With the next question of an entry, if there is one."""
        question = self._follow_up(entry, turned)
        return turned if question is None else turned._replace(notes=(*turned.notes, MORE_TO_ASK), follow_up=question)

    def _follow_up(self, entry: FaqEntry, turned: Turned) -> OpenQuestion | None:
        """The first question of an entry that was not asked yet and asks for nothing that was given."""
        said = turned.session.said if turned.session is not None else ()
        for question in self._follow_ups.of(entry):
            if question.text not in said and is_open(question, turned):
                return question
        return None

    def _found(self, turned: Turned, faq: str | None) -> Found:
        hit = self.knowledge.chosen(faq) if faq is not None else None
        if hit is not None:
            return Found(hit)
        return self.knowledge.find(turned.message, turned.understanding, scope_of(turned))

    def _with_history(self, turned: Turned, session: Session) -> Turned:
        understanding = turned.understanding
        if session.customer or understanding.flags or understanding.severity not in _QUIET:  # else nothing is raised
            past = history(session, understanding, turned.now, business=not self._talk(understanding))
            if past.returns:
                session.problems[understanding.intents[0].id] = past.returns
            if past.notes:
                understanding = replace(understanding, severity=past.severity)
                turned = turned._replace(understanding=understanding, notes=(*turned.notes, *past.notes))
        return with_proposals(turned, session, self.rules, self._lookup)

    def _situation(self, turned: Turned) -> Situation:
        understanding, session = turned.understanding, turned.session
        best = understanding.intents[0]
        unclear, repeated = best.id == self._unclear or understanding.clear < 0.5, "repeated" in understanding.flags
        failures = session.failures if session is not None else 0
        known = (best.id, best.score, understanding.severity, understanding.emotion, unclear, repeated)
        return _made(Situation, (*known, True, failures, turned.notes))

    def _talk(self, understanding: Understanding) -> bool:
        return understanding.intents[0].id in self.talk

    def _answer(self, step: Step, turned: Turned, entry: FaqEntry, answer: str) -> Reply:
        session = turned.session
        if session is None:
            return self._reply(step, turned, answer, faq=entry.id)
        understanding = turned.understanding
        calm = understanding.emotion is _CALM and understanding.severity in _QUIET
        soothing = "" if calm else self._soothing(understanding, session, answer)
        question = self._follow_up(entry, turned) if self._asks_back(understanding) else None
        text = soothing + answer
        if question is None:
            session.say(answer, soothing)
        else:
            session.say(answer, soothing, question.text)
            text += "" if self._follow_ups.asked_in(answer, question) else question.text
        return self._reply(step, turned, text, faq=entry.id, question=question)

    def _soothing(self, understanding: Understanding, session: Session, answer: str) -> str:
        if self._talk(understanding) or self.rules.tone.soothes(answer):
            return ""
        intent = understanding.intents[0].id
        return self.rules.tone.soothe(intent, understanding.emotion, understanding.severity, session.said)

    def _asks_back(self, understanding: Understanding) -> bool:
        """Hidden needs are asked for where something is wrong or an agent will need to know."""
        intent = understanding.intents[0].id
        if intent in self.talk:
            return False
        found = self.rules.taxonomy.intents.get(intent)
        return understanding.severity not in _QUIET or (found is not None and found.tier != "bot")

    def _missing(self, turned: Turned) -> tuple[str, ...]:
        session = turned.session
        given = [entity.type for entity in turned.message.entities]
        given += [kind for kind, _ in session.entities] if session is not None else []
        topic = about(turned.understanding, session, self.rules.taxonomy).intents[0].id
        return self.rules.clarify.missing(topic, given)

    def _clarify(self, step: Step, turned: Turned, options: tuple[Option, ...] = ()) -> Reply:
        understanding, session = turned.understanding, turned.session
        policy, options = self.rules.policy, options or self._offer.options(turned)
        unsure = understanding.intents[0].score < self.thresholds.clarify or not turned.message.text
        if session is None:
            text = policy.clarify_open if unsure else policy.clarify_question
            return self._reply(step, turned, text, options=options, question=OpenQuestion(text, options))
        clarify = self.rules.clarify
        if turned.follow_up is not None:
            return self._ask_on(step, turned, session, turned.follow_up)
        if step.reason == "rejected_options" and clarify.none_fits not in session.said:
            question: OpenQuestion | None = OpenQuestion(clarify.none_fits)
        else:
            question = clarify.ask(options, session.said, unsure=unsure)
        if question is None:
            return self._handoff(replace(step, reason="asked_before", action=_HANDOFF), turned)
        session.say(question.text, *([options_key(question.options)] if question.options else []))
        return self._reply(step, turned, question.text, options=question.options, question=question)

    def _ask_on(self, step: Step, turned: Turned, session: Session, question: OpenQuestion) -> Reply:
        noted = self.rules.clarify.note(session.said)
        session.say(noted, question.text)
        return self._reply(step, turned, noted + question.text, question=question)

    def _handoff(self, step: Step, turned: Turned) -> Reply:
        session, missing = turned.session, self._missing(turned)
        soothing, question = self.rules.policy.text(step.reason), None
        if session is not None:
            soothing = self.rules.tone.handover(soothing, session.said)
            question = self.rules.clarify.ask_for(missing, session.said)
            session.say(soothing, *map(slot_key, missing))
        ticket = write_ticket(
            self._at_worst(turned),
            (step.reason, *turned.notes),
            self.rules,
            soothing=soothing,
            advice=advise(turned, missing, self.knowledge, self.rules),
        )
        text = soothing + question.text if question is not None else soothing
        return self._reply(step, turned, text, ticket=ticket, question=question)

    def _at_worst(self, turned: Turned) -> Turned:
        """With the severity of a ticket: the worst of the conversation."""
        session, understanding = turned.session, turned.understanding
        if session is None or session.severity.rank <= understanding.severity.rank:
            return turned
        return turned._replace(understanding=replace(understanding, severity=session.severity))

    def _reply(
        self,
        step: Step,
        turned: Turned,
        text: str,
        *,
        faq: str | None = None,
        options: tuple[Option, ...] = (),
        ticket: Ticket | None = None,
        question: OpenQuestion | None = None,
    ) -> Reply:
        text, fine = self.rules.tone.checked(text)
        understanding = turned.understanding
        return Reply(
            action=step.action,
            text=text,
            intents=understanding.intents,
            severity=understanding.severity,
            emotion=understanding.emotion,
            faq=faq,
            ticket=ticket,
            reasons=(step.reason, *turned.notes, *(() if fine else ("banned_phrase",))),
            entities=turned.message.entities,
            options=options,
            second=understanding.second,
            evidence=understanding.evidence,
            question=question,
            proposals=turned.proposals,
        )
