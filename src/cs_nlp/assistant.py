"""The assistant: a customer's message in, a decision with its reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cs_nlp.bundle import Bundle, shipped_bundle
from cs_nlp.decide.automation import Automation
from cs_nlp.decide.clarify import Clarify
from cs_nlp.decide.clock import Clock, utc_now
from cs_nlp.decide.decider import Decider
from cs_nlp.decide.desks import Desks
from cs_nlp.decide.knowledge import Knowledge
from cs_nlp.decide.policy import Policy, Thresholds
from cs_nlp.decide.session import BOT, Session
from cs_nlp.decide.sla import Sla
from cs_nlp.decide.tone import Tone
from cs_nlp.decide.turned import Rules
from cs_nlp.faq import FaqEntry, FaqIndex, from_json, load_entries, load_settings
from cs_nlp.text import Segmenter, read
from cs_nlp.types import Action, Message, Reply, Understanding
from cs_nlp.understand.analyzer import Analyzer
from cs_nlp.understand.taxonomy import Taxonomy

if TYPE_CHECKING:  # what a first plain reply does not need is imported where it is used: it would slow every start
    from cs_nlp.decide.dialogue import Context
    from cs_nlp.decide.orders import Lookup, OrderSource
    from cs_nlp.explain import Explanation
    from cs_nlp.faq.retriever import Retriever

_SILENT = "owned_by_desk"
_HALF = 0.5
_AT_ONCE = 256
"""Messages that `reply_many` takes at once; more need more memory and are no faster."""


class Assistant:
    """Answers, asks back or hands over. Immutable after loading: one instance serves many threads.

    Args:
        bundle: A trained model.
        entries: The knowledge base.
        settings: Values of the slots in its answers.
        rules: Policy, desks, clocks, tone, questions, automation; the packaged ones by default.
        orders: Where facts about orders and customers come from; none by default.
        clock: Tells the time; by default the system's, in UTC.
        retriever: What finds the entries; by default an index of them in memory.

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
        rules: Rules | None = None,
        orders: OrderSource | None = None,
        clock: Clock = utc_now,
        retriever: Retriever | None = None,
    ) -> None:
        self.bundle = bundle
        self.rules = rules or Rules()
        self.taxonomy: Taxonomy = self.rules.taxonomy
        self.policy: Policy = self.rules.policy
        self.desks: Desks = self.rules.desks
        self.thresholds: Thresholds = self.policy.thresholds(bundle.thresholds)
        self.entries = tuple(entries)
        self.faq: Retriever = FaqIndex.build(self.entries) if retriever is None else retriever
        self.analyzer = Analyzer(
            bundle.model,
            bundle.confidence,
            bundle.lexicon,
            bundle.rules,
            Segmenter(),
            self.taxonomy,
            bundle.unclear,
        )
        self.knowledge = Knowledge(self.faq, settings, self.taxonomy, self.entries)
        self._clock = clock
        self._decider = Decider(
            self.knowledge,
            self.rules,
            self.thresholds,
            bundle.unclear,
            bundle.labels,
            _lookup(orders) if orders is not None else None,
        )

    @classmethod
    def load(
        cls,
        bundle: Path | str | None = None,
        faq: Path | str | None = None,
        *,
        policy: Path | str | None = None,
        desks: Path | str | None = None,
        calendar: Path | str | None = None,
        tone: Path | str | None = None,
        clarify: Path | str | None = None,
        automation: Path | str | None = None,
        orders: OrderSource | None = None,
        clock: Clock = utc_now,
        retriever: Path | str | None = None,
    ) -> Assistant:
        """Loads an assistant from disk.

        Args:
            bundle: Folder of a trained model; the shipped one by default.
            faq: Folder of a knowledge base in YAML; by default the one inside the bundle.
            policy: A policy file; the packaged one by default, as for the next five.
            desks: A desk file.
            calendar: Business hours, clocks and escalation.
            tone: Soothing sentences and banned words.
            clarify: Questions to ask back.
            automation: Automation rules.
            orders: Where facts about orders and customers come from.
            clock: Tells the time.
            retriever: A file that says what finds the entries, see `cs_nlp.faq.retriever.open_retriever`; by default
                an index of them in memory.

        Raises:
            ModelLoadError: If the bundle cannot be used.
            DataFileError: If a YAML file has faults; all are listed.
        """
        model = Bundle.load(shipped_bundle() if bundle is None else bundle)
        if faq is not None:
            entries, settings = load_entries(Path(faq)), load_settings(Path(faq))
        else:
            entries, settings = from_json(model.faq) if model.faq is not None else ((), {})
        rules = Rules(
            policy=Policy.default() if policy is None else Policy.from_yaml(Path(policy)),
            desks=Desks.default() if desks is None else Desks.from_yaml(Path(desks)),
            sla=Sla.default() if calendar is None else Sla.from_yaml(Path(calendar)),
            tone=Tone.default() if tone is None else Tone.from_yaml(Path(tone)),
            clarify=Clarify.default() if clarify is None else Clarify.from_yaml(Path(clarify)),
            automation=Automation.default() if automation is None else Automation.from_yaml(Path(automation)),
        )
        finder: Retriever | None = None
        if retriever is not None:
            from cs_nlp.faq.retriever import open_retriever

            finder = open_retriever(retriever, entries)
        return cls(model, entries, settings, rules=rules, orders=orders, clock=clock, retriever=finder)

    def reply(self, text: str, session: Session | None = None, *, load: Mapping[str, float] | None = None) -> Reply:
        """Decides what to do with a message.

        Args:
            text: What the customer wrote; any text is decided, none raises.
            session: The conversation so far; it is updated.
            load: Load of each desk, 0–1, for the routing of a handoff.

        Raises:
            TypeError: If `text` is not a string.
        """
        message = read(text)
        if session is None:
            return self._decider.decide(message, self.analyzer.understand(message), self._clock(), load=load)
        return self._continue(message, session, load)

    def reply_many(self, texts: Iterable[str]) -> list[Reply]:
        """Decides each message on its own, in order; the same replies as one by one, sooner.

        Raises:
            TypeError: If a text is not a string, or if the texts are one.
        """
        if isinstance(texts, str):
            raise TypeError("a list of messages is needed, found one str; reply() decides a single message")
        replies: list[Reply] = []
        waiting = iter(texts)
        while texts_now := list(islice(waiting, _AT_ONCE)):
            messages = list(map(read, texts_now))
            now = self._clock()
            understood = self.analyzer.understand_many(messages)
            replies += [self._decider.decide(*one, now) for one in zip(messages, understood, strict=True)]
        return replies

    def analyze(self, text: str, session: Session | None = None) -> Understanding:
        """What a message means, without deciding anything.

        Args:
            text: What the customer wrote.
            session: The conversation before it; it is not changed.

        Raises:
            TypeError: If `text` is not a string.
        """
        message = read(text)
        if session is None:
            return self.analyzer.understand(message)
        return self._context.understand(self.analyzer, message, session, self.thresholds.direct).understanding

    def explain(self, text: str) -> Explanation:
        """Why a message is decided as it is: rules, features, knowledge, thresholds.

        Raises:
            TypeError: If `text` is not a string.
        """
        from cs_nlp.explain import explain

        message = read(text)
        hit = self.knowledge.find(message, self.analyze(text)).hit
        return explain(self.analyzer, message, self.reply(text), hit, self.thresholds)

    @cached_property
    def _context(self) -> Context:
        from cs_nlp.decide.dialogue import Context

        return Context.default()

    def _continue(self, message: Message, session: Session, load: Mapping[str, float] | None) -> Reply:
        meant, notes, faq = self._context.understand(self.analyzer, message, session, self.thresholds.direct)
        if session.owner != BOT:
            reply = self._silent(message, meant)
        else:
            reply = self._decider.decide(message, meant, self._clock(), session, notes, load, faq)
        best = meant.intents[0]
        intent = best.id if best.score > _HALF and meant.clear >= _HALF else ""
        session.hear(message.raw, message.entities, intent, business=intent not in self._decider.talk)
        session.remember(reply)
        return reply

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


def _lookup(orders: OrderSource) -> Lookup:
    from cs_nlp.decide.orders import Lookup

    return Lookup(orders)
