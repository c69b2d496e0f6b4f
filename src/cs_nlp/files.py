"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_atomic(file: Path, content: bytes) -> None:
    """Writes a file beside its place and moves it there in one step.

    Args:
        file: Where it shall be; its folder must exist.
        content: All of it.
    """
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def write_folder(folder: Path, members: Mapping[str, bytes], *, replace: bool = False) -> None:
    """Writes a folder of files beside its place and moves it there in one step.

    Args:
        folder: Where it shall be; its parent is made if needed.
        members: Name and content of each file.
        replace: Whether an existing folder gives way.

    Raises:
        FileExistsError: If the folder exists and may not be replaced.
    """
    if folder.exists() and not replace:
        raise FileExistsError(f"{folder} exists; choose another folder or delete it first")
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in members.items():
            (fresh / name).write_bytes(content)
        fresh.chmod(0o755)
        _swap(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _swap(fresh: Path, folder: Path) -> None:
    """Moves a finished folder to its place; what was there comes back when that fails."""
    if not folder.exists():
        fresh.replace(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        folder.replace(aside / "old")
        try:
            fresh.replace(folder)
        except BaseException:
            (aside / "old").replace(folder)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
