"""Measures when a special entry of the shipped knowledge base may answer, and when the general one of its intent should.

On `data/eval/answers.jsonl`, each message within the intent of its first fitting entry, so that only the choice of the
entry is measured: how often the best entry fits by its score and by its lead over the next, and what `FLOOR` and `MARGIN`
of `cs_nlp.decide.knowledge` give.

Run: python benchmarks/faq_floor.py
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from cs_nlp import FaqIndex
from cs_nlp.decide.knowledge import FLOOR, MARGIN, asked
from cs_nlp.faq import load_entries
from cs_nlp.text import read

ROOT = Path(__file__).resolve().parent.parent
SCORES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LEADS = (0.05, 0.1, 0.15, 0.2, 0.3)


class Case(NamedTuple):
    """A message: its best entry's score, its lead over the next, whether it is special and fits, whether the general does."""

    score: float
    lead: float
    special: bool
    fits: bool
    general: bool


def cases() -> list[Case]:
    """The messages with what the search gives."""
    entries = load_entries(ROOT / "faq")
    index, known = FaqIndex.build(entries), {entry.id: entry for entry in entries}
    found = []
    for line in (ROOT / "data" / "eval" / "answers.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        intent = known[row["fits"][0]].intents[0]
        hits = index.search(asked(read(row["text"])), 2, (intent,), normal=True)
        if not hits:
            found.append(Case(0.0, 0.0, False, False, row["general"]))
            continue
        lead = hits[0].score - (hits[1].score if len(hits) > 1 else 0.0)
        special = "general" not in known[hits[0].entry_id].tags
        found.append(Case(hits[0].score, lead, special, hits[0].entry_id in row["fits"], row["general"]))
    return found


def fitting(found: Sequence[Case], floor: float, margin: float) -> tuple[float, float, float]:
    """Share of messages whose answer fits, share answered by a special entry, share of those that fit."""
    special = [case for case in found if case.special and case.score >= floor and case.lead >= margin]
    rest = [case for case in found if not (case.special and case.score >= floor and case.lead >= margin)]
    right = sum(case.fits for case in special)
    return (
        (right + sum(case.general for case in rest)) / len(found),
        len(special) / len(found),
        right / max(len(special), 1),
    )


def binned(found: Sequence[Case], edges: Sequence[float], value: Callable[[Case], float]) -> list[str]:
    """How often the best entry fits, by the bin a value of it falls into."""
    bins: list[list[bool]] = [[] for _ in range(len(edges) + 1)]
    for case in found:
        if case.special:
            bins[bisect_right(edges, value(case))].append(case.fits)
    return [
        f"  from {low:.2f}  {len(some):4} messages  {sum(some) / len(some):.3f} fit"
        for low, some in zip((0.0, *edges), bins, strict=True)
        if some
    ]


def main() -> int:
    """Prints the tables."""
    found = cases()
    print(f"{len(found)} messages; the general answer fits {sum(case.general for case in found) / len(found):.3f}")
    print("best entry special, by its score", *binned(found, SCORES, lambda case: case.score), sep="\n")
    print("best entry special, by its lead", *binned(found, LEADS, lambda case: case.lead), sep="\n")
    print("floor margin  fit    special  right of special")
    for floor in (0.3, 0.45, 0.6, 0.75):
        for margin in (0.0, 0.05, 0.1, 0.15, 0.18, 0.2, 0.3):
            mark = "  as shipped" if (floor, margin) == (FLOOR, MARGIN) else ""
            fit, special, right = fitting(found, floor, margin)
            print(f"{floor:5} {margin:6}  {fit:.3f}  {special:.3f}    {right:.3f}{mark}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
