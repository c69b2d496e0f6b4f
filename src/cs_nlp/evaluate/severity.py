"""What wrong severities cost: a missed emergency is far dearer than a needless alarm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cs_nlp.evaluate.metrics import Judged
from cs_nlp.resources import Faults, read_yaml

LEVELS = "SABN"
COSTS: Mapping[str, Mapping[str, float]] = {
    "S": {"S": 0, "A": 10, "B": 20, "N": 30},
    "A": {"S": 2, "A": 0, "B": 3, "N": 5},
    "B": {"S": 3, "A": 1, "B": 0, "N": 1},
    "N": {"S": 3, "A": 1, "B": 0.5, "N": 0},
}
"""Cost of calling a message of the first level the second one. One point is about one needless minute of an agent."""


def severity_costs(
    rows: Sequence[Judged], costs: Mapping[str, Mapping[str, float]] | None = None
) -> dict[str, Any] | None:
    """The severities that were called, and what the wrong ones cost.

    Args:
        rows: Predictions with their labels.
        costs: Cost by labelled and called level; `COSTS` by default.

    Returns:
        `per_message` (mean cost), `under` and `over` (shares called too low and too high), `all_normal` (mean cost of
        calling everything N, for comparison), `matrix` (counts) and `prices` (the costs); None without labels.

    >>> row = Judged("safety", None, "safety", 0.9, False, gold_severity="S", severity="A")
    >>> severity_costs([row])["per_message"]
    10.0
    """
    price = COSTS if costs is None else costs
    pairs = [(row.gold_severity, row.severity) for row in rows if row.gold_severity and row.severity]
    if not pairs:
        return None
    matrix = {gold: {said: pairs.count((gold, said)) for said in LEVELS} for gold in LEVELS}
    ranks = [(LEVELS.index(gold), LEVELS.index(said)) for gold, said in pairs]
    return {
        "per_message": round(sum(price[gold][said] for gold, said in pairs) / len(pairs), 4),
        "all_normal": round(sum(price[gold]["N"] for gold, _ in pairs) / len(pairs), 4),
        "under": round(sum(said > gold for gold, said in ranks) / len(ranks), 4),
        "over": round(sum(said < gold for gold, said in ranks) / len(ranks), 4),
        "matrix": matrix,
        "prices": {gold: dict(price[gold]) for gold in LEVELS},
    }


def read_costs(file: Path) -> dict[str, dict[str, float]]:
    """Reads costs of one's own: `version: 1`, `costs: {S: {A: 10, B: 20, N: 30}, …}`; what is not named costs nothing.

    Args:
        file: A YAML file.

    Raises:
        DataFileError: If the file has faults; all are listed.
    """
    faults = Faults()
    top = read_yaml(file, faults)
    if not set(top):
        faults.check()
    top.only("version", "costs")
    table = top.child("costs")
    table.only(*LEVELS)
    found = {}
    for gold in LEVELS:
        row = table.child(gold)
        row.only(*LEVELS)
        found[gold] = {said: row.number(said, 0.0, high=1e6) for said in LEVELS}
    faults.check()
    return found
