"""What a conversation remembers between two messages."""

from __future__ import annotations

from dataclasses import dataclass

from cs_nlp.types import Action, Reply

BOT = "bot"


@dataclass(slots=True)
class Session:
    """The state of one conversation; the caller keeps it and passes it to each `reply`.

    Attributes:
        owner: Who speaks: `bot`, or the id of the desk that took over. While a desk owns it the bot is silent.
        failures: Clarifying questions in a row that the bot had to ask.

    >>> Session().owner
    'bot'
    """

    owner: str = BOT
    failures: int = 0

    def remember(self, reply: Reply) -> None:
        """Takes over what a reply means for the next message."""
        if reply.action is Action.HANDOFF and reply.ticket is not None:
            self.owner = reply.ticket.desk
        self.failures = self.failures + 1 if reply.action is Action.CLARIFY else 0

    def give_back(self) -> None:
        """The desk is done: the bot may speak again."""
        self.owner = BOT
        self.failures = 0
