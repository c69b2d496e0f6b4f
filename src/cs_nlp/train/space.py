"""The feature space: which features of the training messages are kept, and messages as sparse rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cs_nlp.train.meanings import chinese, english
from cs_nlp.understand.features import BLOCKS, PROFILES
from cs_nlp.understand.vocabulary import Vocabulary

BlockFeatures = tuple[list[str], ...]
DEFAULT_WEIGHTS = {"char": 1.0, "word": 0.7, "concept": 0.8, "pair": 0.5, "skip": 0.5, "shape": 0.3}
WORD_WEIGHTS = {"char": 1.0, "word": 0.6, "concept": 1.6, "pair": 1.0, "skip": 0.6, "shape": 0.0}
"""Block weights of the profile `words`."""
WORD_POWER = 0.5
"""With the profile `words` rare features count less: most of them are pairs of words that met by chance."""
_CHAR, _WORD = BLOCKS.index("char"), BLOCKS.index("word")
_MEANING, _CHINESE_MEANING = 3.0, 0.5
"""Weight of what words mean beside the words themselves."""


@dataclass(frozen=True)
class FeatureSpace:
    """Kept features with their inverse document frequencies.

    Attributes:
        weights: Weight of each block, in the order of `BLOCKS`.
        vocabulary: For each block, feature -> column; columns run on over the blocks.
        idf: Inverse document frequency of each column, to the power.
        power: The power: 1, or less to let rare features count less.
        meanings: Vectors of the features of the block `word`, or of `char` and `word`, or None. Training sees their
            mean, too, so that words which mean alike get like weights, those included that no message has; see
            `training_matrix`.
    """

    weights: tuple[float, ...]
    vocabulary: tuple[dict[str, int], ...]
    idf: NDArray[np.float32]
    power: float = 1.0
    meanings: NDArray[np.float32] | None = None

    @classmethod
    def of_profile(
        cls, rows: Sequence[BlockFeatures], profile: str, *, least: int, most: int = 200_000
    ) -> FeatureSpace:
        """Chooses the features with the weights that suit a profile.

        Args:
            rows: Features of each training message, block by block.
            profile: The profile they are of.
            least: A feature must occur in so many messages.
            most: Keep at most so many features, the frequent ones.
        """
        spaced = profile != PROFILES[0]
        weights, power = (WORD_WEIGHTS, WORD_POWER) if spaced else (DEFAULT_WEIGHTS, 1.0)
        known = english() if spaced else chinese()
        if not known.suit(row[_WORD] for row in rows):
            return cls.learn(rows, weights, least=least, most=most, power=power)
        space = cls.learn(rows, weights, least=least, most=most, power=power, words=known.rows)
        names = list(space.vocabulary[_WORD])
        if spaced:
            return replace(space, meanings=_MEANING * known.of(names))
        # n-grams of characters that are words, wherever the segmenter cuts
        return replace(space, meanings=_CHINESE_MEANING * known.of([*space.vocabulary[_CHAR], *names]))

    @classmethod
    def learn(
        cls,
        rows: Sequence[BlockFeatures],
        weights: dict[str, float] | None = None,
        *,
        least: int = 3,
        most: int = 60_000,
        power: float = 1.0,
        words: Iterable[str] = (),
    ) -> FeatureSpace:
        """Chooses the features.

        Args:
            rows: Features of each training message, block by block.
            weights: Weight of each block; 0 leaves a block out.
            least: A feature must occur in so many messages.
            most: Keep at most so many features, the frequent ones.
            power: Power of the inverse document frequencies.
            words: Features of the block `word` that are kept, however rare, beside the `most`.
        """
        by_block = dict(DEFAULT_WEIGHTS if weights is None else weights)
        counts: list[Counter[str]] = []
        for position, block in enumerate(BLOCKS):
            count: Counter[str] = Counter()
            if by_block.get(block, 0.0) > 0:
                for row in rows:
                    count.update(set(row[position]))
            counts.append(count)
        floor = _floor(counts, least, most)
        vocabulary: list[dict[str, int]] = []
        frequencies: list[int] = []
        for position, count in enumerate(counts):
            always = frozenset(words) if position == _WORD else frozenset()
            frequent = {name for name, times in count.items() if times >= floor and "\n" not in name}
            kept = sorted(frequent | always)
            vocabulary.append({name: len(frequencies) + index for index, name in enumerate(kept)})
            frequencies.extend(count[name] for name in kept)
        idf = np.log((1 + len(rows)) / (1 + np.array(frequencies, dtype=np.float64))) + 1.0
        chosen = tuple(by_block.get(block, 0.0) for block in BLOCKS)
        return cls(chosen, tuple(vocabulary), (idf**power).astype(np.float32), power)

    def frequencies(self, messages: int) -> NDArray[np.float64]:
        """In how many messages each feature occurs.

        Args:
            messages: How many messages the space was learned from.
        """
        return np.asarray((1 + messages) / np.exp(self.idf.astype(np.float64) ** (1 / self.power) - 1.0) - 1.0)

    def serving(self, profile: str = PROFILES[0]) -> Vocabulary:
        """The kept features as a model takes them.

        Args:
            profile: The profile of the features.
        """
        return Vocabulary(self.vocabulary, profile)

    def training_matrix(self, rows: Sequence[BlockFeatures]) -> sparse.csr_matrix:
        """The messages as `matrix` gives them, and beside them the mean meaning of their words in further columns."""
        matrix = self.matrix(rows)
        if self.meanings is None:
            return matrix
        words = matrix[:, self._meant(self.meanings)]
        return sparse.hstack([matrix, sparse.csr_matrix(words @ self.meanings)], format="csr")

    def folded(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weights of the columns of `training_matrix` as weights of the features alone, with the same scores.

        Args:
            weights: Shape (columns of `training_matrix`, labels).

        Returns:
            Shape (features, labels).
        """
        own = weights[: len(self.idf)].copy()
        if self.meanings is not None:
            own[self._meant(self.meanings)] += self.meanings @ weights[len(self.idf) :]
        return own

    def _meant(self, meanings: NDArray[np.float32]) -> slice:
        """The columns that the vectors are of."""
        stop = sum(map(len, self.vocabulary[: _WORD + 1]))
        return slice(stop - len(meanings), stop)

    def matrix(self, rows: Sequence[BlockFeatures]) -> sparse.csr_matrix:
        """The messages as rows, shape (messages, features): idf over the length of the block, times its weight."""
        indices: list[int] = []
        values: list[float] = []
        ends = [0]
        squares = (self.idf.astype(np.float64) ** 2).tolist()
        idf = self.idf.tolist()
        for row in rows:
            for names, vocabulary, weight in zip(row, self.vocabulary, self.weights, strict=True):
                found = sorted({vocabulary[name] for name in names if name in vocabulary})
                scale = weight / max(sum(squares[column] for column in found), 1e-12) ** 0.5
                indices.extend(found)
                values.extend(idf[column] * scale for column in found)
            ends.append(len(indices))
        shape = (len(rows), len(self.idf))
        return sparse.csr_matrix((np.array(values), np.array(indices, dtype=np.int32), np.array(ends)), shape=shape)


def _floor(counts: Sequence[Counter[str]], least: int, most: int) -> int:
    """The smallest document frequency, at least `least`, that keeps at most `most` features."""
    histogram: Counter[int] = Counter()
    for count in counts:
        histogram.update(count.values())
    kept = sum(number for times, number in histogram.items() if times >= least)
    floor = least
    while kept > most:
        kept -= histogram[floor]
        floor += 1
    return floor
