"""Entries in OpenSearch or Elasticsearch: the engine gives candidates, the re-rank and the guards stay ours.

Only what both engines share is used: `_bulk`, `_search`, `_doc`, `_aliases`; the mapping and its analyzer are
`resources/faq_engine.json`. An alias names the present index, so that `rebuild` swaps a whole one in at once.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Protocol
from urllib.parse import quote

from cs_nlp.errors import EngineError
from cs_nlp.faq.compiled import entry_of, row_of
from cs_nlp.faq.entries import FaqEntry
from cs_nlp.faq.forms import make_forms, tools
from cs_nlp.faq.index import FaqIndex
from cs_nlp.resources import packaged
from cs_nlp.types import FaqHit

_BATCH = 1_000  # entries sent at once
_NDJSON = "application/x-ndjson"
_JSON = "application/json"


class Transport(Protocol):
    """What carries a request to the engine."""

    def send(self, method: str, path: str, body: str, content_type: str) -> tuple[int, Mapping[str, Any]]:
        """Sends a request; returns the status and the parsed answer.

        Raises:
            EngineError: If the engine cannot be reached.
        """


class HttpTransport:
    """Requests over HTTP with the standard library.

    Args:
        url: Address of the engine, e.g. `https://search.shop.example:9200`.
        timeout: Seconds until a request is given up.
        headers: Further headers, e.g. for authorisation.
    """

    def __init__(self, url: str, timeout: float = 1.0, headers: Mapping[str, str] | None = None) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"the url of a search engine begins with http:// or https://, found {url!r}")
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._headers = dict(headers or {})

    def send(self, method: str, path: str, body: str, content_type: str) -> tuple[int, Mapping[str, Any]]:
        """Sends a request; returns the status and the parsed answer.

        Raises:
            EngineError: If the engine cannot be reached or does not answer in JSON.
        """
        headers = self._headers | ({"Content-Type": content_type} if body else {})
        request = urllib.request.Request(self._url + path, body.encode() if body else None, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _parsed(error.read())
        except (OSError, ValueError) as error:
            raise EngineError(f"{method} {self._url}{path}: {error}") from error


class EngineRetriever:
    """Finds entries in a search engine; a `Retriever`.

    Args:
        transport: What carries the requests.
        alias: Name of the index, an alias of the present one.
        candidates: How many candidates the engine gives for the re-rank.
        lender: An index that lends the weights of characters, best one of a sample of the entries; without it the
            candidates of each question weigh themselves, which costs some precision.
    """

    def __init__(
        self,
        transport: Transport,
        alias: str = "cs_nlp_faq",
        *,
        candidates: int = 30,
        lender: FaqIndex | None = None,
    ) -> None:
        self._transport = transport
        self._alias = alias
        self._candidates = candidates
        self._lender = lender

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
        """The entries that match a question best; see `FaqIndex.search`.

        Raises:
            EngineError: If the engine does not answer.
        """
        known = tools()
        text = question if normal else known.normal(question)
        folded = known.folder.fold(text.lower())
        if k < 1 or not folded:
            return []
        query = _query(folded, intents, at, {"shops": shop, "products": product})
        body = {"size": max(self._candidates, k), "_source": ["entry"], "query": query}
        found = self._ask("POST", f"/{quote(self._alias)}/_search", body)
        entries = [entry_of(json.loads(hit["_source"]["entry"])) for hit in found["hits"]["hits"]]
        return FaqIndex.build(entries, like=self._lender).search(text, k, normal=True, least=least)

    def entry(self, entry_id: str) -> FaqEntry:
        """The entry of an id.

        Raises:
            KeyError: If there is none.
            EngineError: If the engine does not answer.
        """
        path = f"/{quote(self._alias)}/_doc/{quote(entry_id, safe='')}"
        found = self._ask("GET", path, None, also=(404,))
        if not found.get("found"):
            raise KeyError(entry_id)
        return entry_of(json.loads(found["_source"]["entry"]))

    def upsert(self, entries: Iterable[FaqEntry]) -> int:
        """Adds entries, in place of those with the same id; the next search sees them.

        Raises:
            EngineError: If the engine refuses one.
        """
        return self._bulk(self._alias, entries)

    def delete(self, ids: Iterable[str]) -> int:
        """Removes entries; returns how many there were.

        Raises:
            EngineError: If the engine does not answer.
        """
        lines = [json.dumps({"delete": {"_index": self._alias, "_id": key}}) for key in dict.fromkeys(ids)]
        if not lines:
            return 0
        found = self._send("POST", "/_bulk?refresh=true", "\n".join(lines) + "\n", _NDJSON)
        return sum(item["delete"]["status"] == 200 for item in found["items"])

    def rebuild(self, entries: Iterable[FaqEntry], name: str) -> int:
        """Fills a new index and moves the alias to it in one step, so that no search sees half of it.

        Args:
            entries: All entries.
            name: Name of the new index; it must not exist.

        Returns:
            How many entries it holds.

        Raises:
            EngineError: If the engine refuses; the alias stays where it was.
        """
        self._ask("PUT", f"/{quote(name)}", index_body())
        count = self._bulk(name, entries)
        old = self._ask("GET", f"/_alias/{quote(self._alias)}", None, also=(404,))
        gone = [index for index in old if isinstance(old[index], dict) and "aliases" in old[index]]
        actions: list[dict[str, Any]] = [{"remove": {"index": index, "alias": self._alias}} for index in sorted(gone)]
        actions.append({"add": {"index": name, "alias": self._alias}})
        self._ask("POST", "/_aliases", {"actions": actions})
        return count

    def _bulk(self, index: str, entries: Iterable[FaqEntry]) -> int:
        lines: list[str] = []
        count = 0
        for entry in entries:
            lines += [json.dumps({"index": {"_index": index, "_id": entry.id}}), _dump(document(entry))]
            count += 1
            if len(lines) >= 2 * _BATCH:
                self._put(lines)
                lines = []
        if lines:
            self._put(lines)
        return count

    def _put(self, lines: list[str]) -> None:
        found = self._send("POST", "/_bulk?refresh=true", "\n".join(lines) + "\n", _NDJSON)
        if found.get("errors"):
            refused = [item["index"] for item in found["items"] if item["index"]["status"] >= 300]
            raise EngineError(
                f"the engine refused {len(refused)} entries, first {refused[0].get('_id')!r}: {refused[0].get('error')}"
            )

    def _ask(self, method: str, path: str, body: Any, also: tuple[int, ...] = ()) -> Mapping[str, Any]:
        return self._send(method, path, "" if body is None else _dump(body), _JSON, also)

    def _send(
        self, method: str, path: str, body: str, content_type: str, also: tuple[int, ...] = ()
    ) -> Mapping[str, Any]:
        status, answer = self._transport.send(method, path, body, content_type)
        if status >= 300 and status not in also:
            raise EngineError(f"{method} {path}: the engine answered {status}: {answer.get('error')}")
        return answer


def index_body() -> dict[str, Any]:
    """Settings and mapping of an index, from `resources/faq_engine.json`.

    >>> sorted(index_body())
    ['mappings', 'settings']
    """
    body: dict[str, Any] = json.loads(packaged("faq_engine.json").read_text(encoding="utf-8"))
    return body


def document(entry: FaqEntry) -> dict[str, Any]:
    """An entry as the engine keeps it: what is searched and filtered, and all of it as one text.

    >>> document(FaqEntry("bill", ("请问怎么开发票",), "在订单页申请"))["folded"]
    ['怎开发票']
    """
    row = {"id": entry.id, "enabled": entry.enabled, "folded": list(make_forms(entry.questions).folded)}
    for name in ("intents", "products", "shops"):
        if values := getattr(entry, name):
            row[name] = list(values)
    for name in ("valid_from", "valid_until"):
        if (day := getattr(entry, name)) is not None:
            row[name] = day.isoformat()
    return row | {"entry": _dump(row_of(entry))}


def _query(
    folded: str, intents: Collection[str] | None, at: date | None, scope: Mapping[str, str | None]
) -> dict[str, Any]:
    limits: list[dict[str, Any]] = [{"term": {"enabled": True}}]
    if intents is not None:
        limits.append(_any_of("intents", sorted(intents)))
    limits += [_any_of(name, [value]) for name, value in scope.items() if value is not None]
    if at is not None:
        day = at.isoformat()
        limits += [_unless("valid_from", {"gt": day}), _unless("valid_until", {"lt": day})]
    return {"bool": {"must": [{"match": {"folded": folded}}], "filter": limits}}


def _any_of(name: str, values: list[str]) -> dict[str, Any]:
    """One of the values, or none at all: an empty field means all."""
    empty = {"bool": {"must_not": [{"exists": {"field": name}}]}}
    return {"bool": {"should": [{"terms": {name: values}}, empty], "minimum_should_match": 1}}


def _unless(name: str, bounds: Mapping[str, str]) -> dict[str, Any]:
    return {"bool": {"must_not": [{"range": {name: dict(bounds)}}]}}


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _parsed(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"error": content[:200].decode("utf-8", "replace")}
