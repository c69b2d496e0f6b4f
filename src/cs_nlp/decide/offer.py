"""What the customer is offered to choose between: intents, or FAQ entries that are equally near."""

from __future__ import annotations

from collections.abc import Collection

from cs_nlp.decide.clarify import options_key
from cs_nlp.decide.knowledge import Found, Knowledge
from cs_nlp.decide.scope import scope_of
from cs_nlp.decide.turned import Rules, Turned
from cs_nlp.types import Option

_LIKELY = 0.6
"""Score of the best intent from which an entry of it is worth the search."""
_POSSIBLE = 0.02
"""Score from which an intent is offered."""


class Offer:
    """Finds the choices; immutable.

    Args:
        knowledge: The knowledge base.
        rules: How many choices, what fills them up, what is small talk.
        unclear: The label that means "not to be answered", or None.
        labels: Intents that may be offered; any when None.
    """

    def __init__(self, knowledge: Knowledge, rules: Rules, unclear: str | None, labels: Collection[str] | None) -> None:
        self._knowledge = knowledge
        self._most = rules.policy.options
        self._menu = [intent for intent in rules.policy.menu if labels is None or intent in labels]
        known = [intent for intent in (*rules.taxonomy.intents, *(labels or ())) if intent != unclear]
        self._choices = {intent: knowledge.option(intent) for intent in known if not rules.taxonomy.is_talk(intent)}

    def options(self, turned: Turned) -> tuple[Option, ...]:
        """The closest intents, in a conversation with the closest entry of the best one; the menu fills them up."""
        labels = turned.understanding.intents
        candidates = [label.id for label in labels if label.score > _POSSIBLE and label.id in self._choices]
        intents = candidates if len(candidates) > 1 else [*candidates, *self._menu]
        wanted = max(2, min(self._most, len(candidates)))
        options = [self._choices[intent] for intent in dict.fromkeys(intents)][:wanted]
        if candidates and turned.session is not None and labels[0].score >= _LIKELY:
            options[0] = self._knowledge.likely(turned.message, candidates[0], scope_of(turned)) or options[0]
        return tuple(options)

    def between(self, found: Found, turned: Turned) -> tuple[Option, ...]:
        """The entries that the customer is to choose between; empty when it is clear, or he was asked before."""
        if not found.close:
            return ()
        intent, session = turned.understanding.intents[0].id, turned.session
        options = [self._knowledge.choice(hit, intent) for hit in found.close[: self._most]]
        kept = tuple(option for option in options if option is not None)
        asked_before = session is not None and options_key(kept) in session.said
        return kept if len(kept) > 1 and not asked_before else ()
