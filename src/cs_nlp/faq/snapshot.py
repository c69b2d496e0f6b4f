"""States of the FAQ index: immutable, each made from the one before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cs_nlp.faq.entries import FaqEntry
from cs_nlp.faq.forms import Tools
from cs_nlp.faq.score import Weights
from cs_nlp.faq.segment import Segment

_SMALL = 1_000  # variants up to which segments of edits are joined, to keep an edit fast

Segments = tuple[tuple[Segment, NDArray[np.bool_] | None], ...]
"""Segments with the mark which of their entries are alive (None: all)."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One state of the index: segments, which of their entries are alive (None: all), and the entries put aside."""

    segments: Segments
    disabled: dict[str, FaqEntry]


def both(one: NDArray[np.bool_] | None, other: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    """Entries that both allow; None allows all."""
    return other if one is None else one if other is None else one & other


def unique(entries: Iterable[FaqEntry]) -> dict[str, FaqEntry]:
    """Entries by id.

    Raises:
        ValueError: If two have the same id.
    """
    found: dict[str, FaqEntry] = {}
    for entry in entries:
        if entry.id in found:
            raise ValueError(f"the FAQ entry id {entry.id!r} stands twice; ids are unique")
        found[entry.id] = entry
    return found


def whole(entries: dict[str, FaqEntry], tools: Tools, weights: Weights | None = None) -> Snapshot:
    """A state of one segment."""
    enabled = [entry for entry in entries.values() if entry.enabled]
    segments = ((Segment.build(enabled, tools, weights), None),) if enabled else ()
    return Snapshot(segments, {key: entry for key, entry in entries.items() if not entry.enabled})


def alive_in(snapshot: Snapshot) -> Iterator[FaqEntry]:
    """The entries that can be found."""
    for segment, alive in snapshot.segments:
        for place, entry in enumerate(segment.entries):
            if alive is None or alive[place]:
                yield entry


def found_in(snapshot: Snapshot, entry_id: str) -> FaqEntry | None:
    """An entry that can be found, by its id."""
    for segment, alive in snapshot.segments:
        place = segment.position.get(entry_id)
        if place is not None and (alive is None or alive[place]):
            return segment.entries[place]
    return None


def without(segments: Segments, ids: Collection[str]) -> Segments:
    """Marks entries dead."""
    kept: list[tuple[Segment, NDArray[np.bool_] | None]] = []
    for segment, alive in segments:
        places = [segment.position[key] for key in ids if key in segment.position]
        if places:
            alive = np.ones(len(segment.entries), np.bool_) if alive is None else alive.copy()
            alive[places] = False
        kept.append((segment, alive))
    return tuple(kept)


def joined(segments: Segments, added: list[FaqEntry], tools: Tools) -> Segments:
    """Adds a segment, joined with the small one before it; the first segment gives the weights and stays as it is."""
    weights: Weights | None = segments[0][0].weights if segments else None
    if len(segments) > 1 and segments[-1][0].size + sum(len(entry.questions) for entry in added) <= _SMALL:
        added = [*alive_in(Snapshot(segments[-1:], {})), *added]
        segments = segments[:-1]
    return (*segments, (Segment.build(added, tools, weights), None))
