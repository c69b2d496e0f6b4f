"""What to label next: of unlabelled messages those that teach most, uncertain, unlike each other, and frequent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from cs_nlp.text import read
from cs_nlp.train.space import FeatureSpace
from cs_nlp.train.split import letters
from cs_nlp.train.views import rows_by
from cs_nlp.understand.analyzer import Analyzer

_POOL = 8
_SAME = 0.95


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message worth labelling.

    Attributes:
        text: The message as it came, its most frequent spelling.
        guess: What the model takes it for.
        runner_up: Its second guess, or an empty string.
        score: How sure the model is, 0–1.
        count: How often the message was seen, spellings taken together.
        worth: How much its label would teach; candidates are picked by it.
    """

    text: str
    guess: str
    runner_up: str
    score: float
    count: int
    worth: float


def queue(
    texts: Iterable[str],
    analyzer: Analyzer,
    size: int = 100,
    *,
    known: Iterable[str] = (),
    progress: Callable[[str], None] = lambda line: None,
) -> list[Candidate]:
    """Picks messages for labelling, the most instructive first.

    Messages are rated by doubt times the logarithm of how often they come; then they are taken one by one, each
    rated lower by how much it is like one already taken.

    Args:
        texts: Unlabelled messages.
        analyzer: The model to improve.
        size: How many are wanted.
        known: Texts that are labelled already; they are passed over, also in other spelling.
        progress: Called with a line of text at each step.

    Raises:
        ValueError: If `size` is below 1.
    """
    if size < 1:
        raise ValueError(f"size {size}; at least 1 is needed")
    different = counted(texts, {letters(text) for text in known})
    rated = [_rated(text, count, analyzer) for text, count in different]
    progress(f"rated {len(rated)} different messages")
    pool = sorted(rated, key=lambda candidate: (-candidate.worth, candidate.text))[: size * _POOL]
    return _diverse(pool, size, analyzer)


def counted(texts: Iterable[str], known: set[str]) -> list[tuple[str, int]]:
    """Different messages with their counts; spellings with the same letters are one.

    Args:
        texts: Messages.
        known: What to pass over, as `letters` gives it.

    >>> counted(["怎么退货", "怎么退货？", "到哪了", "怎么退货"], set())
    [('怎么退货', 3), ('到哪了', 1)]
    """
    spellings: dict[str, dict[str, int]] = {}
    for text in texts:
        key = letters(text)
        if key and key not in known:
            forms = spellings.setdefault(key, {})
            forms[text] = forms.get(text, 0) + 1
    return [(max(forms, key=lambda form: forms[form]), sum(forms.values())) for forms in spellings.values()]


def _rated(text: str, count: int, analyzer: Analyzer) -> Candidate:
    reading = analyzer.read(read(text))
    judged = analyzer.judge(reading)
    order = sorted(range(len(judged.chances)), key=lambda column: -judged.chances[column])
    best = judged.chances[order[0]]
    second = judged.chances[order[1]] if len(order) > 1 else 0.0
    doubt = 1.0 - (best - second)
    worth = doubt * (1.0 + log(count))
    runner_up = analyzer.labels[order[1]] if len(order) > 1 else ""
    return Candidate(text, analyzer.labels[order[0]], runner_up, round(best, 4), count, round(worth, 4))


def _diverse(pool: Sequence[Candidate], size: int, analyzer: Analyzer) -> list[Candidate]:
    """Takes the best, rates the rest lower by their likeness to it, and so on."""
    if not pool:
        return []
    rows = rows_by(analyzer.reader, [candidate.text for candidate in pool])
    matrix = FeatureSpace.learn(rows, least=1, most=100_000).matrix(rows)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    worth = np.array([candidate.worth for candidate in pool])
    nearest = np.zeros(len(pool))
    taken: list[Candidate] = []
    left = np.ones(len(pool), dtype=bool)
    while len(taken) < size and left.any():
        rating = np.where(left & (nearest < _SAME), worth * (1.0 - nearest), -1.0)
        best = int(rating.argmax())
        if rating[best] < 0:
            break
        taken.append(pool[best])
        left[best] = False
        likeness = (matrix @ matrix[best].T).toarray().ravel() / np.maximum(lengths * lengths[best], 1e-12)
        nearest = np.maximum(nearest, likeness)
    return taken
