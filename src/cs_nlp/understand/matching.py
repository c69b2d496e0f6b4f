"""Whether one rule fires: where its terms stand, which of them are denied, what else the message says."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence

from cs_nlp.text.pattern import Pattern
from cs_nlp.understand.keywords import Occurrence
from cs_nlp.understand.negation import is_negated
from cs_nlp.understand.rule import Near, Rule

Place = tuple[int, int]
_FILLER = re.compile(r"[\W_啊呀哦噢喔嗯呢吧吗么嘛了的呗哈哟啦喽请亲您你好麻烦帮我给一下客服在]*")


class Matcher:
    """One rule made ready.

    Args:
        rule: The rule.
        numbers: Number of each term.
        anchors: For each of its patterns the numbers of the texts of which one must occur; empty where none must.
    """

    __slots__ = ("_always", "_anchored", "_groups", "_near", "_patterns", "rule")

    def __init__(self, rule: Rule, numbers: Mapping[str, int], anchors: Sequence[Collection[int]]) -> None:
        self.rule = rule
        self._groups = [_ranks(group, numbers) for group in rule.all]
        self._near = [_ranks(group, numbers) for group in rule.near.groups] if rule.near else []
        self._patterns = [Pattern(regex) for regex in rule.regex]
        self._always = [place for place, needed in enumerate(anchors) if not needed]
        self._anchored: dict[int, list[int]] = {}  # for each anchor the patterns that it makes possible
        for place, needed in enumerate(anchors):
            for number in needed:
                self._anchored.setdefault(number, []).append(place)

    def fires(self, text: str, found: Sequence[Occurrence]) -> tuple[Place, ...] | None:
        """The spans that make the rule fire, or None.

        Args:
            text: Normal text, not longer than the rule allows, without terms that forbid it.
            found: Where terms occur in it.
        """
        rule = self.rule
        spans: list[Place] = []
        for group in self._groups:
            place = _first(text, found, group)
            if place is None:
                return None
            spans.append(place)
        if rule.near:
            close = _close(rule.near, [_places(text, found, group) for group in self._near])
            if close is None:
                return None
            spans += close
        if self._patterns:
            span = self._match(text, found)
            if span is None:
                return None
            spans.append(span)
        if rule.whole and not _covers(text, spans):
            return None
        return tuple(sorted(set(spans))) if len(spans) > 1 else (spans[0],)

    def _match(self, text: str, found: Sequence[Occurrence]) -> Place | None:
        """Where the first pattern that matches unnegated does."""
        patterns, anchored = self._patterns, self._anchored
        possible: Collection[int] = (0,)
        if len(patterns) > 1:
            possible = {place for number, _, _ in found if number in anchored for place in anchored[number]}
            possible = sorted(possible.union(self._always))
        for place in possible:
            for match in patterns[place].finditer(text):
                if not is_negated(text, match.start()):
                    return match.span()
        return None


def _ranks(group: Sequence[str], numbers: Mapping[str, int]) -> dict[int, int]:
    """Rank of each term of a group by its number; of two ranks the better one."""
    return {numbers[group[rank]]: rank for rank in reversed(range(len(group)))}


def _first(text: str, found: Sequence[Occurrence], group: Mapping[int, int]) -> Place | None:
    """The first unnegated place of the term of a group that stands first in it."""
    places = [(group[number], start, end) for number, start, end in found if number in group]
    if len(places) > 1:
        places.sort()
    for _, start, end in places:
        if not is_negated(text, start):
            return start, end
    return None


def _places(text: str, found: Sequence[Occurrence], group: Collection[int]) -> list[Place]:
    """All unnegated places of the terms of a group."""
    return sorted((start, end) for number, start, end in found if number in group and not is_negated(text, start))


def _close(near: Near, places: Sequence[Sequence[Place]]) -> list[Place] | None:
    """The first places, one a group, that lie within the window without overlapping."""
    for first, group in enumerate(places[:1] if near.ordered else places):
        for place in group:
            chosen = _window(near, places, first, place)
            if chosen is not None:
                return chosen
    return None


def _window(near: Near, places: Sequence[Sequence[Place]], first: int, start: Place) -> list[Place] | None:
    """Places of all groups in the window that begins with `start` of group `first`."""
    chosen = [start]
    for index, group in enumerate(places):
        if index == first:
            continue
        low = chosen[-1][1] if near.ordered else start[0]
        for at in range(bisect_left(group, (low, 0)), len(group)):
            place = group[at]
            if place[0] >= start[0] + near.within:
                return None
            if place[1] <= start[0] + near.within and not any(_overlap(place, other) for other in chosen):
                chosen.append(place)
                break
        else:
            return None
    return chosen


def _overlap(a: Place, b: Place) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _covers(text: str, spans: Sequence[Place]) -> bool:
    """Whether nothing but filler stands outside the spans."""
    position = 0
    for start, end in sorted(spans):
        if start > position and not _FILLER.fullmatch(text, position, start):
            return False
        position = max(position, end)
    return _FILLER.fullmatch(text, position) is not None
