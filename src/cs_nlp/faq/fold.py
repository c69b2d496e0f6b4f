"""A question as the FAQ search sees it: without greetings, particles and punctuation, synonyms made one.

What goes and what becomes one is written in `resources/faq_synonyms.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from operator import add
from pathlib import Path

from cs_nlp.faq.words import Replacer, replacer
from cs_nlp.resources import Faults, packaged, read_yaml


@dataclass(frozen=True, slots=True, eq=False)
class Folder:
    """Folds questions; make one with `read_folder` or take the packaged `folder()`.

    Attributes:
        words: Replaces the words of a text in lower case.
        weak: Characters that hold a sentence together and say little about its matter; they count half.
    """

    words: Replacer
    weak: str = ""

    def fold(self, text: str) -> str:
        """The folded form of a text in its normal form; never empty unless the text holds no letter or digit.

        >>> folder().fold("亲，请问怎么申请退钱呢？")
        '怎申请退款'
        >>> folder().fold("在吗")
        '在吗'
        """
        return self.words(text.lower())


def read_folder(file: Path | Traversable) -> Folder:
    """Reads a synonym file.

    Args:
        file: YAML as `resources/faq_synonyms.yaml` describes it.

    Returns:
        The folder.

    Raises:
        DataFileError: If the file has faults; all are listed.
    """
    faults = Faults()
    top = read_yaml(file, faults)
    top.only("version", "drop", "weak", "groups")
    targets = dict.fromkeys(top.texts("drop"), "")
    for group in top.lists("groups"):
        for word in group:
            if targets.setdefault(word, group[0]) != group[0]:
                top.fail("groups", f"{word!r} stands twice; a word has one meaning here")
    weak = top.text("weak", "")
    faults.check()
    return Folder(replacer(targets), weak)


@cache
def folder() -> Folder:
    """The packaged folder, read once."""
    return read_folder(packaged("faq_synonyms.yaml"))


def keys(folded: str) -> tuple[dict[str, None], dict[str, None]]:
    """The distinct characters of a folded question, and its distinct pairs of neighbouring characters, in order.

    >>> [len(found) for found in keys("退货退款")]
    [3, 3]
    """
    return dict.fromkeys(folded), dict.fromkeys(map(add, folded, folded[1:]))
