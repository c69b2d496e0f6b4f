"""How much of real messages the lexicon covers, and which words it misses: `python benchmarks/lexicon.py`.

Prints the share of Chinese characters inside a concept, the share of messages with at least one, with at least half of
their characters covered, and the most frequent words (as the segmenter cuts them) that no concept touches.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from cs_nlp.text import Segmenter, read
from cs_nlp.understand.lexicon import Lexicon

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=Path, default=ROOT.parent / "shared" / "real" / "messages_pool.txt")
    parser.add_argument("--missing", type=int, default=30, help="how many uncovered words to show")
    args = parser.parse_args()
    if not args.messages.is_file():
        print(f"{args.messages} is not here; nothing to measure on", file=sys.stderr)
        return 0
    lexicon, segmenter = Lexicon.default(), Segmenter()
    texts = [read(line).text for line in args.messages.read_text(encoding="utf-8").splitlines() if line.strip()]
    characters = covered = touched = half = 0
    missing: Counter[str] = Counter()
    for text in texts:
        inside = [False] * len(text)
        for hit in lexicon.find(text):
            inside[hit.start : hit.end] = [True] * (hit.end - hit.start)
        chinese = [index for index, character in enumerate(text) if "一" <= character <= "鿿"]
        known = sum(inside[index] for index in chinese)
        characters, covered = characters + len(chinese), covered + known
        touched, half = touched + any(inside), half + (2 * known >= len(chinese))
        position = 0
        for word in segmenter.cut(text):
            position = text.index(word, position)
            if "一" <= word[0] <= "鿿" and not any(inside[position : position + len(word)]):
                missing[word] += 1
            position += len(word)
    words = sum(len(concept.words) for concept in lexicon.concepts)
    print(f"concepts {len(lexicon.concepts)}, words {words:,}, messages {len(texts):,}")
    print(f"characters covered {covered / characters:.1%}")
    print(
        f"messages with a concept {touched / len(texts):.1%}, with half of their characters covered {half / len(texts):.1%}"
    )
    print("not covered:", " ".join(f"{word} {count}" for word, count in missing.most_common(args.missing)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
