"""Running a bundle over labelled messages."""

from __future__ import annotations

from collections.abc import Sequence

from cs_nlp.assistant import Assistant
from cs_nlp.evaluate.metrics import Judged
from cs_nlp.train.dataset import Example
from cs_nlp.types import Action


def judge(bot: Assistant, examples: Sequence[Example]) -> list[Judged]:
    """Predictions beside their labels.

    A message counts as answered when the bot answers it itself. Of a bundle without a knowledge base (trained for
    other labels) it counts as answered when the score reaches the bundle's own threshold.

    Args:
        bot: The assistant under test.
        examples: Labelled messages.
    """
    plain = is_plain(bot)
    return [_judged(bot, example, plain) for example in examples]


def is_plain(bot: Assistant) -> bool:
    """Whether the assistant has nothing to answer with, so that only its classifier can be judged."""
    return bot.bundle.faq is None and not bot.entries


def _judged(bot: Assistant, example: Example, plain: bool) -> Judged:
    reply = bot.reply(example.text)
    best = reply.intents[0]
    reached = best.score >= bot.thresholds.direct_for(best.id) and best.id != bot.bundle.unclear
    return Judged(
        gold=example.intent,
        second=example.second,
        predicted=best.id,
        score=best.score,
        answered=reached if plain else reply.action is Action.ANSWER,
        gold_severity=example.severity,
        severity=reply.severity.value,
        gold_emotion=example.emotion,
        emotion=reply.emotion.value,
        text=example.text,
        source=example.channel or example.source,
        action=reply.action.value,
        reason=reply.reasons[0],
        others=example.others,
        place=f"{example.source}:{example.row}" if example.row else example.source,
    )
