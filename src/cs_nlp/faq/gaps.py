"""What a log of decisions says about a knowledge base: what was asked and not answered, and how its answers did.

A row of a log is a JSON object as `cs-nlp predict` writes it, with the message in `text`; `session` names the
conversation it belongs to, rows of one conversation stand in their order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cs_nlp.faq.entries import FaqEntry, plain
from cs_nlp.faq.index import FaqIndex
from cs_nlp.text.mask import mask
from cs_nlp.types import FaqHit

UNKNOWING = ("not_sure", "ambiguous", "no_answer_on_file")
"""Reasons that say that knowledge was missing; others (a human was wanted, an urgent matter …) are no gap."""

ALIKE = 0.6
"""Likeness from which two questions are of one group."""

_ANSWER = "answer"
_HANDOFF = "handoff"
_NEIGHBOURS = 30  # questions near the most frequent one that may join its group
_JUDGES = 12  # questions of a group that vote on the proposed standard question


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of a log.

    Attributes:
        text: The message.
        action: `answer`, `clarify` or `handoff`.
        faq: Id of the entry that answered, or None.
        intent: Best intent.
        reasons: Why it was decided so.
        session: The conversation, or an empty string.
    """

    text: str
    action: str
    faq: str | None = None
    intent: str = ""
    reasons: tuple[str, ...] = ()
    session: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions of one meaning that were not answered.

    Attributes:
        question: The proposed standard question: the one nearest to all others, masked.
        count: How often it was asked, in all its wordings.
        variants: The other wordings, the most frequent first, masked.
        intent: The intent most of them were taken for.
        nearest: The entry that is nearest now, or None: with a high score it lacks a variant, else it is missing.
    """

    question: str
    count: int
    variants: tuple[str, ...]
    intent: str
    nearest: FaqHit | None


@dataclass(frozen=True, slots=True)
class EntryUse:
    """How often an entry answered, and how often a human had to follow in the same conversation."""

    entry_id: str
    hits: int
    followed: int


@dataclass(frozen=True, slots=True)
class Stats:
    """How a knowledge base did.

    Attributes:
        rows: Messages in the log.
        hits: Answered from an entry.
        misses: Not answered because knowledge was missing.
        others: Everything else: a human was wanted, an urgent matter, a question back.
        followed: Hits after which the same conversation went to a human; without `session` none can be counted.
        sessions: Conversations named in the log.
        entries: The entries that answered: those followed by a human most often first.
        unused: Ids of enabled entries that never answered.
    """

    rows: int
    hits: int
    misses: int
    others: int
    followed: int
    sessions: int
    entries: tuple[EntryUse, ...]
    unused: tuple[str, ...] = ()


def asked_of(row: Mapping[str, Any]) -> Asked:
    """Reads a row of a log.

    Raises:
        ValueError: If `text` or `action` is missing; the message says which.

    Examples:
        >>> asked_of({"text": "能刻字吗", "action": "handoff", "reasons": ["not_sure"]}).reasons
        ('not_sure',)
    """
    for name in ("text", "action"):
        if not isinstance(row.get(name), str):
            raise ValueError(f"a text in {name!r} is needed, found {row.get(name)!r}; columns: {', '.join(row)}")
    reasons = row.get("reasons")
    faq = row.get("faq")
    return Asked(
        text=row["text"],
        action=row["action"],
        faq=faq if isinstance(faq, str) else None,
        intent=str(row.get("intent") or ""),
        reasons=tuple(map(str, reasons)) if isinstance(reasons, list) else (),
        session="" if row.get("session") is None else str(row["session"]),
    )


def is_miss(row: Asked) -> bool:
    """Whether knowledge was missing; a row without reasons counts when it was not answered."""
    if row.action == _ANSWER:
        return False
    return not row.reasons or any(reason in UNKNOWING for reason in row.reasons)


def gaps(rows: Iterable[Asked], index: FaqIndex, least: int = 2) -> list[Gap]:
    """Groups what was asked and not answered.

    Args:
        rows: The log.
        index: The knowledge base; it lends the weights of characters and the nearest entries.
        least: How often a group must have been asked.

    Returns:
        Groups by falling frequency.

    Examples:
        >>> index = FaqIndex.build([FaqEntry("bill", ("怎么开发票",), "在订单页申请")])
        >>> log = [Asked(text, "handoff") for text in ("能刻字吗", "可以刻字吗", "能刻字吗", "怎么开机")]
        >>> [(gap.question, gap.count, gap.variants) for gap in gaps(log, index)]
        [('能刻字吗', 3, ('可以刻字吗',))]
    """
    counts: Counter[str] = Counter()
    intents: dict[str, Counter[str]] = defaultdict(Counter)
    shown: dict[str, str] = {}
    for row in rows:
        text = row.text.strip()
        key = plain(text) if is_miss(row) else ""
        if key:
            counts[key] += 1
            intents[key][row.intent] += 1
            shown[key] = min(shown.get(key, text), text, key=lambda one: (len(one), one))
    found = [_gap(group, counts, intents, shown, index) for group in _groups(counts, shown, least)]
    return sorted((gap for gap in found if gap.count >= least), key=lambda gap: (-gap.count, gap.question))


def stats(rows: Iterable[Asked], entries: Iterable[FaqEntry] = ()) -> Stats:
    """Counts hits, misses and answers that a human had to follow.

    Args:
        rows: The log.
        entries: The knowledge base, to name what was never used.

    Examples:
        >>> log = [Asked("怎么退", "answer", "back", session="1"), Asked("没用", "handoff", session="1")]
        >>> found = stats(log, [FaqEntry("bill", ("怎么开发票",), "在订单页申请")])
        >>> found.hits, found.followed, found.entries[0].entry_id, found.unused
        (1, 1, 'back', ('bill',))
    """
    hits: Counter[str] = Counter()
    followed: Counter[str] = Counter()
    open_answers: dict[str, list[str]] = {}
    count = misses = 0
    for row in rows:
        count += 1
        misses += is_miss(row)
        said = open_answers.setdefault(row.session, []) if row.session else []
        if row.action == _ANSWER and row.faq:
            hits[row.faq] += 1
            said.append(row.faq)
        elif row.action == _HANDOFF:
            followed.update(said)
            said.clear()
    uses = (EntryUse(key, number, followed[key]) for key, number in hits.items())
    ordered = tuple(sorted(uses, key=lambda use: (-use.followed, -use.hits, use.entry_id)))
    total = hits.total()
    unused = tuple(entry.id for entry in entries if entry.enabled and entry.id not in hits)
    return Stats(
        count, total, misses, count - total - misses, followed.total(), len(open_answers), ordered, unused
    )  # fmt: skip


def _groups(counts: Counter[str], shown: Mapping[str, str], least: int) -> list[list[str]]:
    """Questions around the most frequent one that is in no group yet, again and again."""
    if not counts:
        return []
    ordered = sorted(counts, key=lambda key: (-counts[key], key))
    around = FaqIndex.build(FaqEntry(key, (shown[key],), "-") for key in ordered)
    free = dict.fromkeys(ordered)
    groups: list[list[str]] = []
    for key in ordered:
        if key not in free:
            continue
        near = [hit.entry_id for hit in around.search(shown[key], _NEIGHBOURS) if hit.entry_id in free]
        group = [
            key,
            *(other for other in near if other != key and around.likeness(shown[key], [shown[other]]) >= ALIKE),
        ]
        for member in group:
            del free[member]
        if sum(counts[member] for member in group) >= least:
            groups.append(group)
    return groups


def _gap(
    group: Sequence[str],
    counts: Counter[str],
    intents: Mapping[str, Counter[str]],
    shown: Mapping[str, str],
    index: FaqIndex,
) -> Gap:
    ordered = sorted(group, key=lambda key: (-counts[key], key))
    standard = _standard(ordered[:_JUDGES], counts, shown, index)
    taken: Counter[str] = sum((intents[key] for key in ordered), Counter())
    nearest = index.search(shown[standard], 1)
    others = tuple(dict.fromkeys(mask(shown[key]) for key in ordered if key != standard))
    intent = min(taken, key=lambda name: (-taken[name], name))
    return Gap(
        mask(shown[standard]), sum(counts[key] for key in group), others, intent, nearest[0] if nearest else None
    )


def _standard(keys: Sequence[str], counts: Counter[str], shown: Mapping[str, str], index: FaqIndex) -> str:
    """The question that the others are nearest to, each with the weight of how often it was asked."""
    votes = {
        key: sum(
            counts[other] * (1.0 if other == key else index.likeness(shown[key], [shown[other]])) for other in keys
        )
        for key in keys
    }
    return max(keys, key=lambda key: (votes[key], -len(key), key))
