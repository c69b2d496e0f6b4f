"""An FAQ index on disk: one folder of plain arrays that are mapped into memory, and `index.json` with their sizes.

No code is stored and none is run; a file of another size than written, or forms made with other synonyms, are refused.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import DataFileError
from cs_nlp.faq.compiled import entry_of, row_of
from cs_nlp.faq.entries import FaqEntry
from cs_nlp.faq.forms import Tools, forms_digest
from cs_nlp.faq.grams import Grams
from cs_nlp.faq.inverted import InvertedBlock, PairWeights
from cs_nlp.faq.score import unseen
from cs_nlp.faq.segment import Segment
from cs_nlp.faq.texts import Places, Records, Slices, StoredForms, Texts, hash_of

_FORMAT = 1
_HEAD = "index.json"
_TEXTS = ("ids", "records", "asked", "folded", "normal", "characters")
_BLOCK = ("owner", "codes", "starts", "rows", "lengths", "masses", "characters_mass")
_ARRAYS = {*(f"{name}{end}" for name in _TEXTS for end in ("", "_ends")), "first", "hashes", "places", "days", *_BLOCK}

Arrays = dict[str, NDArray[Any]]


def save(folder: Path, segment: Segment, disabled: list[FaqEntry]) -> None:
    """Writes a segment and the entries put aside to a new folder.

    Raises:
        FileExistsError: If the folder exists.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} exists; name a new folder or remove it first")
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        for name, array in _packed(segment).items():
            np.save(draft / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
        head = {
            "format": _FORMAT,
            "forms": forms_digest(),
            "disabled": [row_of(entry) for entry in disabled],
            "files": {file.name: file.stat().st_size for file in sorted(draft.iterdir())},
        }
        (draft / _HEAD).write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def load(folder: Path, tools: Tools) -> tuple[Segment, list[FaqEntry]]:
    """Opens what `save` wrote.

    Raises:
        DataFileError: If it is missing, incomplete, cut, or was made with other synonyms.
    """
    try:
        head = json.loads((folder / _HEAD).read_text(encoding="utf-8"))
        if head["format"] != _FORMAT:
            raise ValueError(f"format {head['format']!r} is not {_FORMAT}")
        if head["forms"] != forms_digest():
            raise ValueError("it was made with other synonyms")
        arrays = _mapped(folder, head["files"])
        disabled = [entry_of(row) for row in head["disabled"]]
        return _segment(arrays, tools), disabled
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"is not a sound index ({error}); build and save it again"
        raise DataFileError([f"{folder / _HEAD}:1: file: {reason}"]) from error


def _packed(segment: Segment) -> Arrays:
    forms = segment.forms
    texts = {
        "ids": Texts.pack(segment.ids),
        "records": Texts.pack(json.dumps(row_of(entry), ensure_ascii=False) for entry in segment.entries),
        "asked": Texts.pack(text for form in forms for text in form.asked),
        "folded": Texts.pack(text for form in forms for text in form.folded),
        "normal": Texts.pack(text for form in forms for text in form.normal),
    }
    hashes = np.array([hash_of(entry_id) for entry_id in segment.ids], np.uint64)
    order = np.argsort(hashes, kind="stable")
    first = np.cumsum([0, *(len(form.asked) for form in forms)], dtype=np.int64)
    found: Arrays = {"first": first, "hashes": hashes[order], "places": order.astype(np.int64)}
    if segment.days is not None:
        found["days"] = segment.days
    block = segment.block()
    if isinstance(block, InvertedBlock) and isinstance(segment.weights, PairWeights):
        squares = segment.weights.squares
        texts["characters"] = Texts.pack(squares)
        found |= {
            "owner": block.owner, "codes": block.pairs.keys, "starts": block.pairs.starts, "rows": block.pairs.rows,
            "lengths": block.lengths, "masses": segment.weights.masses,
            "characters_mass": np.array([*squares.values()], np.float64),
        }  # fmt: skip
    for name, packed in texts.items():
        found |= {name: packed.content, f"{name}_ends": packed.ends}
    return found


def _mapped(folder: Path, files: Mapping[str, int]) -> Arrays:
    found: Arrays = {}
    for name, size in files.items():
        key = name.removesuffix(".npy")
        if key not in _ARRAYS:
            raise ValueError(f"{name!r} is no file of an index")
        if (folder / name).stat().st_size != size:
            raise ValueError(f"{name} has not the {size} bytes it was written with")
        mapped = np.load(folder / name, mmap_mode="r" if size > 4096 else None, allow_pickle=False)
        found[key] = mapped.view(np.ndarray)  # a plain view of the mapping: `memmap` itself slows every slice
    return found


def _segment(arrays: Arrays, tools: Tools) -> Segment:
    texts = {name: Texts(arrays[name], arrays[f"{name}_ends"]) for name in _TEXTS if name in arrays}
    first = arrays["first"]
    ids, folded, normal = texts["ids"], texts["folded"], texts["normal"]
    if not len(ids) == len(first) - 1 == len(texts["records"]) or not len(folded) == len(normal) == int(first[-1]):
        raise ValueError("its files do not fit together")
    block = weights = None
    if "owner" in arrays:
        squares = dict(zip(texts["characters"], arrays["characters_mass"].tolist(), strict=True))
        weights = PairWeights(squares, unseen(len(folded)), codes=arrays["codes"], masses=arrays["masses"])
        pairs = Grams(arrays["codes"], arrays["starts"], arrays["rows"], len(folded))
        origin = np.arange(len(ids), dtype=np.int32)
        block = InvertedBlock(origin, arrays["owner"], first, folded, normal, pairs, arrays["lengths"])
    return Segment(
        Records(texts["records"]), ids, Places(ids, arrays["hashes"], arrays["places"]), len(folded), tools, weights,
        StoredForms(first, Slices(first, texts["asked"]), folded, normal), block, arrays.get("days"),
    )  # fmt: skip
