"""The FAQ: entries, the index that finds them, guards against confusions, and a linter."""

from cs_nlp.faq.compiled import from_json, to_json
from cs_nlp.faq.entries import FaqAnswer, FaqEntry, load_entries, load_settings, render, slots_of
from cs_nlp.faq.index import FaqIndex
from cs_nlp.faq.lint import Finding, lint

__all__ = [
    "FaqAnswer",
    "FaqEntry",
    "FaqIndex",
    "Finding",
    "from_json",
    "lint",
    "load_entries",
    "load_settings",
    "render",
    "slots_of",
    "to_json",
]
