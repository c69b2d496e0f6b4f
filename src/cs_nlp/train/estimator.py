"""The intent classifier as a scikit-learn estimator, for texts and labels of any language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError as UnfittedError
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, column_or_1d

from cs_nlp.bundle import Bundle
from cs_nlp.decide.policy import Thresholds
from cs_nlp.errors import NotFittedError
from cs_nlp.text import Segmenter
from cs_nlp.train.heads import softmax
from cs_nlp.train.margin import MarginHead, fit_margins, held_out, temperature
from cs_nlp.train.noise import LESS_HELD, noise
from cs_nlp.train.space import BlockFeatures, FeatureSpace
from cs_nlp.train.views import knowledge_of, rows_by
from cs_nlp.understand.confidence import SIGNALS, Confidence
from cs_nlp.understand.features import PROFILES
from cs_nlp.understand.linear import Head, LinearModel, Weights
from cs_nlp.understand.reader import Reader

_RUNNING = ((0x0E00, 0x0EFF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF), (0x20000, 0x3FFFF))
_FOLDS = 4


class _UnfittedError(NotFittedError, UnfittedError):  # type: ignore[misc]
    """Ours and scikit-learn's at once."""


def profile_of(texts: Iterable[str]) -> str:
    """The feature profile that suits the texts: `characters` where words run together, `words` where blanks part them.

    >>> profile_of(["怎么退货", "iPhone 多少钱"]), profile_of(["where is my card"])
    ('characters', 'words')
    """
    running = letters = 0
    for text in texts:
        for character in text:
            if character.isalpha():
                letters += 1
                running += any(low <= ord(character) <= high for low, high in _RUNNING)
    return PROFILES[0] if running * 4 >= letters else PROFILES[1]


class IntentClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Texts in, labels out: the features and the linear model of the library behind `fit` and `predict_proba`.

    Args:
        strength: Inverse of the regularisation; smaller where labels are noisy.
        least: A feature must occur in so many texts.
        most: Most features that are kept.
        balance: 0 counts texts equally, 1 labels equally.
        clean: Whether texts whose label held-out models surely contradict count little.
        calibrate: Whether probabilities are calibrated on held-out texts; without, `fit` is twice as fast.
        profile: `characters`, `words`, or `auto` to choose by the texts.
        lexicon: Whether the packaged knowledge is used: Chinese lexicon and rules, or concepts of English.
        random_state: Seed of the solver; the same seed gives the same model.
        jobs: Processes.

    Attributes:
        classes_: The labels, sorted.

    >>> texts = ["怎么退货", "我要退货", "能退吗", "到哪了", "快递到哪里了", "什么时候到"]
    >>> labels = ["退货", "退货", "退货", "物流", "物流", "物流"]
    >>> str(IntentClassifier(least=1).fit(texts, labels).predict(["可以退货吗"])[0])
    '退货'
    """

    def __init__(
        self,
        strength: float = 0.3,
        least: int = 2,
        most: int = 200_000,
        balance: float = 0.5,
        clean: bool = False,
        calibrate: bool = True,
        profile: str = "auto",
        lexicon: bool = True,
        random_state: int = 0,
        jobs: int = 1,
    ) -> None:
        self.strength = strength
        self.least = least
        self.most = most
        self.balance = balance
        self.clean = clean
        self.calibrate = calibrate
        self.profile = profile
        self.lexicon = lexicon
        self.random_state = random_state
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
        if self.profile not in (*PROFILES, "auto"):
            raise ValueError(f"profile {self.profile!r} is not known; allowed are auto, {', '.join(PROFILES)}")
        texts = self._texts(X, reset=True)
        gold = self._targets(texts, y)
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, np.zeros((len(texts), 1)))
        if weights is not None and not weights.any():
            raise ValueError("all sample weights are zero; at least one text must count")
        self.profile_ = profile_of(texts) if self.profile == "auto" else self.profile
        self.known_ = knowledge_of(texts, self.profile_, self.lexicon)
        rows = self._rows(texts)
        least = min(self.least, max(1, len(rows) // 20))
        self.space_ = FeatureSpace.of_profile(rows, self.profile_, least=least, most=self.most)
        self._fit_matrix(self.space_.training_matrix(rows), gold, weights)
        return self

    def _targets(self, texts: Sequence[str], y: Sequence[Any]) -> NDArray[np.intp]:
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        labels = np.asarray(y)
        if labels.ndim == 2:
            labels = column_or_1d(labels, warn=True)
        check_classification_targets(labels)
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts and {len(labels)} labels; there must be one label a text")
        self.classes_, gold = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"at least two labels are needed, found {len(self.classes_)} class")
        return np.asarray(gold)

    def _fit_matrix(
        self, matrix: sparse.csr_matrix, gold: NDArray[np.intp], weights: NDArray[np.float64] | None
    ) -> None:
        """Heads, temperature, and in between the doubts about labels."""
        size = len(self.classes_)
        options: dict[str, Any] = {
            "strength": self.strength,
            "balance": self.balance,
            "seed": self.random_state,
            "jobs": self.jobs,
        }
        folds = np.argsort(np.argsort(gold, kind="stable")) % _FOLDS  # every label in all folds
        self.temperature_ = 6.0
        if self.clean:
            scores = held_out(matrix, gold, size, folds, weights=weights, **options)
            doubt = noise(scores, gold)
            if doubt.found:
                weights = doubt.weights() if weights is None else weights * doubt.weights()
                options["strength"] *= LESS_HELD
            self.temperature_ = temperature(scores, gold)
        elif self.calibrate and len(gold) >= 2 * _FOLDS:
            inside, outside = np.flatnonzero(folds != 0), np.flatnonzero(folds == 0)
            part = None if weights is None else weights[inside]
            head = fit_margins(matrix[inside], gold[inside], size, weights=part, **options)
            self.temperature_ = temperature(head.scores(matrix[outside]), gold[outside])
        head = fit_margins(matrix, gold, size, weights=weights, **options)
        self.head_ = MarginHead(self.space_.folded(head.weights), head.bias)

    def decision_function(self, X: Iterable[str]) -> NDArray[np.float64]:  # noqa: N803
        """Log-odds: shape (texts, labels), or (texts,) for the second of two labels."""
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:  # noqa: N803
        """Probability of every label, shape (texts, labels)."""
        return softmax(self._scores(X))

    def predict(self, X: Iterable[str]) -> NDArray[Any]:  # noqa: N803
        """The best label of each text, shape (texts,)."""
        best = self._scores(X).argmax(axis=1)
        return np.asarray(self.classes_[best])

    def _scores(self, texts: Iterable[str]) -> NDArray[np.float64]:
        self._require_fit()
        matrix = self.space_.matrix(self._rows(self._texts(texts, reset=False)))
        return self.head_.scores(matrix) * self.temperature_

    def to_bundle(self, *, thresholds: Thresholds | None = None, unclear: str | None = None) -> Bundle:
        """The trained classifier as a bundle; its intent scores are the probabilities of `predict_proba`.

        Args:
            thresholds: From which score on a message is answered; by default 0.5.
            unclear: The label that means "not to be answered".

        Raises:
            NotFittedError: If it is not trained.
        """
        self._require_fit()
        lexicon, rules = self.known_
        scale = self.space_.idf.astype(np.float64)[:, None]
        model = LinearModel(
            self.space_.weights,
            self.space_.serving(self.profile_),
            self.space_.idf.astype(np.float32),
            Weights.of(self.head_.weights * scale),
            self.head_.bias.astype(np.float32),
            [Head("intent", tuple(str(label) for label in self.classes_), 0, float(self.temperature_))],
        )
        plain = Confidence(0.0, tuple(float(name == "top") for name in SIGNALS))
        return Bundle(model, plain, thresholds or Thresholds(0.5, 0.2), lexicon, rules, unclear=unclear)

    @classmethod
    def from_bundle(cls, bundle: Bundle) -> IntentClassifier:
        """A trained classifier with the weights of a bundle's intents.

        Only the linear model is taken over: what rules and thresholds add is the assistant's.
        """
        model, head = bundle.model, bundle.model.heads["intent"]
        made = cls(profile=model.profile, lexicon=bool(bundle.rules.rules))
        scale = model.idf.astype(np.float64)[:, None]
        made.profile_ = model.profile
        made.known_ = (bundle.lexicon, bundle.rules)
        made.classes_ = np.array(head.labels)
        made.space_ = FeatureSpace(model.block_weights, model.vocabulary.index, model.idf)
        dense = model.weights.dense()[:, head.start : head.stop].astype(np.float64)
        made.head_ = MarginHead(dense / scale, model.bias[head.start : head.stop].astype(np.float64))
        made.temperature_ = head.temperature
        return made

    def _require_fit(self) -> None:
        if not hasattr(self, "head_"):
            raise _UnfittedError("this IntentClassifier is not fitted yet; call fit(texts, labels) first")

    def _texts(self, texts: Iterable[str], *, reset: bool) -> list[str]:
        """The texts as a list, checked.

        Args:
            texts: What the caller gave.
            reset: Whether it is for `fit`.
        """
        if isinstance(texts, str):
            raise ValueError("a list of texts is needed, found one text; write [text]")
        found = list(texts)
        for text in found:
            if not isinstance(text, str):
                raise ValueError(f"texts must be str, found {type(text).__name__}: {text!r}")
        if not found:
            raise ValueError("at least one text is needed, found none")
        return found

    def _rows(self, texts: Iterable[str]) -> list[BlockFeatures]:
        return rows_by(Reader(*self.known_, Segmenter(), self.profile_), texts)

    def __sklearn_tags__(self) -> Tags:
        """What scikit-learn should know: the input is a list of texts."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags
