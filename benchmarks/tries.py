"""Ways of training that are tried by benchmarks/experiments.py; each is a function from a `Bench` to test scores.

A try sees the training messages with their features, and says what it expects of the tests. Nothing here is used by
the library: what helps is built there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_selection import chi2

from bench import Bench, Case, Floats, Try, block, fit_rest, matrices, multinomial, rest, targets
from changes import Sounds, alike, drop_clause, is_plain, swap_clauses, typo
from cs_nlp.train.heads import softmax
from marks import affixes, kind_runs, long_grams, pinyin_grams, radical_grams


def baseline(bench: Bench) -> tuple[Floats, int]:
    """As the library trains."""
    return rest(bench, *matrices(bench))


def with_block(names: Callable[[str], list[str]], weight: float) -> Try:
    """The library's features and one block more."""

    def run(bench: Bench) -> tuple[Floats, int]:
        more = block(bench, names, weight)
        return rest(bench, *(sparse.hstack([a, b], format="csr") for a, b in zip(matrices(bench), more, strict=True)))

    return run


def most(number: int) -> Try:
    """The library's way with at most so many features, the frequent ones."""

    def run(bench: Bench) -> tuple[Floats, int]:
        return baseline(replace(bench, most=number))

    return run


def blocks(**weights: float) -> Try:
    """The library's way with other block weights."""
    return lambda bench: baseline(replace(bench, weights=bench.weights | weights))


# --- fewer features


def selected(score: Callable[[Bench, sparse.csr_matrix], Floats], number: int) -> Try:
    """Keeps the features with the largest score and fits again."""

    def run(bench: Bench) -> tuple[Floats, int]:
        train, test = matrices(replace(bench, most=60_000))
        keep = np.sort(np.argsort(-score(bench, train), kind="stable")[:number])
        return rest(bench, train[:, keep], test[:, keep])

    return run


def by_chi2(bench: Bench, train: sparse.csr_matrix) -> Floats:
    """The largest chi-squared of a feature with a label, one label at a time."""
    gold = np.array([case.intent for case in bench.train])
    return np.max([np.nan_to_num(chi2(train, gold == label)[0]) for label in bench.labels], axis=0)


def by_weight(bench: Bench, train: sparse.csr_matrix) -> Floats:
    """The length of a feature's weights after a first rough fit, times how often it occurs."""
    weights, _ = fit_rest(replace(bench, tolerance=0.1), train)
    return np.linalg.norm(weights, axis=1) * np.sqrt(np.asarray((train > 0).sum(axis=0)).ravel())


# --- other fits


def soft(smooth: float = 0.0, second: float = 0.0, strength: float = 1.0) -> Try:
    """Multinomial, with label smoothing and a share for the second label; `strength` times that of the library."""

    def run(bench: Bench) -> tuple[Floats, int]:
        wider = replace(bench, strength=bench.strength * strength)
        return multinomial(wider, *matrices(bench), targets(bench, smooth, second))

    return run


def bayes(share: float) -> Try:
    """One against rest on features weighted by their log-count ratio (Wang & Manning 2012), mixed with plain ones."""

    def run(bench: Bench) -> tuple[Floats, int]:
        train, test = matrices(bench)

        def scale(positive: NDArray[np.bool_]) -> Floats:
            inside = np.asarray(train[positive].sum(axis=0)).ravel() + 0.1
            outside = np.asarray(train[~positive].sum(axis=0)).ravel() + 0.1
            ratio = np.abs(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))
            return 1 - share + share * ratio / ratio.mean()

        weights, bias = fit_rest(bench, train, scale=scale)
        return np.asarray(test @ weights + bias), train.shape[1]

    return run


def averaged(strength: float) -> Try:
    """The mean of the scores of one against rest and of a multinomial fit: still one linear model."""

    def run(bench: Bench) -> tuple[Floats, int]:
        scores, size = baseline(bench)
        others, _ = soft(strength=strength)(bench)
        return (scores + others) / 2, size

    return run


def rarity(power: float) -> Try:
    """Rare features count less than by their full inverse document frequency (below 1), or more."""
    return lambda bench: rest(bench, *matrices(bench, power))


# --- other messages


def heavier(prefix: str, weight: float) -> Try:
    """Messages of files whose names begin so count more."""

    def run(bench: Bench) -> tuple[Floats, int]:
        counts = np.array([weight if case.source.startswith(prefix) else 1.0 for case in bench.train])
        return rest(bench, *matrices(bench), counts * len(counts) / counts.sum())

    return run


def augmented(change: Callable[[str, random.Random, Sounds], str | None], every: int) -> Try:
    """Adds a changed copy of one message in `every`."""

    def run(bench: Bench) -> tuple[Floats, int]:
        chance = random.Random(7)
        sounds = alike(case.text for case in bench.train) if change is typo else {}
        copies: list[Case] = []
        for case in bench.train[::every]:
            text = change(case.text, chance, sounds) if is_plain(case.text) else None
            if text:
                copies.append(bench.case(text, case.intent, case.second))
        return baseline(replace(bench, train=bench.train + copies))

    return run


def self_paced(weight: float) -> Try:
    """Messages whose label two other thirds of the data find very unlikely count less, or not at all."""

    def run(bench: Bench) -> tuple[Floats, int]:
        train, test = matrices(bench)
        counts = np.ones(len(bench.train))
        column = {label: index for index, label in enumerate(bench.labels)}
        for part in folds(len(bench.train), 3):
            others = np.setdiff1d(np.arange(len(bench.train)), part)
            less = replace(bench, train=[bench.train[row] for row in others], tolerance=0.05)
            weights, bias = fit_rest(less, train[others])
            chances = softmax(np.asarray(train[part] @ weights + bias))
            for row, chance in zip(part, chances, strict=True):
                case = bench.train[row]
                own = chance[[column[name] for name in (case.intent, case.second) if name in column]].max()
                if own < 0.03 and chance.max() > 0.8:
                    counts[row] = weight
        keep = np.flatnonzero(counts > 0)
        fewer = replace(bench, train=[bench.train[row] for row in keep])
        return rest(fewer, train[keep], test, counts[keep])

    return run


def folds(size: int, number: int) -> Iterator[NDArray[np.intp]]:
    """Every `number`th message, from each start."""
    yield from (np.arange(start, size, number) for start in range(number))


TRIES: dict[str, Try] = {
    "baseline": baseline,
    "skip": blocks(skip=0.5),
    "no-pair": blocks(pair=0.0),
    "no-word": blocks(word=0.0),
    "no-concept": blocks(concept=0.0, pair=0.0),
    "no-shape": blocks(shape=0.0),
    "20k": most(20_000),
    "30k": most(30_000),
    "52k": most(52_000),
    "chi2-20k": selected(by_chi2, 20_000),
    "chi2-30k": selected(by_chi2, 30_000),
    "weight-20k": selected(by_weight, 20_000),
    "weight-25k": selected(by_weight, 25_000),
    "weight-30k": selected(by_weight, 30_000),
    "pinyin": with_block(pinyin_grams, 0.5),
    "radicals": with_block(radical_grams, 0.5),
    "kinds": with_block(kind_runs, 0.3),
    "affixes": with_block(affixes, 0.5),
    "4-grams": with_block(long_grams, 0.5),
    "multinomial": soft(),
    "multinomial-strong": soft(strength=3.0),
    "smooth-.05": soft(smooth=0.05, strength=3.0),
    "smooth-.1": soft(smooth=0.1, strength=3.0),
    "second-.3": soft(second=0.3, strength=3.0),
    "bayes-.25": bayes(0.25),
    "bayes-.5": bayes(0.5),
    "averaged": averaged(3.0),
    "averaged-strong": averaged(10.0),
    "rarity-1.3": rarity(1.3),
    "rarity-.5": rarity(0.5),
    "rarity-0": rarity(0.0),
    "echo-2": heavier("echo_", 2.0),
    "echo-4": heavier("echo_", 4.0),
    "typos": augmented(typo, 4),
    "drop-clauses": augmented(drop_clause, 2),
    "swap-clauses": augmented(swap_clauses, 2),
    "self-paced-.3": self_paced(0.3),
    "self-paced-0": self_paced(0.0),
}
