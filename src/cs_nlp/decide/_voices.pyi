"""The voices of a conversation put together, compiled; `cs_nlp.decide.voices` says what it does."""

from array import array

def combine(
    alone: array[float],
    recent: array[float],
    weight: float,
    other: float,
    bonus: list[tuple[int, float]],
    never: int,
    /,
) -> list[tuple[int, float]]: ...
