"""Where order and customer facts come from: a small protocol of the shop's own, which may fail or be slow.

`MemoryOrders` is for tests and demonstrations, `SqliteOrders` reads a table, `RestOrders` shows how a service is asked.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

Facts = Mapping[str, str]


class OrderSource(Protocol):
    """Gives facts as text by name; None when there is no such order or customer. May raise and may block."""

    def order(self, order_id: str) -> Facts | None:
        """Facts of an order, e.g. `status`, `paid_at`, `stalled_hours`, `amount`."""

    def customer(self, customer_id: str) -> Facts | None:
        """Facts of a customer, e.g. `tier`, `orders_today`, `rating`."""


@dataclass(frozen=True)
class MemoryOrders:
    """Facts in memory.

    >>> MemoryOrders({"20481234567": {"status": "paid"}}).order("20481234567")
    {'status': 'paid'}
    """

    orders: Mapping[str, Facts] = field(default_factory=dict)
    customers: Mapping[str, Facts] = field(default_factory=dict)

    def order(self, order_id: str) -> Facts | None:
        """Facts of an order."""
        return self.orders.get(order_id)

    def customer(self, customer_id: str) -> Facts | None:
        """Facts of a customer."""
        return self.customers.get(customer_id)


@dataclass(frozen=True)
class SqliteOrders:
    """Facts in an SQLite file with the tables `orders` and `customers`, whose first column `id` is the key.

    Attributes:
        file: The file; it is opened for reading only, anew for each look-up, so that threads share nothing.
    """

    file: Path

    def order(self, order_id: str) -> Facts | None:
        """Facts of an order."""
        return self._row("SELECT * FROM orders WHERE id = ?", order_id)

    def customer(self, customer_id: str) -> Facts | None:
        """Facts of a customer."""
        return self._row("SELECT * FROM customers WHERE id = ?", customer_id)

    def _row(self, query: str, key: str) -> Facts | None:
        import sqlite3  # only who has such a file waits for it

        base = sqlite3.connect(f"{self.file.resolve().as_uri()}?mode=ro", uri=True)
        try:
            base.row_factory = sqlite3.Row
            row = base.execute(query, (key,)).fetchone()
        finally:
            base.close()
        return None if row is None else {name: str(row[name]) for name in row.keys() if row[name] is not None}  # noqa: SIM118


@dataclass(frozen=True)
class RestOrders:
    """Facts from a service with `GET /orders/{id}` and `GET /customers/{id}`, answering a JSON object or nothing.

    Attributes:
        get: Fetches a path and returns the body, or None for "not found"; the caller brings client, keys and retries.
    """

    get: Callable[[str], str | None]

    def order(self, order_id: str) -> Facts | None:
        """Facts of an order."""
        return self._object(f"/orders/{quote(order_id, safe='')}")

    def customer(self, customer_id: str) -> Facts | None:
        """Facts of a customer."""
        return self._object(f"/customers/{quote(customer_id, safe='')}")

    def _object(self, path: str) -> Facts | None:
        body = self.get(path)
        if body is None:
            return None
        values = json.loads(body)
        if not isinstance(values, dict):
            raise ValueError(f"{path}: a JSON object is needed, found {type(values).__name__}")
        return {str(name): str(value) for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Looked:
    """Result of a look-up.

    Attributes:
        facts: What was found; empty when nothing was.
        note: `orders_failed`, `orders_slow` or `orders_busy` when the source did not answer, otherwise empty.
    """

    facts: Facts
    note: str = ""


class Lookup:
    """Asks a source, but never waits long and never raises.

    Args:
        source: The source.
        seconds: Longest wait for one answer.
        most: Look-ups that may hang at the same time; when so many do, the source is left alone.

    >>> Lookup(MemoryOrders({"1": {"status": "paid"}})).order("1")
    Looked(facts={'status': 'paid'}, note='')
    """

    def __init__(self, source: OrderSource, *, seconds: float = 0.2, most: int = 8) -> None:
        self._source = source
        self._seconds = seconds
        self._free = threading.Semaphore(most)

    def order(self, order_id: str) -> Looked:
        """Facts of an order."""
        return self._ask(self._source.order, order_id)

    def customer(self, customer_id: str) -> Looked:
        """Facts of a customer."""
        return self._ask(self._source.customer, customer_id)

    def _ask(self, question: Callable[[str], Facts | None], key: str) -> Looked:
        if not self._free.acquire(blocking=False):
            return Looked({}, "orders_busy")
        answer: list[Looked] = []

        def work() -> None:
            try:
                answer.append(Looked(dict(question(key) or {})))
            except Exception:  # the shop's own code: whatever it raises, the customer gets an answer
                answer.append(Looked({}, "orders_failed"))
            finally:
                self._free.release()

        thread = threading.Thread(target=work, name="cs-nlp-orders", daemon=True)
        thread.start()
        thread.join(self._seconds)
        return answer[0] if answer else Looked({}, "orders_slow")
