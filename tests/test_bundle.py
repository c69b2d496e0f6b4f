from __future__ import annotations

import hashlib
import io
import json
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import FORMAT, MANIFEST, OPTIONAL, REQUIRED, Bundle, _seal
from cs_nlp.errors import CsNlpError, IncompatibleModelError, ModelLoadError
from tests.samples import tiny_examples

MEMBERS = [*REQUIRED, "faq.json", "README.md"]


class Bomb:
    """Fails the test when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("code of a bundle was run",)


@pytest.fixture
def folder(tiny_bundle: Bundle, tmp_path: Path) -> Path:
    """A bundle to be spoiled."""
    place = tmp_path / "bundle"
    replace(tiny_bundle, card="# Karte\n").save(place)
    return place


def manifest(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return values


def seal(folder: Path, change: Callable[[dict[str, Any]], Any] = lambda values: None) -> None:
    """Writes the manifest anew, with the hashes of the members as they are now."""
    values = manifest(folder)
    for name in values["files"]:
        values["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    change(values)
    values["seal"] = _seal(values)
    (folder / MANIFEST).write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")


def weights(folder: Path) -> dict[str, Any]:
    with np.load(folder / "weights.npz", allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def write_weights(folder: Path, arrays: dict[str, Any]) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    (folder / "weights.npz").write_bytes(buffer.getvalue())
    seal(folder)


def refused(folder: Path) -> str:
    with pytest.raises(ModelLoadError) as caught:
        Assistant.load(folder)
    assert not isinstance(caught.value, IncompatibleModelError)
    return str(caught.value)


def test_a_saved_bundle_is_whole(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} == {MANIFEST, *MEMBERS}
    assert set(manifest(folder)["files"]) == set(MEMBERS) == set(REQUIRED + OPTIONAL)


def test_a_bundle_comes_back_as_it_was(tiny_bundle: Bundle, folder: Path, tiny_bot: Assistant) -> None:
    again = Bundle.load(folder)
    assert (again.labels, again.confidence) == (tiny_bundle.labels, tiny_bundle.confidence)
    for name in ("direct", "clarify"):
        assert getattr(again.thresholds, name) == getattr(tiny_bundle.thresholds, name)
    assert (again.unclear, again.faq, again.card, again.info) == (
        "unclear",
        tiny_bundle.faq,
        "# Karte\n",
        tiny_bundle.info,
    )
    assert again.model.vocabulary.names == tiny_bundle.model.vocabulary.names
    bot = Assistant.load(folder, clock=tiny_bot._clock)
    texts = [example.text for example in tiny_examples()]
    assert bot.reply_many(texts) == tiny_bot.reply_many(texts)


def test_a_bundle_need_not_be_saved_to_serve(tiny_bundle: Bundle, tiny_bot: Assistant) -> None:
    bot = Assistant(tiny_bundle, (), {})
    for example in tiny_examples():
        assert bot.analyze(example.text) == tiny_bot.analyze(example.text)


def test_the_same_bundle_gives_the_same_bytes(tiny_bundle: Bundle, folder: Path, tmp_path: Path) -> None:
    replace(tiny_bundle, card="# Karte\n").save(tmp_path / "second")
    Bundle.load(folder).save(tmp_path / "third")
    for name in (MANIFEST, *MEMBERS):
        content = (folder / name).read_bytes()
        assert (tmp_path / "second" / name).read_bytes() == content
        assert (tmp_path / "third" / name).read_bytes() == content


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_a_flipped_bit_is_refused(folder: Path, name: str, place: float) -> None:
    content = bytearray((folder / name).read_bytes())
    content[int(len(content) * place)] ^= 1
    (folder / name).write_bytes(bytes(content))
    assert name in refused(folder)


@pytest.mark.parametrize("name", [MANIFEST, *MEMBERS])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_cut_file_is_refused(folder: Path, name: str, share: float) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: int(len(content) * share)])
    assert name in refused(folder)


@pytest.mark.parametrize("name", [MANIFEST, *MEMBERS])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert name in refused(folder)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_member_that_is_not_listed_is_refused(folder: Path, name: str) -> None:
    seal(folder, lambda values: values["files"].pop(name))
    assert name in refused(folder)


@pytest.mark.parametrize("name", ["extra.txt", "../outside.txt", "hook.py"])
def test_a_listed_stranger_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"x")
    seal(folder, lambda values: values["files"].update({name: hashlib.sha256(b"x").hexdigest()}))
    assert name in refused(folder)


@pytest.mark.parametrize("place", ["direct", "clarify"])
def test_a_changed_threshold_is_refused(folder: Path, place: str) -> None:
    values = manifest(folder)
    values["thresholds"][place] = 0.0
    (folder / MANIFEST).write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert MANIFEST in refused(folder)


def test_a_pickled_array_is_not_opened(folder: Path) -> None:
    arrays = weights(folder) | {"idf": np.array([Bomb()], dtype=object)}
    write_weights(folder, arrays)
    refused(folder)


def test_a_pickle_under_the_name_of_the_weights_is_not_opened(folder: Path) -> None:
    (folder / "weights.npz").write_bytes(pickle.dumps(Bomb()))
    seal(folder)
    refused(folder)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("quanta", lambda array: array[:, :-1]),
        ("quanta", lambda array: array[:-1]),
        ("quanta", lambda array: array.astype(np.int16)),
        ("quanta", lambda array: array.ravel()),
        ("steps", lambda array: array[:-1]),
        ("steps", lambda array: array * np.nan),
        ("idf", lambda array: array[:-1]),
        ("idf", lambda array: array[:, None]),
        ("bias", lambda array: array[:-1]),
        ("bias", lambda array: array + np.inf),
    ],
)
def test_weights_that_do_not_fit_are_refused(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    arrays = weights(folder)
    arrays[name] = change(arrays[name])
    write_weights(folder, arrays)
    refused(folder)


def test_missing_weights_are_refused(folder: Path) -> None:
    arrays = weights(folder)
    del arrays["bias"]
    write_weights(folder, arrays)
    refused(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("weights.npz", b""),
        ("weights.npz", b"PK\x05\x06" + bytes(18)),
        ("vocabulary.txt", b"one\n"),
        ("vocabulary.txt", b"\xff\xfe"),
        ("lexicon.json", b"{"),
        ("lexicon.json", b"[1]"),
        ("lexicon.json", "[['X', 'x', [], ['(']]]".replace("'", '"').encode()),
        ("lexicon.json", b'[["X","x",[""],[]]]'),
        ("rules.json", b"[" * 100_000),
        ("rules.json", b'[{"id":"x","kind":"intent","label":"a","score":1,"source":"s","all":[[""]]}]'),
        ("rules.json", b'[{"id": "x"}]'),
        ("rules.json", b'[{"id":"x","kind":"intent","label":"a","score":1,"source":"s","regex":["("]}]'),
        ("faq.json", b"{}"),
    ],
)
def test_a_member_that_makes_no_sense_is_refused(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    seal(folder)
    with pytest.raises(CsNlpError):
        Assistant.load(folder)


def test_a_feature_that_stands_twice_is_refused(folder: Path) -> None:
    file = folder / "vocabulary.txt"
    first, _, *rest = file.read_text(encoding="utf-8").split("\n")
    file.write_text("\n".join([first, first, *rest]), encoding="utf-8")
    seal(folder)
    assert "twice" in refused(folder)


def _drop(*names: str) -> Callable[[dict[str, Any]], Any]:
    return lambda values: [values.pop(name) for name in names]


@pytest.mark.parametrize(
    "change",
    [
        _drop("heads"),
        _drop("blocks"),
        _drop("thresholds"),
        _drop("confidence"),
        lambda values: values.update(heads=[]),
        lambda values: values.update(heads=[head for head in values["heads"] if head[0] != "intent"]),
        lambda values: values.update(heads=[[name, labels, start + 1, heat] for name, labels, start, heat in values["heads"]]),
        lambda values: values.update(heads=[[name, labels, 0, heat] for name, labels, _, heat in values["heads"]]),
        lambda values: values["heads"][0].__setitem__(2, -1),
        lambda values: values.update(blocks=list(values["blocks"])),
        lambda values: values.update(block_sizes=[1]),
        lambda values: values["thresholds"].update(per_intent=[]),
        lambda values: values["thresholds"].update(direct="high"),
        lambda values: values["confidence"].update(weights={}),
    ],
    ids=[
        "no_heads", "no_blocks", "no_thresholds", "no_confidence", "empty_heads", "no_intent_head", "shifted_heads",
        "overlapping_heads", "negative_head", "blocks_without_weights", "wrong_sizes", "list_of_thresholds", "text_as_threshold",
        "no_signals",
    ],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_is_refused(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    seal(folder, change)
    refused(folder)


@pytest.mark.parametrize("content", ["[]", "{}", '{"files": 1}', "nonsense", ""])
def test_a_manifest_of_something_else_is_refused(folder: Path, content: str) -> None:
    (folder / MANIFEST).write_text(content, encoding="utf-8")
    assert MANIFEST in refused(folder)


@pytest.mark.parametrize("number", [99, 0, "1", None])
def test_another_format_is_named(folder: Path, number: object) -> None:
    seal(folder, lambda values: values.update(format=number))
    with pytest.raises(IncompatibleModelError, match=f"this version reads format {FORMAT}; train the model anew"):
        Bundle.load(folder)


@pytest.mark.parametrize("place", ["nowhere", "manifest.json"])
def test_something_that_is_no_folder_is_refused(folder: Path, place: str) -> None:
    refused(folder / place)


def test_an_existing_folder_is_not_overwritten(tiny_bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(FileExistsError, match="choose another folder"):
        tiny_bundle.save(tmp_path / "mine")
    assert list((tmp_path / "mine").iterdir()) == []


def test_an_old_bundle_gives_way_when_asked(tiny_bundle: Bundle, folder: Path) -> None:
    replace(tiny_bundle, card="# Neu\n", faq=None).save(folder, replace=True)
    again = Bundle.load(folder)
    assert (again.card, again.faq) == ("# Neu\n", None)
    assert [item.name for item in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize("fatal", [OSError("disk full"), KeyboardInterrupt()])
def test_a_crash_while_writing_leaves_the_old_bundle(
    tiny_bundle: Bundle, folder: Path, monkeypatch: pytest.MonkeyPatch, fatal: BaseException
) -> None:
    write = Path.write_bytes

    def failing(self: Path, content: bytes) -> int:
        if self.name == "lexicon.json":
            raise fatal
        return write(self, content)

    with monkeypatch.context() as patch, pytest.raises(type(fatal)):
        patch.setattr(Path, "write_bytes", failing)
        replace(tiny_bundle, card="# Neu\n").save(folder, replace=True)
    assert Bundle.load(folder).card == "# Karte\n"
    assert [item.name for item in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize("failing_move", [1, 2])
def test_a_crash_while_moving_leaves_the_old_bundle(
    tiny_bundle: Bundle, folder: Path, monkeypatch: pytest.MonkeyPatch, failing_move: int
) -> None:
    move, moves = Path.replace, []

    def failing(self: Path, target: Path) -> Path:
        moves.append(self)
        if len(moves) == failing_move:
            raise OSError("the disk is gone")
        return move(self, target)

    with monkeypatch.context() as patch, pytest.raises(OSError, match="the disk is gone"):
        patch.setattr(Path, "replace", failing)
        replace(tiny_bundle, card="# Neu\n").save(folder, replace=True)
    assert Bundle.load(folder).card == "# Karte\n"
    assert [item.name for item in folder.parent.iterdir()] == [folder.name]


def test_a_bundle_can_be_copied_elsewhere(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    assert Assistant.load(tmp_path / "copy").reply("怎么开发票").intents[0].id == "invoice"
