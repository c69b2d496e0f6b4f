"""The intent classifier as a scikit-learn estimator, for texts and labels of any language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets

from cs_nlp.errors import NotFittedError
from cs_nlp.text import Segmenter, read
from cs_nlp.train.heads import fit_head, softmax
from cs_nlp.train.space import BlockFeatures, FeatureSpace
from cs_nlp.understand.analyzer import Reader
from cs_nlp.understand.features import features
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.rules import RuleBook


class IntentClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Texts in, labels out: the features and the linear model of the library behind `fit` and `predict_proba`.

    Args:
        strength: Inverse of the regularisation.
        least: A feature must occur in so many texts.
        most: Most features that are kept.
        lexicon: Whether the packaged Chinese lexicon and rules are used.
        jobs: Threads.

    Attributes:
        classes_: The labels, sorted.

    >>> texts = ["怎么退货", "我要退货", "能退吗", "到哪了", "快递到哪里了", "什么时候到"]
    >>> labels = ["退货", "退货", "退货", "物流", "物流", "物流"]
    >>> str(IntentClassifier(least=1).fit(texts, labels).predict(["可以退货吗"])[0])
    '退货'
    """

    def __init__(
        self, strength: float = 5.0, least: int = 2, most: int = 200_000, lexicon: bool = True, jobs: int = 1
    ) -> None:
        self.strength = strength
        self.least = least
        self.most = most
        self.lexicon = lexicon
        self.jobs = jobs

    def fit(self, X: Iterable[str], y: Sequence[Any], sample_weight: Sequence[float] | None = None) -> IntentClassifier:  # noqa: N803
        """Trains.

        Args:
            X: Texts, shape (texts,).
            y: Labels, shape (texts,).
            sample_weight: How much each text counts, shape (texts,).

        Raises:
            ValueError: If there are no texts, or fewer than two labels.
        """
        rows = self._rows(X)
        labels = np.asarray(y)
        check_classification_targets(labels)
        if len(rows) != len(labels):
            raise ValueError(f"{len(rows)} texts and {len(labels)} labels; there must be one label a text")
        self.classes_, gold = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"at least two labels are needed, found {len(self.classes_)} class")
        self.space_ = FeatureSpace.learn(rows, least=self.least, most=self.most)
        names = [f"{index:06d}" for index in gold.tolist()]
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        matrix = self.space_.matrix(rows)
        self.head_ = fit_head(matrix, names, weights=weights, strength=self.strength, jobs=self.jobs)
        self.n_features_in_ = 1
        return self

    def decision_function(self, X: Iterable[str]) -> NDArray[np.float64]:  # noqa: N803
        """Log-odds of every label, shape (texts, labels)."""
        if not hasattr(self, "head_"):
            raise NotFittedError("this IntentClassifier is not fitted yet; call fit(texts, labels) first")
        return self.head_.scores(self.space_.matrix(self._rows(X)))

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:  # noqa: N803
        """Probability of every label, shape (texts, labels)."""
        return softmax(self.decision_function(X))

    def predict(self, X: Iterable[str]) -> NDArray[Any]:  # noqa: N803
        """The best label of each text, shape (texts,)."""
        return np.asarray(self.classes_[self.decision_function(X).argmax(axis=1)])

    def _rows(self, texts: Iterable[str]) -> list[BlockFeatures]:
        if isinstance(texts, str):
            raise ValueError("a list of texts is needed, found one text; write [text]")
        known = (Lexicon.default(), RuleBook.default()) if self.lexicon else (Lexicon(()), RuleBook(()))
        reader = Reader(*known, Segmenter())
        found = []
        for text in texts:
            if not isinstance(text, str):
                raise ValueError(f"texts must be str, found {type(text).__name__}: {text!r}")
            found.append(features(reader.read(read(text)).view))
        if not found:
            raise ValueError("at least one text is needed, found none")
        return found
