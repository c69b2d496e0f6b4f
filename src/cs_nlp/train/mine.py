"""What was not understood, in groups: proposed intents and FAQ questions with names and examples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from cs_nlp.text import read
from cs_nlp.train.queue import counted
from cs_nlp.train.space import FeatureSpace
from cs_nlp.train.views import rows_by
from cs_nlp.understand.analyzer import Analyzer

_MOST = 4_000
_APART = 0.8
_WORDS = 3
_STOP = frozenset(
    "的 了 吗 呢 啊 吧 我 你 您 是 在 有 就 都 也 还 这 那 个 不 没 亲 好 啦 呀 哦 嗯 ， 。 ？ ！".split()
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A group of messages that mean about the same.

    Attributes:
        name: Its most telling words.
        question: The message in its middle: a question for the FAQ.
        examples: Messages of the group, the most frequent first.
        messages: How many messages it stands for.
        nearest: The known intent that the model guesses most often.
        agreement: Share of the group for which it does; low means a new intent.
    """

    name: str
    question: str
    examples: tuple[str, ...]
    messages: int
    nearest: str
    agreement: float


def mine(
    texts: Sequence[str],
    analyzer: Analyzer,
    *,
    below: float = 0.6,
    least: int = 3,
    apart: float = _APART,
    progress: Callable[[str], None] = lambda line: None,
) -> list[Proposal]:
    """Groups messages that the model does not understand well, the largest group first.

    Args:
        texts: Messages.
        analyzer: The model.
        below: A message with a score below this was not understood; so was one that it calls unclear.
        least: Smallest group, in messages.
        apart: Mean distance (1 − cosine) from which groups are kept apart, 0–1.
        progress: Called with a line of text at each step.
    """
    lost, guesses = _not_understood(texts, analyzer, below)
    progress(f"{len(lost)} different messages were not understood")
    if len(lost) < 2:
        return []
    rows = rows_by(analyzer.reader, [text for text, _ in lost])
    matrix = FeatureSpace.learn(rows, least=1, most=200_000).matrix(rows)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    likeness = np.asarray((matrix @ matrix.T).todense()) / np.maximum(np.outer(lengths, lengths), 1e-12)
    clustering = AgglomerativeClustering(None, metric="precomputed", linkage="average", distance_threshold=apart)
    parts = clustering.fit_predict(np.clip(1.0 - likeness, 0.0, 1.0))
    members: defaultdict[int, list[int]] = defaultdict(list)
    for index, part in enumerate(parts.tolist()):
        members[part].append(index)
    words = [list(dict.fromkeys(row[1])) for row in rows]
    frequency = Counter(word for own in words for word in own)
    found = [
        _proposal(inside, lost, guesses, words, frequency, likeness)
        for inside in members.values()
        if len(inside) > 1 and sum(lost[index][1] for index in inside) >= least
    ]
    return sorted(found, key=lambda proposal: (-proposal.messages, proposal.question))


def _not_understood(texts: Sequence[str], analyzer: Analyzer, below: float) -> tuple[list[tuple[str, int]], list[str]]:
    lost: list[tuple[str, int]] = []
    guesses: list[str] = []
    for text, count in sorted(counted(texts, set()), key=lambda item: (-item[1], item[0])):
        meaning = analyzer.understand(read(text))
        best = meaning.intents[0]
        if best.score < below or best.id == analyzer.unclear or meaning.clear < 0.5:
            lost.append((text, count))
            guesses.append(best.id)
            if len(lost) == _MOST:
                break
    return lost, guesses


def _proposal(
    inside: Sequence[int],
    lost: Sequence[tuple[str, int]],
    guesses: Sequence[str],
    words: Sequence[Sequence[str]],
    frequency: Counter[str],
    likeness: NDArray[np.float64],
) -> Proposal:
    central = likeness[np.ix_(inside, inside)].sum(axis=1)
    middle = inside[int(central.argmax())]
    by_count = sorted(inside, key=lambda index: (-lost[index][1], -likeness[middle, index], lost[index][0]))
    own = Counter(word for index in inside for word in words[index] if " " not in word and word not in _STOP)
    shared = [word for word in own if own[word] * 3 >= len(inside)] or list(own)
    telling = sorted(shared, key=lambda word: (-own[word] * own[word] / frequency[word] ** 0.5, word))[:_WORDS]
    nearest, times = Counter(guesses[index] for index in inside).most_common(1)[0]
    return Proposal(
        name="·".join(telling),
        question=lost[middle][0],
        examples=tuple(lost[index][0] for index in by_count[:8]),
        messages=sum(lost[index][1] for index in inside),
        nearest=nearest,
        agreement=round(times / len(inside), 4),
    )
