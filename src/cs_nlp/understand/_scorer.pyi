from array import array
from typing import Any

from numpy.typing import NDArray

from cs_nlp.understand.features import View

class Scorer:
    def __new__(
        cls,
        names: str,
        sizes: tuple[int, ...],
        block_weights: tuple[float, ...],
        quanta: NDArray[Any],
        steps: NDArray[Any],
        idf: NDArray[Any],
        bias: NDArray[Any],
        heads: tuple[tuple[int, int, float], ...],
        unclear: int,
        longest: int,
        lengths: tuple[int, ...],
        reach: float,
        most: int,
        confidence: tuple[float, ...],
        levels: tuple[tuple[int, float], ...],
    ) -> Scorer:
        """A model; see `cs_nlp.understand.scorer`."""
    def judge(
        self, view: View, rules: list[tuple[int, float]] | None, /
    ) -> tuple[tuple[int, ...], float, array[float], tuple[int, ...], tuple[float, ...], int, int]: ...
    def chances(self, view: View, /) -> array[float]: ...
    def best(self, view: View, /) -> tuple[int, float]: ...
