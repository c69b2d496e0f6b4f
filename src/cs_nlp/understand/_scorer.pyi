from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

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
    ) -> Scorer:
        """A model; see `cs_nlp.understand.scorer`."""
    def judge(
        self,
        text: str,
        tokens: Sequence[str],
        hits: Sequence[tuple[str, int, int]],
        marks: list[str],
        odds: list[tuple[int, float]] | None,
        /,
    ) -> tuple[list[int], float, list[float], list[int], list[float], list[float]]: ...
