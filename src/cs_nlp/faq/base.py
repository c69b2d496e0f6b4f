"""A knowledge base that is edited while it serves: every change on disk first, then seen by all searches at once."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cs_nlp.errors import DataFileError
from cs_nlp.faq.compiled import entry_of, row_of
from cs_nlp.faq.entries import ENTITY_SLOTS, FaqEntry, plain, slots_of
from cs_nlp.faq.index import FaqIndex
from cs_nlp.faq.journal import Change, Journal
from cs_nlp.faq.sheets import read_entries

_FILE = "journal.jsonl"


class FaqBase:
    """Entries with their history in a folder, and the index that searches them. One process writes, threads may share it.

    Args:
        journal: Where changes are kept.
        index: The index that is kept up.
        settings: Values of the {slots} of answers; None leaves slots unchecked.

    >>> from datetime import UTC
    >>> from tempfile import TemporaryDirectory
    >>> noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    >>> with TemporaryDirectory() as folder:
    ...     base = FaqBase.open(folder)
    ...     change = base.upsert([FaqEntry("return", ("怎么退货",), "在订单页申请")], by="小李", at=noon)
    ...     change = base.delete(["return"], by="小王", at=noon)
    ...     change = base.undo(by="小李", at=noon)
    ...     [hit.entry_id for hit in FaqBase.open(folder).index.search("我要退货")]
    ['return']
    """

    def __init__(self, journal: Journal, index: FaqIndex, settings: Mapping[str, str] | None = None) -> None:
        self.index = index
        self._journal = journal
        self._settings = settings
        self._writer = threading.Lock()
        self._changes = journal.read()
        self._entries: dict[str, FaqEntry] = {}
        self._owners: dict[str, str] = {}
        rows = {key: row for change in self._changes for key, row in change.after.items()}
        self._keep({key: entry_of(dict(row)) if row is not None else None for key, row in rows.items()})

    @classmethod
    def open(
        cls, folder: Path | str, *, index: FaqIndex | None = None, settings: Mapping[str, str] | None = None
    ) -> FaqBase:
        """Opens the knowledge base of a folder; an empty or missing folder is an empty one.

        Args:
            folder: The folder.
            index: An index to keep up, e.g. that of a serving assistant; it is given exactly the entries of the base,
                unless the base is empty: then its entries stay as they are. A new one by default.
            settings: Values of the {slots} of answers; None leaves slots unchecked.

        Raises:
            DataFileError: If the journal is broken.
        """
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        made = cls(Journal(place / _FILE), FaqIndex.build(()) if index is None else index, settings)
        if made._entries:
            known = {entry.id for entry in made.index.entries()}
            made.index.change(made._entries.values(), known - made._entries.keys())
            made.index.compact()
        return made

    def __len__(self) -> int:
        """How many entries there are, disabled ones too."""
        return len(self._entries)

    def entries(self) -> tuple[FaqEntry, ...]:
        """All entries, disabled ones too, in the order they came."""
        return tuple(self._entries.values())

    def history(self, entry_id: str | None = None) -> tuple[Change, ...]:
        """The changes, oldest first; those of one entry when it is named."""
        return tuple(change for change in self._changes if entry_id is None or entry_id in change.after)

    def upsert(self, entries: Iterable[FaqEntry], *, by: str, at: datetime) -> Change:
        """Adds entries, in place of those with the same id.

        Args:
            entries: The entries.
            by: Who does it.
            at: When.

        Raises:
            DataFileError: If one has a fault; all faults are listed and nothing is changed.
        """
        with self._writer:
            return self._commit("upsert", _by_id(entries), by, at)

    def delete(self, ids: Iterable[str], *, by: str, at: datetime) -> Change:
        """Removes entries.

        Raises:
            KeyError: If there is no such entry; nothing is changed.
        """
        with self._writer:
            return self._commit("delete", {self._entries[key].id: None for key in ids}, by, at)

    def disable(self, ids: Iterable[str], *, by: str, at: datetime) -> Change:
        """Puts entries aside: they are kept, but never found; `upsert` of the entry brings it back.

        Raises:
            KeyError: If there is no such entry; nothing is changed.
        """
        with self._writer:
            return self._commit("disable", {key: replace(self._entries[key], enabled=False) for key in ids}, by, at)

    def import_file(self, file: Path | str, *, by: str, at: datetime, only: bool = False) -> Change:
        """Takes in a YAML, CSV or Excel file (see `cs_nlp.faq.sheets`) as one change.

        Args:
            file: The file, or a folder of YAML files.
            by: Who does it.
            at: When.
            only: Whether entries that the file does not have are removed.

        Raises:
            DataFileError: If it has faults; all are listed and nothing is changed.
            MissingExtraError: If it is an Excel file and openpyxl is not installed.
        """
        fresh: dict[str, FaqEntry | None] = _by_id(read_entries(Path(file), self._settings))
        with self._writer:
            gone = [key for key in self._entries if key not in fresh] if only else []
            return self._commit("import", fresh | dict.fromkeys(gone), by, at)

    def undo(self, *, by: str, at: datetime, number: int | None = None) -> Change:
        """Takes a change back; taking back an undo does the change again.

        Args:
            by: Who does it.
            at: When.
            number: The change; the last one that is no undo and was not taken back when None.

        Raises:
            ValueError: If there is no such change, or an entry of it was changed again since.
        """
        with self._writer:
            change = self._to_undo(number)
            touched = [key for key, row in change.after.items() if row != self._row(key)]
            if touched:
                raise ValueError(f"change {change.number}: {touched[0]!r} was changed again since; undo that first")
            fresh = {key: entry_of(dict(row)) if row is not None else None for key, row in change.before.items()}
            return self._commit("undo", fresh, by, at, change.number)

    def compact(self, *, by: str, at: datetime) -> Change:
        """Writes the journal anew with the present entries only, which ends the history, and the index as one segment."""
        with self._writer:
            rows = {key: row_of(entry) for key, entry in self._entries.items()}
            change = Change(1, "compact", by, at, dict.fromkeys(rows), rows)
            self._journal.replace([change])
            self._changes = [change]
            self.index.compact()
            return change

    def _to_undo(self, number: int | None) -> Change:
        undone = {change.undoes for change in self._changes}
        if number is None:
            able = [one for one in self._changes if one.action not in ("undo", "compact") and one.number not in undone]
            if not able:
                raise ValueError("there is no change to undo")
            return able[-1]
        if not 1 <= number <= len(self._changes) or self._changes[number - 1].action == "compact":
            raise ValueError(f"there is no change {number} to undo")
        return self._changes[number - 1]

    def _row(self, key: str) -> Mapping[str, object] | None:
        entry = self._entries.get(key)
        return _json(entry) if entry is not None else None

    def _commit(
        self, action: str, fresh: Mapping[str, FaqEntry | None], by: str, at: datetime, undoes: int | None = None
    ) -> Change:
        """Checks a change, writes it, then lets all searches see it."""
        if at.tzinfo is None:
            raise ValueError("the time of a change needs its time zone")
        self._check(fresh)
        after = {key: _json(entry) if entry is not None else None for key, entry in fresh.items()}
        before = {key: self._row(key) for key in fresh}
        change = Change(len(self._changes) + 1, action, by, at, before, after, undoes)
        self._journal.append(change)
        self._changes.append(change)
        self._keep(fresh)
        put = [entry for entry in fresh.values() if entry is not None]
        self.index.change(put, [key for key, entry in fresh.items() if entry is None])
        return change

    def _check(self, fresh: Mapping[str, FaqEntry | None]) -> None:
        faults: list[str] = []
        asked: dict[str, str] = {}
        for entry in fresh.values():
            if entry is not None:
                faults += self._faults(entry, fresh, asked)
        if faults:
            raise DataFileError(faults)

    def _faults(self, entry: FaqEntry, fresh: Mapping[str, FaqEntry | None], asked: dict[str, str]) -> list[str]:
        place = entry.place or f"entry {entry.id}"
        found = (
            [] if entry.id and entry.questions and entry.answer else [f"{place}: needs an id, a question, an answer"]
        )
        for question in entry.questions:
            key = plain(question)
            owner = asked.setdefault(key, entry.id)
            if owner == entry.id and (standing := self._owners.get(key)) is not None and standing not in fresh:
                owner = standing
            if owner != entry.id:
                found.append(f"{place}: questions: {question!r} stands in {owner!r} already; keep it in one entry")
        if self._settings is not None:
            for slot in slots_of(entry.answer):
                if slot not in self._settings:
                    kind = "only a message can fill" if slot in ENTITY_SLOTS else "nothing fills"
                    found.append(f"{place}: answer: {kind} {{{slot}}}; add it to the settings or correct its name")
        return found

    def _keep(self, fresh: Mapping[str, FaqEntry | None]) -> None:
        """Brings entries and the owners of questions up to a change."""
        entries = dict(self._entries)  # a new one: others may be reading the old one
        for key, entry in fresh.items():
            old = entries.get(key)
            for question in old.questions if old is not None else ():
                self._owners.pop(plain(question), None)
            if entry is not None:
                entries[key] = entry
            else:
                entries.pop(key, None)
        self._entries = entries
        for key, entry in fresh.items():
            for question in entry.questions if entry is not None else ():
                self._owners[plain(question)] = key


def _by_id(entries: Iterable[FaqEntry]) -> dict[str, FaqEntry | None]:
    found: dict[str, FaqEntry | None] = {}
    for entry in entries:
        if entry.id in found:
            raise DataFileError([f"{entry.place or entry.id}: id: {entry.id!r} stands twice; ids are unique"])
        found[entry.id] = entry
    return found


def _json(entry: FaqEntry) -> dict[str, object]:
    """A row as it is read back from JSON: lists instead of tuples."""
    return {key: _plain(value) for key, value in row_of(entry).items()}


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, (tuple, list)) else value
