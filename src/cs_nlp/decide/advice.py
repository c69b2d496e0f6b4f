"""What an agent is given with a ticket: a first answer, what to ask and do, what the bot tried."""

from __future__ import annotations

from dataclasses import dataclass

from cs_nlp.decide.automation import masked
from cs_nlp.decide.knowledge import Knowledge
from cs_nlp.decide.turned import Rules, Turned, about
from cs_nlp.types import Proposal


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
    understanding = about(turned.understanding, session, rules.taxonomy)
    # alone, the general entry has to do: it costs nothing, a search would
    hit = knowledge.general(understanding) if session is None else knowledge.find(message, understanding)
    reply = knowledge.answer(hit, message, session) if hit is not None else None
    entry = knowledge.entry(hit.entry_id) if hit is not None else None
    steps = [f"先问：{text}" for text in (entry.follow_ups if entry is not None else ())]
    steps += [f"请客户提供：{rules.clarify.slots[slot]}" for slot in missing]
    steps += [f"可执行：{proposal.text}" for proposal in turned.proposals]
    tried: list[str] = []
    if session is not None:
        business = [intent for intent in session.answered if not rules.taxonomy.is_talk(intent)]
        tried += [f"答复过「{rules.taxonomy.name(intent)}」" for intent in business]
        tried += [f"反问过 {session.failures} 次"] if session.failures else []
    return Advice(reply or "", tuple(steps), missing, tuple(tried), tuple(masked(item) for item in turned.proposals))
