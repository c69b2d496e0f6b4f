"""A model on disk: a folder of numbers and text, checked by hashes; loading one runs no code.

```
manifest.json     format, versions, labels, feature settings, thresholds, metrics, and the sha256 of every other member
weights.npz       weights as 8-bit steps with the size of a step per feature, bias, inverse document frequencies
vocabulary.txt    the features, one a line, block after block
lexicon.json      the lexicon the model was trained with
rules.json        the rules the model was trained with
faq.json          the knowledge base, when the bundle has one
README.md         the model card
```
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.decide.policy import Thresholds
from cs_nlp.errors import IncompatibleModelError, ModelLoadError
from cs_nlp.files import write_folder
from cs_nlp.understand.confidence import Confidence
from cs_nlp.understand.features import BLOCKS, PROFILES
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.linear import Head, LinearModel, Weights
from cs_nlp.understand.rules import RuleBook
from cs_nlp.understand.vocabulary import Vocabulary

FORMAT = 1
MANIFEST = "manifest.json"
REQUIRED = ("weights.npz", "vocabulary.txt", "lexicon.json", "rules.json")
OPTIONAL = ("faq.json", "README.md")
_SEAL = "seal"
_UNFIT = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, RecursionError, TypeError, ValueError, re.error,
    zipfile.BadZipFile,
)  # fmt: skip
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Bundle:
    """Everything that a trained model is.

    Attributes:
        model: The linear model with all heads.
        confidence: What turns its scores into the probability of being right.
        thresholds: From which score on the bot answers or asks back.
        lexicon: The lexicon it was trained with.
        rules: The rules it was trained with.
        faq: The knowledge base as JSON text, or None.
        unclear: The label that means "not to be answered", or None.
        info: What is worth knowing: data hash, seed, metrics, versions.
        card: The model card, Markdown.
    """

    model: LinearModel
    confidence: Confidence
    thresholds: Thresholds
    lexicon: Lexicon
    rules: RuleBook
    faq: str | None = None
    unclear: str | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    card: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """Intents the model knows, `unclear` included."""
        return self.model.heads["intent"].labels

    def save(self, folder: Path | str, *, replace: bool = False) -> None:
        """Writes the bundle in one step; the same bundle gives the same bytes.

        Args:
            folder: Where to.
            replace: Whether an existing folder gives way.

        Raises:
            FileExistsError: If the folder exists and may not be replaced.
        """
        members = {
            "weights.npz": _pack_weights(self.model),
            "vocabulary.txt": _pack_vocabulary(self.model),
            "lexicon.json": _json(self.lexicon.to_json()),
            "rules.json": _json(self.rules.to_json()),
        }
        if self.faq is not None:
            members["faq.json"] = self.faq.encode("utf-8")
        if self.card:
            members["README.md"] = self.card.encode("utf-8")
        manifest = self._manifest(members)
        members[MANIFEST] = _json({**manifest, _SEAL: _seal(manifest)}, indent=1)
        write_folder(Path(folder), members, replace=replace)

    def _manifest(self, members: Mapping[str, bytes]) -> dict[str, Any]:
        heads = self.model.heads.values()
        return {
            "format": FORMAT,
            "blocks": dict(zip(BLOCKS, self.model.block_weights, strict=True)),
            "block_sizes": list(self.model.vocabulary.sizes),
            "heads": [[head.name, list(head.labels), head.start, head.temperature] for head in heads],
            **({"profile": self.model.profile} if self.model.profile != PROFILES[0] else {}),
            "unclear": self.unclear,
            "confidence": self.confidence.to_json(),
            "thresholds": {
                "direct": self.thresholds.direct,
                "clarify": self.thresholds.clarify,
                "per_intent": dict(self.thresholds.per_intent or {}),
            },
            "info": dict(self.info),
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(members.items())},
        }

    @classmethod
    def load(cls, folder: Path | str) -> Bundle:
        """Reads a bundle and checks all of it.

        Raises:
            ModelLoadError: If it is missing, incomplete, changed or broken.
            IncompatibleModelError: If it is of another format.
        """
        place = Path(folder)
        manifest = _read_manifest(place)
        members = _read_members(place, manifest)
        try:
            return _assemble(manifest, members)
        except _UNFIT as error:
            raise ModelLoadError(
                f"{place}: the bundle does not fit together ({type(error).__name__}: {error})"
            ) from error


def _seal(manifest: Mapping[str, Any]) -> str:
    """The sha256 of a manifest without its seal."""
    return hashlib.sha256(_json({name: value for name, value in manifest.items() if name != _SEAL})).hexdigest()


def _json(value: Any, indent: int | None = None) -> bytes:
    separators = None if indent else (",", ":")
    return (json.dumps(value, ensure_ascii=False, indent=indent, separators=separators) + "\n").encode("utf-8")


def _read_manifest(place: Path) -> dict[str, Any]:
    file = place / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelLoadError(f"{file}: cannot be read ({error.strerror or error}); is {place} a bundle?") from error
    except (ValueError, RecursionError) as error:
        raise ModelLoadError(f"{file}: is not JSON ({error})") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise ModelLoadError(f"{file}: is not the manifest of a bundle")
    if manifest.get("format") != FORMAT:
        raise IncompatibleModelError(
            f"{file}: format {manifest.get('format')!r}, this version reads format {FORMAT}; train the model anew"
        )
    if manifest.get(_SEAL) != _seal(manifest):
        raise ModelLoadError(f"{file}: was changed since the bundle was written; restore or retrain")
    return manifest


def _read_members(place: Path, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    files = manifest["files"]
    missing = [name for name in REQUIRED if name not in files]
    unknown = [name for name in files if name not in REQUIRED + OPTIONAL]
    if missing or unknown:
        raise ModelLoadError(f"{place / MANIFEST}: members missing {missing}, not known {unknown}")
    members: dict[str, bytes] = {}
    for name, expected in files.items():
        try:
            members[name] = (place / name).read_bytes()
        except OSError as error:
            raise ModelLoadError(f"{place / name}: cannot be read ({error.strerror or error})") from error
        if hashlib.sha256(members[name]).hexdigest() != expected:
            raise ModelLoadError(f"{place / name}: was changed or cut since the bundle was written; restore or retrain")
    return members


def _assemble(manifest: Mapping[str, Any], members: Mapping[str, bytes]) -> Bundle:
    heads = [Head(str(name), tuple(labels), int(start), float(heat)) for name, labels, start, heat in manifest["heads"]]
    if not heads or heads[0].name != "intent":
        raise ValueError("no intent head")
    if any(head.start < 0 for head in heads):
        raise ValueError("a head begins before the first column")
    blocks = manifest["blocks"]
    if tuple(blocks) != BLOCKS:
        raise ValueError(f"blocks {list(blocks)} instead of {list(BLOCKS)}")
    profile = manifest.get("profile", PROFILES[0])
    if profile not in PROFILES:
        raise ValueError(f"profile {profile!r} instead of one of {PROFILES}")
    vocabulary = _unpack_vocabulary(members["vocabulary.txt"], manifest["block_sizes"], profile)
    idf, weights, bias = _unpack_weights(members["weights.npz"])
    rows, columns = sum(vocabulary.sizes), max(head.stop for head in heads)
    if (
        weights.quanta.shape != (rows, columns)
        or weights.steps.shape != (rows,)
        or bias.shape != (columns,)
        or idf.shape != (rows,)
    ):
        raise ValueError(f"weights of shape {weights.quanta.shape} for {rows} features and {columns} labels")
    thresholds = manifest["thresholds"]
    per_intent = {str(name): float(value) for name, value in thresholds["per_intent"].items()}
    lexicon = Lexicon.from_json(json.loads(members["lexicon.json"]))
    rules = RuleBook.from_json(json.loads(members["rules.json"]))
    if "" in lexicon.words or any("" in chain(rule.terms, *rule.anchors) for rule in rules.rules):
        raise ValueError("an empty word in the lexicon or the rules")
    return Bundle(
        model=LinearModel(list(blocks.values()), vocabulary, idf, weights, bias, heads),
        confidence=Confidence.from_json(manifest["confidence"]),
        thresholds=Thresholds(float(thresholds["direct"]), float(thresholds["clarify"]), per_intent),
        lexicon=lexicon,
        rules=rules,
        faq=members["faq.json"].decode("utf-8") if "faq.json" in members else None,
        unclear=manifest["unclear"],
        info=manifest["info"],
        card=members.get("README.md", b"").decode("utf-8"),
    )


def _pack_weights(model: LinearModel) -> bytes:
    arrays: dict[str, NDArray[Any]] = {
        "idf": model.idf.astype(np.float32),
        "quanta": model.weights.quanta,
        "steps": model.weights.steps,
        "bias": model.bias.astype(np.float32),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", _ZIP_TIME)  # a fixed time: equal weights give equal bytes
            archive.writestr(entry, member.getvalue())
    return buffer.getvalue()


def _unpack_weights(content: bytes) -> tuple[NDArray[np.float32], Weights, NDArray[np.float32]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        idf, quanta, steps, bias = (archive[name] for name in ("idf", "quanta", "steps", "bias"))
    if quanta.dtype != np.int8 or any(array.dtype != np.float32 for array in (idf, steps, bias)):
        raise ValueError("weights are not 8-bit steps with 32-bit sizes")
    if not all(np.isfinite(array).all() for array in (idf, steps, bias)):
        raise ValueError("weights hold infinite or undefined numbers")
    return idf, Weights(quanta, steps), bias


def _pack_vocabulary(model: LinearModel) -> bytes:
    return "".join(f"{name}\n" for block in model.vocabulary.names for name in block).encode("utf-8")


def _unpack_vocabulary(content: bytes, sizes: list[int], profile: str) -> Vocabulary:
    lines = content.decode("utf-8").split("\n")[:-1]
    if len(lines) != sum(sizes):
        raise ValueError(f"{len(lines)} features instead of {sum(sizes)}")
    blocks = [lines[start:end] for start, end in pairwise(accumulate(sizes, initial=0))]
    if any(len(set(block)) < len(block) for block in blocks):
        raise ValueError("a feature stands twice in its block")
    return Vocabulary(blocks, profile)


def shipped_bundle() -> Path:
    """Where the shipped bundle is: in the installed package, or beside `src` in a checkout."""
    return _shipped("models", "default")


def shipped_faq() -> Path:
    """Where the shipped knowledge base is."""
    return _shipped("faq")


def _shipped(*parts: str) -> Path:
    package = Path(__file__).parent
    installed = package.joinpath("shipped", *parts)
    return installed if installed.is_dir() else package.parent.parent.joinpath(*parts)
