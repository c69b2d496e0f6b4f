"""The assistant: a customer's message in, a decision with its reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from cs_nlp.bundle import Bundle, shipped_bundle
from cs_nlp.decide.dialogue import BOT, Session
from cs_nlp.decide.handoff import Clock, Desks, utc_now, write_ticket
from cs_nlp.decide.policy import Policy, Situation, Step, Thresholds
from cs_nlp.explain import Explanation, explain
from cs_nlp.faq import FaqEntry, FaqIndex, from_json, load_entries, load_settings, render
from cs_nlp.text import Segmenter, read
from cs_nlp.types import Action, FaqHit, Message, Option, Reply, Ticket, Understanding
from cs_nlp.understand.analyzer import Analyzer
from cs_nlp.understand.taxonomy import Taxonomy

_FAQ_FLOOR = 0.45
"""Below this likeness the general answer of the intent is better than the nearest special one."""
_SILENT = "owned_by_desk"


class Assistant:
    """Answers, asks back or hands over. Immutable after loading: one instance serves many threads.

    Args:
        bundle: A trained model.
        entries: The knowledge base.
        settings: Values of the slots in its answers.
        policy: The policy; the packaged one by default.
        desks: The human desks; the packaged ones by default.
        clock: Tells the time for tickets; by default the system's, in UTC.

    >>> bot = Assistant.load()
    >>> bot.reply("电子发票在哪里下载").action.value
    'answer'
    """

    def __init__(
        self,
        bundle: Bundle,
        entries: Iterable[FaqEntry],
        settings: Mapping[str, str],
        *,
        policy: Policy | None = None,
        desks: Desks | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.bundle = bundle
        self.taxonomy = Taxonomy.default()
        self.policy = policy or Policy.default()
        self.desks = desks or Desks.default()
        self.thresholds: Thresholds = self.policy.thresholds(bundle.thresholds)
        self.faq = FaqIndex.build(entries)
        self.analyzer = Analyzer(
            bundle.model,
            bundle.confidence,
            bundle.lexicon,
            bundle.rules,
            Segmenter(),
            self.taxonomy,
            bundle.unclear,
        )
        self._settings = dict(settings)
        self._clock = clock
        self._general = {
            entry.intents[0]: entry
            for entry in reversed(self.faq.entries())
            if "general" in entry.tags and entry.intents
        }

    @classmethod
    def load(
        cls,
        bundle: Path | str | None = None,
        faq: Path | str | None = None,
        *,
        policy: Path | str | None = None,
        desks: Path | str | None = None,
        clock: Clock = utc_now,
    ) -> Assistant:
        """Loads an assistant from disk.

        Args:
            bundle: Folder of a trained model; the shipped one by default.
            faq: Folder of a knowledge base in YAML; by default the one inside the bundle.
            policy: A policy file; the packaged one by default.
            desks: A desk file; the packaged one by default.
            clock: Tells the time for tickets.

        Raises:
            ModelLoadError: If the bundle cannot be used.
            DataFileError: If a YAML file has faults; all are listed.
        """
        model = Bundle.load(shipped_bundle() if bundle is None else bundle)
        if faq is not None:
            entries, settings = load_entries(Path(faq)), load_settings(Path(faq))
        else:
            entries, settings = from_json(model.faq) if model.faq is not None else ((), {})
        return cls(
            model,
            entries,
            settings,
            policy=Policy.from_yaml(Path(policy)) if policy is not None else None,
            desks=Desks.from_yaml(Path(desks)) if desks is not None else None,
            clock=clock,
        )

    def reply(self, text: str, session: Session | None = None) -> Reply:
        """Decides what to do with a message.

        Args:
            text: What the customer wrote; any text is decided, none raises.
            session: The conversation so far; it is updated.

        Raises:
            TypeError: If `text` is not a string.
        """
        message = read(text)
        understanding = self.analyzer.understand(message)
        if session is not None and session.owner != BOT:
            return self._silent(message, understanding)
        reply = self._decide(message, understanding, session.failures if session is not None else 0)
        if session is not None:
            session.remember(reply)
        return reply

    def reply_many(self, texts: Iterable[str]) -> list[Reply]:
        """Decides each message on its own, in order."""
        return [self.reply(text) for text in texts]

    def analyze(self, text: str) -> Understanding:
        """What a message means, without deciding anything.

        Raises:
            TypeError: If `text` is not a string.
        """
        return self.analyzer.understand(read(text))

    def explain(self, text: str) -> Explanation:
        """Why a message is decided as it is: rules, features, knowledge, thresholds.

        Raises:
            TypeError: If `text` is not a string.
        """
        message = read(text)
        return explain(
            self.analyzer, message, self.reply(text), self._hit(message, self.analyze(text)), self.thresholds
        )

    def _decide(self, message: Message, understanding: Understanding, failures: int) -> Reply:
        situation = self._situation(message, understanding, failures)
        step = self.policy.decide(situation, self.thresholds)
        if step.action is Action.ANSWER:
            # the knowledge base is searched only for messages that will be answered
            hit = self._hit(message, understanding)
            answer = self._answer(hit, message) if hit is not None else None
            if hit is not None and answer is not None:
                return self._reply(step, answer, message, understanding, faq=hit.entry_id)
            step = self.policy.decide(replace(situation, has_answer=False), self.thresholds)
        if step.action is Action.CLARIFY:
            options = self._options(understanding)
            unsure = understanding.intents[0].score < self.thresholds.clarify or not message.text
            question = self.policy.clarify_open if unsure else self.policy.clarify_question
            return self._reply(step, question, message, understanding, options=options)
        soothing = self.policy.text(step.reason)
        ticket = write_ticket(
            message,
            understanding,
            (step.reason, *message.notes),
            desks=self.desks,
            taxonomy=self.taxonomy,
            now=self._clock(),
            soothing=soothing,
        )
        return self._reply(step, soothing, message, understanding, ticket=ticket)

    def _situation(self, message: Message, understanding: Understanding, failures: int) -> Situation:
        best = understanding.intents[0]
        return Situation(
            intent=best.id,
            score=best.score,
            severity=understanding.severity,
            emotion=understanding.emotion,
            unclear=best.id == self.bundle.unclear or understanding.clear < 0.5,
            repeated="repeated" in understanding.flags,
            has_answer=True,
            failures=failures,
            notes=message.notes,
        )

    def _hit(self, message: Message, understanding: Understanding) -> FaqHit | None:
        """The entry to answer with: the nearest one of the best intent, or its general one."""
        intent = understanding.intents[0].id
        found = self.faq.search(message.text, k=1, intents=(intent,), normal=True)
        if found and found[0].score >= _FAQ_FLOOR:
            return found[0]
        general = self._general.get(intent)
        if general is not None:
            return FaqHit(general.id, found[0].score if found else 0.0, general.questions[0])
        return found[0] if found else None

    def _answer(self, hit: FaqHit, message: Message) -> str | None:
        slots = dict(self._settings)
        for entity in message.entities:
            slots.setdefault(entity.type, entity.value)
        return render(self.faq.entry(hit.entry_id), slots)

    def _options(self, understanding: Understanding) -> tuple[Option, ...]:
        candidates = [label.id for label in understanding.intents if label.score > 0.02]
        intents = [intent for intent in candidates if self._asks(intent)]
        intents += [intent for intent in self.policy.menu if intent not in intents]
        wanted = max(2, min(self.policy.options, len([intent for intent in candidates if self._asks(intent)])))
        return tuple(self._option(intent) for intent in intents[:wanted])

    def _asks(self, intent: str) -> bool:
        return intent != self.bundle.unclear and not self.taxonomy.is_talk(intent)

    def _option(self, intent: str) -> Option:
        general = self._general.get(intent)
        return Option(self.taxonomy.name(intent), intent, general.id if general is not None else None)

    def _silent(self, message: Message, understanding: Understanding) -> Reply:
        return Reply(
            action=Action.HANDOFF,
            text="",
            intents=understanding.intents,
            severity=understanding.severity,
            emotion=understanding.emotion,
            faq=None,
            ticket=None,
            reasons=(_SILENT,),
            entities=message.entities,
        )

    def _reply(
        self,
        step: Step,
        text: str,
        message: Message,
        understanding: Understanding,
        *,
        faq: str | None = None,
        options: tuple[Option, ...] = (),
        ticket: Ticket | None = None,
    ) -> Reply:
        return Reply(
            action=step.action,
            text=text,
            intents=understanding.intents,
            severity=understanding.severity,
            emotion=understanding.emotion,
            faq=faq,
            ticket=ticket,
            reasons=(step.reason, *message.notes),
            entities=message.entities,
            options=options,
            second=understanding.second,
            evidence=understanding.evidence,
        )
