from typing import Any

from numpy.typing import NDArray

from cs_nlp.understand.keywords import Occurrence
from cs_nlp.understand.lexicon import ConceptHit

class Screener:
    def __new__(
        cls,
        hit: type[ConceptHit],
        texts: list[str],
        meanings: tuple[tuple[str, ...], ...],
        concepts: dict[str, int],
        rows_of: list[int],
        blocks: int,
        width: int,
        rows: NDArray[Any],
        given: NDArray[Any],
        bounds: NDArray[Any],
        fitting: NDArray[Any],
        numeric: bytes,
    ) -> Screener:
        """The words of a lexicon and the rules; see `cs_nlp.understand.screening`."""
    def read(self, text: str, /) -> tuple[list[ConceptHit], list[int], list[Occurrence]]: ...
    def concepts(self, text: str, /) -> list[ConceptHit]: ...
    def scan(self, text: str, /) -> list[Occurrence]: ...
