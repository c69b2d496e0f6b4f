from __future__ import annotations

import os
from pathlib import Path

import pytest

from cs_nlp.files import write_atomic, write_folder


def names(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.json", "退款".encode())
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "退款"
    assert names(tmp_path) == ["a.json"]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"old")
    write_atomic(tmp_path / "a.json", b"new")
    assert (tmp_path / "a.json").read_bytes() == b"new"


def test_a_crash_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_bytes(b"old")

    def failing(handle: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(tmp_path / "a.json", b"new")
    assert (tmp_path / "a.json").read_bytes() == b"old"
    assert names(tmp_path) == ["a.json"]


def test_a_file_needs_its_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "none" / "a.json", b"x")


def test_a_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    write_folder(tmp_path / "a" / "b", {"x": b"1", "y": b"2"})
    assert names(tmp_path / "a") == ["b"]
    assert {item.name: item.read_bytes() for item in (tmp_path / "a" / "b").iterdir()} == {"x": b"1", "y": b"2"}


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_exists_is_kept(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "a"
    place.mkdir() if kind == "folder" else place.write_bytes(b"old")
    with pytest.raises(FileExistsError, match="exists; choose another folder"):
        write_folder(place, {"x": b"1"})
    assert names(tmp_path) == ["a"]


def test_a_replaced_folder_keeps_nothing_of_the_old(tmp_path: Path) -> None:
    write_folder(tmp_path / "a", {"x": b"1", "y": b"2"})
    write_folder(tmp_path / "a", {"x": b"3"}, replace=True)
    assert names(tmp_path / "a") == ["x"]
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX matter")
def test_others_can_read_what_was_written(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.json", b"x")
    write_folder(tmp_path / "b", {"x": b"1"})
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o755
