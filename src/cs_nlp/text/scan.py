"""Fast searching: most places of a text cannot begin a match, and a set of first characters tells which."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_nlp.text.pattern import Pattern


def scan(heads: Pattern, pattern: Pattern, text: str) -> Iterator[re.Match[str]]:
    """The matches of `pattern` that begin where `heads` matches, not overlapping.

    It finds what `pattern.finditer` finds, as long as every match begins with a head, in a fraction of the time.

    >>> [match[0] for match in scan(Pattern("[0-9]+"), Pattern("[0-9]+(?:天|元)"), "3天199元8")]
    ['3天', '199元']
    """
    done = 0
    for head in heads.finditer(text):
        start = head.start()
        if start >= done:
            match = pattern.match(text, start)
            if match is not None:
                done = match.end()
                yield match
