"""What finds entries: the index in memory, or a search engine beyond a million questions; chosen by a configuration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Protocol

from cs_nlp.faq.engine import EngineRetriever, HttpTransport, Transport
from cs_nlp.faq.entries import FaqEntry
from cs_nlp.faq.index import FaqIndex
from cs_nlp.resources import Faults, read_yaml
from cs_nlp.types import FaqHit


class Retriever(Protocol):
    """What finds the entries that match a question: `FaqIndex` and `EngineRetriever` are two.

    >>> retriever: Retriever = FaqIndex.build([FaqEntry("bill", ("怎么开发票",), "在订单页申请")])
    >>> [hit.entry_id for hit in retriever.search("发票怎么开", k=1)]
    ['bill']
    """

    def search(
        self,
        question: str,
        k: int = 5,
        intents: Collection[str] | None = None,
        at: date | None = None,
        *,
        normal: bool = False,
        shop: str | None = None,
        product: str | None = None,
        least: float = 0.0,
    ) -> list[FaqHit]:
        """The entries that match a question best; see `FaqIndex.search`."""

    def entry(self, entry_id: str) -> FaqEntry:
        """The entry of an id.

        Raises:
            KeyError: If there is none.
        """

    def upsert(self, entries: Iterable[FaqEntry]) -> int:
        """Adds entries, in place of those with the same id; the next search sees them."""

    def delete(self, ids: Iterable[str]) -> int:
        """Removes entries; returns how many there were."""


def open_retriever(
    file: Path | str,
    entries: Iterable[FaqEntry] = (),
    *,
    connect: Callable[[str, float], Transport] = HttpTransport,
) -> Retriever:
    """Opens the retriever that a configuration names.

    Args:
        file: YAML: `version: 1`, `kind: memory` or `engine`; for an engine also `url`, `index` (its alias, by default
            `cs_nlp_faq`), `candidates` (how many it gives for the re-rank, by default 30) and `timeout` in seconds.
        entries: What an index in memory holds; with an engine they lend the weights of characters and are not sent.
        connect: Makes a transport from url and timeout.

    Raises:
        DataFileError: If the configuration has faults; all are listed.
    """
    faults = Faults()
    top = read_yaml(Path(file), faults)
    top.only("version", "kind", "url", "index", "candidates", "timeout")
    kind = top.text("kind", "memory", among=("memory", "engine"))
    url = top.text("url") if kind == "engine" else ""
    alias = top.text("index", "cs_nlp_faq")
    candidates = int(top.number("candidates", 30, low=1, high=1000))
    timeout = top.number("timeout", 1.0, low=0.01, high=60)
    faults.check()
    known = list(entries)
    if kind == "memory":
        return FaqIndex.build(known)
    lender = FaqIndex.build(known) if known else None
    return EngineRetriever(connect(url, timeout), alias, candidates=candidates, lender=lender)
