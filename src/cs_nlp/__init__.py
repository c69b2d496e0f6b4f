"""Chinese e-commerce customer service: intent, severity, FAQ answer and handoff in under a millisecond.

>>> from cs_nlp import Assistant
>>> reply = Assistant.load().reply("电子发票在哪里下载")
>>> reply.action.value, reply.intents[0].id
('answer', 'invoice')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import Bundle
from cs_nlp.decide.session import Session
from cs_nlp.errors import (
    CsNlpError,
    DataFileError,
    DatasetError,
    EngineError,
    IncompatibleModelError,
    MissingExtraError,
    ModelLoadError,
    NotFittedError,
)
from cs_nlp.faq import FaqEntry, FaqIndex
from cs_nlp.types import Action, Emotion, FaqHit, Label, Reply, Severity, Ticket, Understanding

if TYPE_CHECKING:
    from cs_nlp.train.estimator import IntentClassifier

__all__ = [
    "Action",
    "Assistant",
    "Bundle",
    "CsNlpError",
    "DataFileError",
    "DatasetError",
    "Emotion",
    "EngineError",
    "FaqEntry",
    "FaqHit",
    "FaqIndex",
    "IncompatibleModelError",
    "IntentClassifier",
    "Label",
    "MissingExtraError",
    "ModelLoadError",
    "NotFittedError",
    "Reply",
    "Session",
    "Severity",
    "Ticket",
    "Understanding",
]


def __getattr__(name: str) -> Any:
    """Imports the estimator, and with it scikit-learn, only when it is asked for."""
    if name == "IntentClassifier":
        from cs_nlp.train.estimator import IntentClassifier

        return IntentClassifier
    raise AttributeError(f"module 'cs_nlp' has no attribute {name!r}")
