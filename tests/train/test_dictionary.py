from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.resources import packaged
from cs_nlp.text import Segmenter, normalize, segment
from cs_nlp.text.segment import REST
from cs_nlp.train.dictionary import chosen, general_words

SENTENCES = Path(__file__).parents[1] / "text" / "sentences.txt"


@pytest.fixture(scope="module")
def general() -> dict[str, int]:
    return general_words()


def shipped() -> dict[str, int]:
    entries = packaged("dictionary.txt").read_text(encoding="utf-8").partition("\n\n")[2].split()
    return dict(zip(entries[::2], map(int, entries[1::2]), strict=True))


def test_the_shipped_words_have_the_frequencies_of_jieba(general: dict[str, int]) -> None:
    words = shipped()
    rest = words.pop(REST)
    assert len(words) > 20_000
    assert words.items() <= general.items()
    assert rest + sum(words.values()) == sum(general.values())


def test_texts_that_were_chosen_for_are_cut_as_with_the_whole_dictionary(
    general: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [normalize(sentence).text for sentence in SENTENCES.read_text(encoding="utf-8").splitlines()]
    some = chosen(texts, general, frequent=10**9)
    assert len(some) < 0.02 * len(general)
    cuts = []
    for words in (general, some):
        lines = "".join(f"{word} {frequency}\n" for word, frequency in words.items())
        monkeypatch.setattr(segment, "_dictionary", lambda lines=lines: lines)
        segmenter = Segmenter(words=("仅退款",), engine="jieba")
        cuts.append([segmenter.cut(text) for text in texts])
    assert cuts[0] == cuts[1]


def test_strange_words_are_left_out_unless_they_are_frequent() -> None:
    words = {"退款": 5, "发票": 4, "发": 400, "t恤": 900, "票": 3}
    assert chosen(["退了款"], words, frequent=300) == {"发": 400, REST: 912}
    assert chosen(["开发票"], words, frequent=300) == {"发": 400, "发票": 4, "票": 3, REST: 905}
