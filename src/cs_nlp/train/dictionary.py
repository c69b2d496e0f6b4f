"""Chooses the words of the segmenter from jieba's dictionary: `python -m cs_nlp.train.dictionary`.

The whole dictionary has 349,000 words, which cost memory and time at every start, and nearly none of them is ever met. Kept are the words that stand anywhere in the training messages, the knowledge base, the lexicon or the rules, and
the ones that are frequent in general. The others only keep their part of the total frequency, so that the messages
whose words are all here are cut exactly as with the whole dictionary.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cs_nlp.faq import load_entries, to_json
from cs_nlp.files import write_atomic
from cs_nlp.text import normalize
from cs_nlp.text.segment import REST, domain_words
from cs_nlp.train.shipped import training_examples
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.rules import RuleBook

FREQUENT = 300
"""From this frequency on a word is kept wherever it comes from."""
TARGET = Path("src/cs_nlp/resources/dictionary.txt")
_HEAD = """\
# Words and their frequencies: a choice from the dictionary of jieba 0.42.1, https://github.com/fxsjy/jieba
# `python -m cs_nlp.train.dictionary` writes this file; `{rest}` stands for all words of jieba that are not in it.
#
# The dictionary of jieba is under the MIT License. Copyright (c) 2013 Sun Junyi
#
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
# rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
# persons to whom the Software is furnished to do so, subject to the following conditions:
# The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
# Software.
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
# WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
# COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
# OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

"""
_CHINESE = re.compile("[\u4e00-\u9fff]+")


def general_words() -> dict[str, int]:
    """Jieba's dictionary: word and frequency."""
    import jieba

    with jieba.get_module_res("dict.txt") as file:
        rows = [line.decode("utf-8").split(" ") for line in file]
    return {row[0]: int(row[1]) for row in rows}


def chosen(texts: Iterable[str], words: Mapping[str, int], frequent: int = FREQUENT) -> dict[str, int]:
    """The words to keep, in order, and the frequency of the rest.

    Args:
        texts: Texts whose words are needed.
        words: A dictionary: word and frequency.
        frequent: From this frequency on a word is kept anyway.

    >>> chosen(["退款"], {"退款": 2, "款": 9, "发票": 4, "的": 500})
    {'款': 9, '的': 500, '退款': 2, '□': 4}
    """
    longest = max(map(len, words), default=0)
    needed = {word for word, frequency in words.items() if frequency >= frequent and _CHINESE.fullmatch(word)}
    for run in {run for text in texts for run in _CHINESE.findall(normalize(text, None).text)}:
        for start in range(len(run)):
            needed.update(run[start:end] for end in range(start + 1, min(len(run), start + longest) + 1))
    kept = {word: words[word] for word in sorted(needed & words.keys())}
    return kept | {REST: sum(words.values()) - sum(kept.values())}


def texts_of(root: Path) -> list[str]:
    """All texts of a checkout that the segmenter must know the words of."""
    lexicon, rules = Lexicon.default(), RuleBook.default()
    texts = [example.text for example in training_examples(root)]
    texts += [to_json(load_entries(root / "faq"), {})]
    texts += [*lexicon.words, *domain_words()]
    texts += [text for rule in rules.rules for text in (*rule.terms, *rule.regex)]
    return texts


def main(argv: Sequence[str] | None = None) -> int:
    """Writes the dictionary."""
    parser = argparse.ArgumentParser(description="Choose the words of the segmenter from jieba's dictionary.")
    parser.add_argument("--root", default=".", help="the checkout (default: this folder)")
    root = Path(parser.parse_args(argv).root)
    kept = chosen(texts_of(root), general_words())
    lines = "".join(f"{word} {frequency}\n" for word, frequency in kept.items())
    write_atomic(root / TARGET, (_HEAD.format(rest=REST) + lines).encode("utf-8"))
    print(f"{len(kept):,} words in {root / TARGET}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
