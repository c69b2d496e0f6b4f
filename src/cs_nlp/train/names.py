"""What labels are called, as messages: a label of which few messages are known is understood by its name, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cs_nlp.train.space import BlockFeatures, FeatureSpace
from cs_nlp.train.views import rows_by
from cs_nlp.understand.features import BLOCKS
from cs_nlp.understand.reader import Reader

WEIGHT = 4.0
"""A name counts as much as so many messages."""
_USUAL = 0.1
"""What stands in a larger share of the names tells none of them from the others."""
_KNOWN_SHARE = 0.75
_WORD, _SHAPE = BLOCKS.index("word"), BLOCKS.index("shape")


def name_rows(labels: Sequence[str], reader: Reader, space: FeatureSpace) -> list[BlockFeatures] | None:
    """The features of the names, or None where the names are not in the language of the messages.

    Args:
        labels: The labels.
        reader: Reads as it reads the messages.
        space: The features of the messages.
    """
    rows = rows_by(reader, [label.replace("_", " ") for label in labels])
    words = [word for row in rows for word in row[_WORD] if word.isalpha()]
    if sum(word in space.vocabulary[_WORD] for word in words) < _KNOWN_SHARE * max(len(words), 1):
        return None
    counts = [Counter(name for row in rows for name in set(row[block])) for block in range(len(BLOCKS))]
    most = max(1.0, _USUAL * len(labels))
    return [
        tuple(
            [name for name in names if count[name] <= most] if block != _SHAPE else []
            for block, (names, count) in enumerate(zip(row, counts, strict=True))
        )
        for row in rows
    ]
