"""The voices of a conversation put together, compiled; `cs_nlp.decide.voices` says what it does."""

def combine(
    alone: list[float], recent: list[float], weight: float, other: float, bonus: list[tuple[int, float]], never: int, /
) -> list[tuple[int, float]]: ...
