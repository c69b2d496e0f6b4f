"""Sequences whose items stay on disk until they are asked for: texts, FAQ entries, forms of their questions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from cs_nlp.faq.compiled import entry_of
from cs_nlp.faq.entries import FaqEntry, Forms
from cs_nlp.faq.forms import all_forms

_PART = 500  # entries whose forms are made together
_TEXTS = 4096  # texts whose characters are read together


class Texts(Sequence[str]):
    """Texts in one array of bytes.

    Args:
        content: The texts in UTF-8, one after the other.
        ends: Where each starts, and the end of the last.

    >>> texts = Texts.pack(["退货", "退款"])
    >>> len(texts), texts[1], list(texts[:1])
    (2, '退款', ['退货'])
    """

    def __init__(self, content: NDArray[np.uint8], ends: NDArray[np.uint32] | NDArray[np.int64]) -> None:
        self.content = content
        self.ends = ends

    @classmethod
    def pack(cls, texts: Iterable[str]) -> Texts:
        """Puts texts into arrays."""
        known = [*texts]
        content = np.frombuffer("".join(known).encode("utf-8", errors="surrogatepass"), np.uint8)
        starts = np.append(np.flatnonzero((content & 0xC0) != 0x80), len(content))  # of each character, and the end
        ends = starts[np.cumsum([0, *map(len, known)])]
        return cls(content, ends.astype(np.uint32) if len(content) < 1 << 32 else ends)

    @classmethod
    def chain(cls, parts: Sequence[Texts]) -> Texts:
        """Texts of which each part holds some.

        >>> [*Texts.chain([Texts.pack(["退货"]), Texts.pack(["退款", "换货"])])]
        ['退货', '退款', '换货']
        """
        starts = np.cumsum([0, *(len(part.content) for part in parts)])
        ends = np.concatenate([[0], *(part.ends[1:] + start for part, start in zip(parts, starts, strict=False))])
        content = np.concatenate([np.zeros(0, np.uint8), *(part.content for part in parts)])
        return cls(content, ends.astype(np.uint32) if len(content) < 1 << 32 else ends)

    def codes(self) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The characters of all texts as numbers, one after the other, and how many each text has.

        >>> codes, counts = Texts.pack(["退货", "退款a"]).codes()
        >>> codes.astype("<u4").tobytes().decode("utf-32-le"), counts.tolist()
        ('退货退款a', [2, 3])
        """
        codes = [np.zeros(0, np.uint32)]
        counts = [np.zeros(0, np.int64)]
        for at in range(0, len(self), _TEXTS):  # what lies between fits into the processor's cache
            ends = self.ends[at : at + _TEXTS + 1]
            content = self.content[ends[0] : ends[-1]]
            joined = content.tobytes().decode("utf-8", errors="surrogatepass")
            codes.append(np.frombuffer(joined.encode("utf-32-le", errors="surrogatepass"), "<u4"))
            starts = np.flatnonzero((content & 0xC0) != 0x80)
            counts.append(np.diff(np.searchsorted(starts, ends - ends[0])))
        return np.concatenate(codes), np.concatenate(counts)

    def __len__(self) -> int:
        return len(self.ends) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            places = range(*place.indices(len(self)))
            return self._run(places.start, places.stop) if places.step == 1 else [self[one] for one in places]
        if not 0 <= place < len(self):
            raise IndexError(place)
        start, end = int(self.ends[place]), int(self.ends[place + 1])
        return self.content[start:end].tobytes().decode("utf-8", errors="surrogatepass")

    def _run(self, start: int, stop: int) -> list[str]:
        """Texts that stand side by side, taken out together."""
        ends = self.ends[start : max(start, stop) + 1].tolist()
        first = ends[0]
        content = self.content[first : ends[-1]].tobytes()
        return [
            content[one - first : other - first].decode("utf-8", errors="surrogatepass")
            for one, other in zip(ends, ends[1:], strict=False)
        ]


class Records(Sequence[FaqEntry]):
    """FAQ entries, each a row of JSON."""

    def __init__(self, rows: Texts) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> FaqEntry: ...
    @overload
    def __getitem__(self, place: slice) -> list[FaqEntry]: ...
    def __getitem__(self, place: int | slice) -> FaqEntry | list[FaqEntry]:
        if isinstance(place, slice):
            return [entry_of(json.loads(row)) for row in self.rows[place]]
        return entry_of(json.loads(self.rows[place]))


class Slices(Sequence[Sequence[str]]):
    """The texts of each entry; `first` tells its first text, and the number of texts at the end."""

    def __init__(self, first: NDArray[np.int64], texts: Texts) -> None:
        self.first = first
        self.texts = texts

    def __len__(self) -> int:
        return len(self.first) - 1

    @overload
    def __getitem__(self, place: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, place: slice) -> list[Sequence[str]]: ...
    def __getitem__(self, place: int | slice) -> Sequence[str] | list[Sequence[str]]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self.texts[int(self.first[place]) : int(self.first[place + 1])]


class StoredForms(Sequence[Forms]):
    """The forms of each entry's questions; `asked` are the questions themselves, entry by entry."""

    def __init__(self, first: NDArray[np.int64], asked: Sequence[Sequence[str]], folded: Texts, normal: Texts) -> None:
        self.first = first
        self.asked = asked
        self.folded = folded
        self.normal = normal

    @classmethod
    def pack(cls, entries: Sequence[FaqEntry]) -> StoredForms:
        """Makes the forms of many entries, some at a time, and keeps them packed.

        Raises:
            ValueError: If an entry has no question.
        """
        asked: list[tuple[str, ...]] = []
        folded: list[Texts] = []
        normal: list[Texts] = []
        for at in range(0, len(entries), _PART):
            part = all_forms(entries[at : at + _PART])
            asked += [forms.asked for forms in part]
            folded.append(Texts.pack([text for forms in part for text in forms.folded]))
            normal.append(Texts.pack([text for forms in part for text in forms.normal]))
        first = np.cumsum([0, *map(len, asked)], dtype=np.int64)
        return cls(first, asked, Texts.chain(folded), Texts.chain(normal))

    def __len__(self) -> int:
        return len(self.first) - 1

    @overload
    def __getitem__(self, place: int) -> Forms: ...
    @overload
    def __getitem__(self, place: slice) -> list[Forms]: ...
    def __getitem__(self, place: int | slice) -> Forms | list[Forms]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        rows = slice(int(self.first[place]), int(self.first[place + 1]))
        asked = tuple(self.asked[place])
        return Forms(asked, asked, tuple(self.folded[rows]), tuple(self.normal[rows]))


class Places(Mapping[str, int]):
    """The place of each id, found by its hash.

    Args:
        ids: The ids.
        hashes: Their hashes, sorted.
        places: The place of each hash's id.
    """

    def __init__(self, ids: Texts, hashes: NDArray[np.uint64], places: NDArray[np.int64]) -> None:
        self.ids = ids
        self.hashes = hashes
        self.places = places

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __getitem__(self, entry_id: str) -> int:
        wanted = hash_of(entry_id)
        at = int(np.searchsorted(self.hashes, np.uint64(wanted)))
        while at < len(self.hashes) and int(self.hashes[at]) == wanted:
            place = int(self.places[at])
            if self.ids[place] == entry_id:
                return place
            at += 1
        raise KeyError(entry_id)


def hash_of(text: str) -> int:
    """A number of 64 bits, the same in every run."""
    content = text.encode("utf-8", errors="surrogatepass")
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")
