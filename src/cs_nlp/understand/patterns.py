"""Regular expressions that cannot blow up: checked to be linear in the text, and spelled out where they are finite.

Python's `re` backtracks, so a pattern from a YAML file is accepted only when the work per starting point is bounded by
a constant: repeats are bounded, the ways in which repeats, options and branches can be combined are few, and there are
no back-references and no look-around. A pattern that means a finite set of strings is better spelled out: one Aho-Corasick pass then finds all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product
from math import prod
from typing import Any

_parser: Any = re._parser  # type: ignore[attr-defined]
MAX_REPEAT = 24
MAX_WAYS = 100_000
MAX_EXPANSION = 500
MAX_SPELLED = 40
"""Most texts that one stretch of a pattern is spelled out into, to look for them."""
MAX_ANCHORS = 160
_COMMON = frozenset(
    "了的我不是一没个吗到么有就这能还那你退下天上要单来货好给说在怎发都送人点子里们买时收号用以多可吧去过0123456789 ,?!.:。"
)
"""The characters of most messages: what is looked for should not be made of them."""


def check_linear(pattern: str) -> str:
    """Says why a pattern may not be used.

    Args:
        pattern: A regular expression.

    Returns:
        The reason, or an empty string when the pattern is fine.

    >>> check_linear("退.*到账")
    'has a repeat without a bound up to 24; write e.g. {0,24}'
    >>> check_linear("退.{0,6}到账")
    ''
    """
    try:
        tree = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"is not a regular expression ({error})"
    if tree.state.flags & (re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE):
        return "flags are not allowed; texts are in normal form, so (?i) is not needed"
    if not pattern or tree.getwidth()[0] == 0:
        return "matches the empty text; make one part of it required"
    try:
        ways = _ways(tree)
    except ValueError as error:
        return str(error)
    if ways > MAX_WAYS:
        return f"may be tried in {ways:,} ways at one place, at most {MAX_WAYS:,} are allowed; use fewer repeats and options"
    return ""


def _ways(tree: Any) -> int:
    """In how many ways backtracking can try a sequence at one place, at most."""
    ways = 1
    for operation, argument in tree:
        ways = min(ways * _node_ways(str(operation), argument), 2**63)
    return ways


def _node_ways(name: str, argument: Any) -> int:
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        low, high, body = argument
        if high > MAX_REPEAT:
            raise ValueError(f"has a repeat without a bound up to {MAX_REPEAT}; write e.g. {{0,{MAX_REPEAT}}}")
        inner = _ways(body)
        return int(high - low + 1) if inner == 1 else int(sum(inner**count for count in range(low, high + 1)))
    if name == "SUBPATTERN":
        return _ways(argument[3])
    if name == "BRANCH":
        return _branch_ways(argument[1])
    if name in {"ASSERT", "ASSERT_NOT", "GROUPREF", "GROUPREF_EXISTS"}:
        raise ValueError("look-around and back-references are not allowed")
    return 1


def _branch_ways(branches: Any) -> int:
    """Only branches that begin alike can both be tried to some length; those that begin openly, with all others."""
    ways: dict[object, int] = {}
    for branch in branches:
        operation, argument = branch[0] if len(branch) else (None, None)
        key = argument if str(operation) == "LITERAL" else None
        ways[key] = ways.get(key, 0) + _ways(branch)
    return ways.pop(None, 0) + max(ways.values(), default=0)


def expand(pattern: str, limit: int = MAX_EXPANSION) -> list[str] | None:
    """The strings that a finite pattern means.

    Args:
        pattern: A regular expression that `check_linear` accepts.
        limit: Give up above so many strings.

    Returns:
        The strings, sorted; None when they are not finite or too many.

    >>> expand("多少?(天|小时)")
    ['多天', '多小时', '多少天', '多少小时']
    >>> expand("退.{0,6}到账") is None
    True
    """
    found = _strings(_parser.parse(pattern), limit)
    return None if found is None else sorted(set(found), key=lambda text: (len(text), text))


def _strings(tree: Any, limit: int) -> list[str] | None:
    results = [""]
    for operation, argument in tree:
        part = _part(str(operation), argument, limit)
        if part is None or len(results) * len(part) > limit:
            return None
        results = [head + tail for head, tail in product(results, part)]
    return results


def _part(name: str, argument: Any, limit: int) -> list[str] | None:
    if name == "LITERAL":
        return [chr(argument)]
    if name == "IN":
        return _characters(argument, limit)
    if name == "SUBPATTERN":
        return _strings(argument[3], limit)
    if name == "BRANCH":
        return _union((_strings(branch, limit) for branch in argument[1]), limit)
    if name in {"MAX_REPEAT", "MIN_REPEAT"}:
        low, high, body = argument
        if high > 3:
            return None
        once = _strings(body, limit)
        if once is None or len(once) ** high > limit:
            return None
        return ["".join(parts) for count in range(low, high + 1) for parts in product(once, repeat=count)]
    return None


def _characters(items: Any, limit: int) -> list[str] | None:
    found: list[str] = []
    for operation, argument in items:
        if str(operation) == "LITERAL":
            found.append(chr(argument))
        elif str(operation) == "RANGE" and argument[1] - argument[0] < limit:
            found.extend(map(chr, range(argument[0], argument[1] + 1)))
        else:
            return None
    return found


def _union(parts: Iterable[list[str] | None], limit: int) -> list[str] | None:
    found: list[str] = []
    for part in parts:
        if part is None or len(found) + len(part) > limit:
            return None
        found.extend(part)
    return found


def anchors(pattern: str, limit: int = MAX_SPELLED) -> list[str] | None:
    """Texts of which at least one stands in everything that a pattern matches.

    Looking for them in one Aho-Corasick pass with all other keywords saves running the pattern on nearly every
    message (Cox 2012, "Regular Expression Matching with a Trigram Index"). Of several sets of such texts the one that
    the fewest messages should hold is chosen.

    Args:
        pattern: A regular expression that `check_linear` accepts.
        limit: Most texts that one stretch of it is spelled out into.

    Returns:
        The texts, sorted; None when there are no such texts or more than `MAX_ANCHORS`.

    >>> anchors("(再|还)不退.{0,6}(投诉|12315)")
    ['12315', '投诉']
    >>> anchors(".{2,4}") is None
    True
    """
    found = _anchors(_parser.parse(pattern), limit)
    return None if found is None else sorted(set(found))


def _anchors(tree: Any, limit: int) -> list[str] | None:
    choices: list[list[str]] = []
    run: list[str] = [""]
    for operation, argument in tree:
        name = str(operation)
        part = _part(name, argument, limit)
        if part is not None and len(part) * len(run) <= limit:
            run = [head + tail for head, tail in product(run, part)]
            continue
        choices += [run, part if part is not None else _inner(name, argument, limit) or [""]]
        run = [""]
    choices.append(run)
    useful = [choice for choice in choices if choice and "" not in choice and len(choice) <= MAX_ANCHORS]
    return min(useful, key=_share, default=None)


def _share(texts: list[str]) -> float:
    """A rough guess at the share of messages that hold one of some texts."""
    return sum(prod(0.1 if character in _COMMON else 0.01 for character in text) for text in set(texts))


def _inner(name: str, argument: Any, limit: int) -> list[str] | None:
    """Anchors of one node that is not finite."""
    if name == "SUBPATTERN":
        return _anchors(argument[3], limit)
    if name == "BRANCH":
        parts = [_anchors(branch, limit) for branch in argument[1]]
        return None if any(part is None for part in parts) else [text for part in parts for text in part or ()]
    if name in {"MAX_REPEAT", "MIN_REPEAT"} and argument[0] >= 1:
        return _anchors(argument[2], limit)
    return None
