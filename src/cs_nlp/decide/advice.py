"""What an agent is given with a ticket: a first answer, what to ask and do, what the bot tried."""

from __future__ import annotations

from dataclasses import dataclass

from cs_nlp.decide.automation import masked
from cs_nlp.decide.follow_up import GAVE_INFO, open_follow_ups
from cs_nlp.decide.knowledge import Knowledge
from cs_nlp.decide.scope import scope_of
from cs_nlp.decide.turned import Rules, Turned, about
from cs_nlp.types import FaqHit, Proposal


@dataclass(frozen=True, slots=True)
class Advice:
    """What the agent is given beside the facts.

    Attributes:
        reply: A first answer.
        steps: What to do.
        missing: Entity types to ask for.
        tried: What the bot did.
        proposals: What automation rules propose, masked.
    """

    reply: str = ""
    steps: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def advise(turned: Turned, missing: tuple[str, ...], knowledge: Knowledge, rules: Rules) -> Advice:
    """Puts together what the agent is given.

    Args:
        turned: The message that is handed over.
        missing: Entity types to ask for.
        knowledge: The knowledge base.
        rules: Names and questions.
    """
    message, session = turned.message, turned.session
    hit = _hit(turned, knowledge, rules)
    reply = knowledge.answer(hit, message, session) if hit is not None else None
    entry = knowledge.entry(hit.entry_id) if hit is not None else None
    steps = [f"先问：{question.text}" for question in open_follow_ups(entry, turned, rules.clarify)]
    steps += [f"请客户提供：{rules.clarify.slots[slot]}" for slot in missing]
    steps += [f"可执行：{proposal.text}" for proposal in turned.proposals]
    tried: list[str] = []
    if session is not None:
        business = [intent for intent in session.answered if not rules.taxonomy.is_talk(intent)]
        tried += [f"答复过「{rules.taxonomy.name(intent)}」" for intent in business]
        tried += [f"反问过 {session.failures} 次"] if session.failures else []
    return Advice(reply or "", tuple(steps), missing, tuple(tried), tuple(masked(item) for item in turned.proposals))


def _hit(turned: Turned, knowledge: Knowledge, rules: Rules) -> FaqHit | None:
    """The entry that fits: the one whose question was answered last, or the nearest one."""
    session = turned.session
    understanding, scope = about(turned.understanding, session, rules.taxonomy), scope_of(turned)
    if session is None:
        return knowledge.general(understanding, scope)  # that has to do: it costs nothing, a search would
    if GAVE_INFO in turned.notes and session.question is not None and session.question.faq:
        return knowledge.chosen(session.question.faq)
    return knowledge.find(turned.message, understanding, scope).hit
