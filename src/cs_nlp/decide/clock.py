"""The one source of time: a function that the caller gives; nothing else in the library looks at a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock that is used when the caller gives none."""
    return datetime.now(UTC)
