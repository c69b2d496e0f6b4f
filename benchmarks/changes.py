"""Changed copies of messages that are tried by tries.py: typing errors, clauses lost or in another order."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from marks import kind, syllable

Sounds = dict[str, list[str]]


def is_plain(text: str) -> bool:
    """Whether no value of an entity was replaced: a placeholder would not survive being read again."""
    return not any("Ⓐ" <= character <= "ⓩ" for character in text)


def alike(texts: Iterable[str]) -> Sounds:
    """The usual characters of the texts by their sound, the most frequent first."""
    counts = Counter(character for text in texts for character in text if kind(character) == "H")
    groups: Sounds = defaultdict(list)
    for character, times in counts.most_common():
        if times >= 20:
            groups[syllable(character)].append(character)
    return groups


def typo(text: str, chance: random.Random, sounds: Sounds) -> str | None:
    """One character becomes another of the same sound, is lost, or changes places with its neighbour."""
    if len(text) < 4:
        return None
    place = chance.randrange(len(text) - 1)
    way = chance.randrange(3)
    if way == 0:
        others = [other for other in sounds.get(syllable(text[place]), []) if other != text[place]]
        return text[:place] + chance.choice(others[:6]) + text[place + 1 :] if others else None
    if way == 1:
        return text[:place] + text[place + 1 :]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def drop_clause(text: str, chance: random.Random, _: Sounds) -> str | None:
    """Loses one clause that is not the longest."""
    parts = _clauses(text)
    if len(parts) < 3:
        return None
    longest = max(range(len(parts)), key=lambda index: len(parts[index]))
    lost = chance.choice([index for index in range(len(parts)) if index != longest])
    return " ".join(part for index, part in enumerate(parts) if index != lost)


def swap_clauses(text: str, chance: random.Random, _: Sounds) -> str | None:
    """Two clauses change places."""
    parts = _clauses(text)
    if len(parts) < 2:
        return None
    place = chance.randrange(len(parts) - 1)
    parts[place], parts[place + 1] = parts[place + 1], parts[place]
    return " ".join(parts)


def _clauses(text: str) -> list[str]:
    return [part for part in re.split(r"[ ,。!?;]+", text) if part]
