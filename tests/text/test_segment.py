from __future__ import annotations

import logging
import pickle
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.errors import CsNlpError
from cs_nlp.text import emoji
from cs_nlp.text import segment as segment_module
from cs_nlp.text.normalize import normalize
from cs_nlp.text.segment import Segmenter, domain_words

SENTENCES = (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8").splitlines()
CUTTERS = {engine: Segmenter(engine=engine) for engine in segment_module.ENGINES}


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return CUTTERS["rjieba"]


@pytest.fixture(scope="module")
def reference() -> Segmenter:
    return CUTTERS["jieba"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("仅退款怎么还没到账", ["仅退款", "怎么", "还", "没到账"]),
        ("七天无理由运费谁出", ["七天无理由", "运费", "谁", "出"]),
        ("退", ["退"]),
        ("要换xl码,iphone15 pro", ["要", "换", "xl", "码", ",", "iphone15", "pro"]),
        ("type-c线3.5元", ["type-c", "线", "3.5", "元"]),
        ("[图片]太慢了[生气]!", ["[图片]", "太慢", "了", "[生气]", "!"]),
        ("订单Ⓞ买了ⓆⒹ", ["订单", "Ⓞ", "买", "了", "Ⓠ", "Ⓓ"]),
        ("", []),
        ("  ", []),
    ],
)
def test_words(segmenter: Segmenter, text: str, words: list[str]) -> None:
    assert segmenter.cut(text) == words


def test_both_engines_give_the_same_words(segmenter: Segmenter, reference: Segmenter) -> None:
    texts = [normalize(sentence).text for sentence in SENTENCES]
    assert len(texts) > 250
    assert [segmenter.cut(text) for text in texts] == [reference.cut(text) for text in texts]


def test_every_domain_word_is_one_word_in_both_engines(segmenter: Segmenter, reference: Segmenter) -> None:
    words = domain_words()
    assert len(words) >= 400
    assert [word for word in words if segmenter.cut(word) != [word] or reference.cut(word) != [word]] == []


@given(st.text(max_size=30))
def test_no_character_is_lost(text: str) -> None:
    assert "".join(Segmenter_of_tests.cut(text)) == "".join(text.split())


Segmenter_of_tests = Segmenter(words=("仅退款",))


def test_own_words_replace_the_packaged_ones() -> None:
    assert Segmenter(words=("云朵被套",)).cut("云朵被套仅退款") == ["云朵被套", "仅", "退款"]


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="'hanlp' is not known; allowed are rjieba, jieba"):
        Segmenter(engine="hanlp")


def test_jieba_serves_where_rjieba_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)
    assert Segmenter(words=("仅退款",)).cut("要仅退款") == ["要", "仅退款"]


def test_it_cannot_be_changed(segmenter: Segmenter) -> None:
    with pytest.raises(AttributeError):
        segmenter.engine = "jieba"  # type: ignore[misc]


def test_it_survives_pickling(segmenter: Segmenter) -> None:
    copy = pickle.loads(pickle.dumps(segmenter))
    assert (copy, copy.cut("仅退款")) == (segmenter, ["仅退款"])


def test_the_reference_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import jieba

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with caplog.at_level(logging.DEBUG):
        Segmenter(words=("仅退款",), engine="jieba").cut("要仅退款")
    assert (list(tmp_path.iterdir()), caplog.records) == ([], [])
    assert not jieba.dt.initialized


@pytest.mark.parametrize("text", ["version: 2\nwords: [仅退款]\n", "version: 1\nwords: [{仅退款: 1}]\n"])
def test_a_broken_word_file_is_named(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "words.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(segment_module, "packaged", lambda name: tmp_path / name)
    with pytest.raises(CsNlpError, match=r"words\.yaml:1: "):
        domain_words()


def test_an_emoji_of_two_groups_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = "  - name: {}\n    characters: 😡\n    codes: [怒]\n"
    text = f"version: 1\nmarkers:\n{group.format('生气')}{group.format('笑')}"
    (tmp_path / "emoji.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(emoji, "packaged", lambda name: tmp_path / name)
    with pytest.raises(CsNlpError, match="😡 belongs to"):
        emoji.emoji_table.__wrapped__()


@pytest.mark.parametrize("engine", ["rjieba", "jieba"])
@given(st.text(alphabet="退款什么时候到账仅没有啊12ab.-,?!:;。~()[]Ⓞ①龥鿏 ", max_size=20))
def test_simple_texts_are_cut_like_all_others(engine: str, text: str) -> None:
    segmenter = CUTTERS[engine]
    parts = segment_module._TOKENS.findall(text)
    assert segmenter.cut(text) == [word for part in parts for word in segmenter.cut(part)]
