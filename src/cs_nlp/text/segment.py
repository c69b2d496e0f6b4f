"""Words of a text, as jieba cuts them without its guesses about unknown words (HMM off).

The dictionary is the part of jieba's that customers' messages need (`resources/dictionary.txt`, made by
`cs_nlp.train.dictionary`) and the words of this trade (`resources/words.yaml`).
Only runs of Chinese characters are cut; letters and digits stay together, a marker such as [图片] is one word, blanks
vanish, and every other character is a word of its own.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import re
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from typing import Any

from cs_nlp.resources import Faults, packaged, read_yaml
from cs_nlp.text.pattern import Pattern

ENGINES = ("rjieba", "jieba")
"""`rjieba` (Rust, the fast one) and `jieba` (Python, the reference): the same words from both."""

_TOKENS = Pattern(r"[\u4e00-\u9fff]+|\[[\u4e00-\u9fff]{1,4}\]|[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*|\S")
_SIMPLE = re.compile("[\u4e00-\u9fd5Ⓐ-Ⓩ①-⑩,?!:;。~()]+")
"""A text that the engines cut as it is done here: Chinese runs into words, all else into characters."""
REST = "□"
"""Stands in the dictionary for the words that were left out, so that the others keep their probabilities."""
_Cut = Callable[[str, bool], list[str]]


def domain_words() -> tuple[str, ...]:
    """The words of this trade that a general dictionary does not know, from `resources/words.yaml`.

    Raises:
        DataFileError: If the packaged file was changed and has faults.

    >>> "仅退款" in domain_words()
    True
    """
    faults = Faults()
    lines = read_yaml(packaged("words.yaml"), faults).texts("words")
    faults.check()
    return tuple(dict.fromkeys(word for line in lines for word in line.split()))


@dataclass(frozen=True, slots=True)
class Segmenter:
    """Cuts text into words; immutable, safe to share between threads.

    Building one takes a noticeable part of a start. The dictionary is private and stays in memory: neither jieba's shared tokenizer nor
    its cache file is touched.

    Attributes:
        words: Words beyond the general dictionary.
        engine: `rjieba` or `jieba`; `rjieba` gives way to `jieba` where it is not installed.

    Raises:
        ValueError: If the engine is neither.

    >>> Segmenter().cut("仅退款怎么还没到账 iphone15")
    ['仅退款', '怎么', '还', '没到账', 'iphone15']
    """

    words: tuple[str, ...] = field(default_factory=domain_words, repr=False)
    engine: str = "rjieba"
    _cut: _Cut = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise ValueError(f"engine {self.engine!r} is not known; allowed are {', '.join(ENGINES)}")
        object.__setattr__(self, "words", tuple(self.words))
        cut = _rjieba_cut(self.words) if self.engine == "rjieba" else None
        object.__setattr__(self, "_cut", cut or _jieba_cut(self.words))

    def __reduce__(self) -> tuple[Any, ...]:
        return Segmenter, (self.words, self.engine)

    def cut(self, text: str) -> list[str]:
        """The words of a text, in order, without blanks."""
        cut = self._cut
        if _SIMPLE.fullmatch(text) is not None:
            return cut(text, False)
        found: list[str] = []
        for part in _TOKENS.findall(text):
            if len(part) > 1 and part >= "\u4e00":  # of the longer parts only Chinese ones begin so high
                found += cut(part, False)
            else:
                found.append(part)
        return found


def _dictionary() -> str:
    """The words of the dictionary, each with its frequency."""
    return packaged("dictionary.txt").read_text(encoding="utf-8").partition("\n\n")[2]


@functools.lru_cache(maxsize=4)
def _rjieba_cut(words: tuple[str, ...]) -> _Cut | None:
    engine_class = _rjieba_class()
    if engine_class is None:
        return None
    engine = engine_class.empty()
    add = engine.add_word
    entries = _dictionary().split()
    for word, frequency in zip(entries[::2], map(int, entries[1::2]), strict=True):
        add(word, frequency, None)
    for word in words:
        add(word, None, None)
    cut: _Cut = engine.cut
    return cut


@functools.lru_cache(maxsize=1)
def _rjieba_class() -> Any:
    """The class behind rjieba, or None where it is not installed.

    `import rjieba` also builds a shared instance that nobody here uses, 75 ms and 34 MB. So the extension module is
    loaded alone, under its own name: a later `import rjieba` elsewhere finds it and works as ever.
    """
    name = "rjieba.rjieba"
    if name not in sys.modules:
        package = importlib.util.find_spec("rjieba")
        if package is None or package.submodule_search_locations is None:
            return None
        spec = PathFinder.find_spec(name, package.submodule_search_locations)
        if spec is None or spec.loader is None:
            return None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules.setdefault(name, module)
    return sys.modules[name].Jieba


def _jieba_cut(words: Iterable[str]) -> _Cut:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba imports the deprecated pkg_resources
        import jieba
    engine = jieba.Tokenizer()
    engine.FREQ, engine.total = engine.gen_pfdict(io.BytesIO(_dictionary().encode("utf-8")))
    engine.initialized = True  # so that it never looks for its cache in the shared temporary folder
    for word in words:
        engine.add_word(word)

    def cut(text: str, hmm: bool) -> list[str]:
        return list(engine.cut(text, HMM=hmm))

    return cut
