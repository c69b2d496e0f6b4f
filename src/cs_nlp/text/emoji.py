"""Emoji to marker words: 😡 and [发怒] both become [生气], so that ten features see what a thousand pictures say."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from cs_nlp.resources import Faults, packaged, read_yaml

UNKNOWN = "[表情]"
_VARIATION_SELECTOR = "\ufe0f"


@dataclass(frozen=True, slots=True)
class EmojiTable:
    """What emoji stand for.

    Attributes:
        characters: Emoji to marker, e.g. `😡` to `[生气]`.
        codes: Bracket code to marker, e.g. `[发怒]` to `[生气]`.
        markers: All markers, `[表情]` among them.
    """

    characters: Mapping[str, str]
    codes: Mapping[str, str]
    markers: tuple[str, ...]


@functools.cache
def emoji_table() -> EmojiTable:
    """The packaged table, read once, when the first emoji comes.

    Raises:
        DataFileError: If the packaged file was changed and has faults.

    >>> emoji_table().characters["😡"], emoji_table().codes["[发怒]"]
    ('[生气]', '[生气]')
    """
    faults = Faults()
    characters: dict[str, str] = {}
    codes: dict[str, str] = {}
    top = read_yaml(packaged("emoji.yaml"), faults)
    for node in top.nodes("markers"):
        marker = f"[{node.text('name')}]"
        for emoji in node.text("characters").replace(_VARIATION_SELECTOR, ""):
            if characters.setdefault(emoji, marker) != marker:
                node.fail("characters", f"{emoji} belongs to {characters[emoji]} already")
        for code in (marker, *(f"[{code}]" for code in node.texts("codes"))):
            if codes.setdefault(code, marker) != marker:
                node.fail("codes", f"{code} belongs to {codes[code]} already")
    faults.check()
    return EmojiTable(characters, codes, (*dict.fromkeys(characters.values()), UNKNOWN))
