"""Fits the weights of `cs_nlp.faq.judge` on pairs of questions, and prints them with what they reach.

Half of each set fits, the other half tells how good the fit is; the weights printed in the end are fitted on all.
Only the weights of the generic signals leave this script, no text.

Run: python benchmarks/faq_fit.py [--real FOLDER]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from cs_nlp.faq.entries import FaqEntry, load_entries
from cs_nlp.faq.facts import read_facts
from cs_nlp.faq.forms import tools
from cs_nlp.faq.index import FaqIndex, _candidates
from cs_nlp.faq.judge import ENTRY, PAIR, kinds, signals
from cs_nlp.faq.score import Query

ROOT = Path(__file__).resolve().parent.parent
SHARES = {"pairs": 1.0, "groups": 0.5, "entries": 1.0}
DEPTH = 5


class Rows(NamedTuple):
    """Signals, what is right, and which question each row belongs to."""

    signals: NDArray[np.float64]
    right: NDArray[np.int64]
    question: NDArray[np.int64]


def judged(
    index: FaqIndex, question: str, own: str | None = None, intents: Sequence[str] | None = None
) -> list[tuple[str, tuple[float, ...]]]:
    """Entry id and signals of the best candidates but the question itself."""
    snapshot = index._snapshot
    query = Query(tools().normal(question), tools(), snapshot.segments[0][0].weights)
    found = [one for one in _candidates(snapshot, query, DEPTH + 1, intents) if one[1] != own]
    found.sort(key=lambda one: one[:2])
    rows = []
    for likeness, key, segment, place, number, facts, _ in found[:DEPTH]:
        its = facts or segment.facts(place, number, query.weights)
        if its.folded != query.folded:
            asks = (query.asked ^ its.asks).bit_count()
            rows.append((key, (*signals(query, its), asks, -likeness, likeness - found[0][0])))
    return rows


def pairs(file: Path) -> Rows:
    """Pairs of questions, each alone."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    texts = dict.fromkeys(row[side] for row in rows for side in ("a", "b"))
    index = FaqIndex.build(FaqEntry(str(place), (text,), "-") for place, text in enumerate(texts))
    weights, found = index._snapshot.segments[0][0].weights, []
    for place, row in enumerate(rows):
        one = Query(tools().normal(row["a"]), tools(), weights)
        normal = tools().normal(row["b"]).lower()
        other = read_facts(tools().folder.fold(normal), normal, weights, tools().guards)
        if one.folded != other.folded:
            found.append(((*signals(one, other), *kinds(one, other)), int(row["same"]), place))
    return _rows(found)


def groups(file: Path) -> Rows:
    """Questions with their nearest others; right when of one group."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    index = FaqIndex.build(FaqEntry(str(place), (row["text"],), "-") for place, row in enumerate(rows))
    return _rows([
        (found, int(rows[int(key)]["group"] == row["group"]), n)
        for n, row in enumerate(rows)
        for key, found in judged(index, row["text"], str(n))
    ])  # fmt: skip


def entries(folder: Path, parts: int = 5) -> Rows:
    """Questions left out of the shipped knowledge base, with the entries found for them."""
    known, found, number = load_entries(folder), [], 0
    for part in range(parts):
        kept = [
            FaqEntry(
                one.id, tuple(q for n, q in enumerate(one.questions) if n % parts != part), "-", intents=one.intents
            )
            for one in known
        ]
        index = FaqIndex.build(one for one in kept if one.questions)
        for one in known:
            for question in one.questions[part::parts]:
                for key, row in judged(index, question, intents=one.intents[:1]):
                    found.append((row, int(key == one.id), number))
                number += 1
    return _rows(found)


def fit(sets: dict[str, Rows], half: int | None = None) -> NDArray[np.float64]:
    """The weights; of the questions with even or odd numbers only, when `half` is 0 or 1."""
    x, y, w = [], [], []
    for name, rows in sets.items():
        keep = np.ones(len(rows.right), np.bool_) if half is None else rows.question % 2 == half
        x.append(rows.signals[keep])
        y.append(rows.right[keep])
        w.append(np.full(int(keep.sum()), SHARES[name] / keep.sum()))
    found = np.concatenate(x)
    weight = np.concatenate(w)
    size = found.std(axis=0)
    size[size == 0.0] = 1.0
    model = LogisticRegression(C=1e3, max_iter=3000, fit_intercept=False)
    model.fit(found / size, np.concatenate(y), sample_weight=weight * len(weight) / weight.sum())
    return np.asarray(model.coef_[0] / size)


def report(name: str, rows: Rows, weights: NDArray[np.float64], half: int | None) -> str:
    """What weights reach on the questions of the other half."""
    keep = np.ones(len(rows.right), np.bool_) if half is None else rows.question % 2 == half
    total, right, question = rows.signals[keep] @ weights, rows.right[keep], rows.question[keep]
    chance = 1.0 / (1.0 + np.exp(-total))
    order = np.lexsort((-total, question))
    first = order[np.unique(question[order], return_index=True)[1]]
    error = abs(chance[first].mean() - right[first].mean())
    return (
        f"{name:8} AUC {roc_auc_score(right, total):.4f}  first right {right[first].mean():.4f}"
        f"  promised {chance[first].mean():.4f}  off by {error:.4f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints quality and weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real", help="folder of real questions")
    chosen = parser.parse_args(arguments)
    alone = {"pairs": pairs(chosen.real / "pairs_lcqmc_dev.jsonl")}
    found = {"groups": groups(chosen.real / "faq_groups_dev.jsonl"), "entries": entries(ROOT / "faq")}
    for name, sets, stored in (("PAIR", alone, PAIR), ("ENTRY", found, ENTRY)):
        for half in (0, 1):
            weights = fit(sets, half)
            print(f"{name}, fitted on half {half}, measured on the other half")
            print(*("  " + report(label, rows, weights, 1 - half) for label, rows in sets.items()), sep="\n")
        print(f"{name}, as stored, measured on all")
        print(*("  " + report(label, rows, np.array(stored), None) for label, rows in sets.items()), sep="\n")
        print(f"{name} = ({', '.join(f'{value:.3f}' for value in fit(sets))})")
    return 0


def _rows(found: list[tuple[tuple[float, ...], int, int]]) -> Rows:
    found_signals, right, question = zip(*found, strict=True)
    return Rows(np.array(found_signals), np.array(right), np.array(question))


if __name__ == "__main__":
    raise SystemExit(main())
