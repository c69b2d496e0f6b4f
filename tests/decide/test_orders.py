from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from cs_nlp.decide.orders import Facts, Lookup, MemoryOrders, RestOrders, SqliteOrders
from cs_nlp.decide.session import Session
from cs_nlp.text import read
from tests.decide.worlds import NOON, decider, meaning


class Broken:
    def order(self, order_id: str) -> Facts | None:
        raise ConnectionError("gone")

    def customer(self, customer_id: str) -> Facts | None:
        raise ConnectionError("gone")


class Stuck(Broken):
    def __init__(self) -> None:
        self.release = threading.Event()

    def order(self, order_id: str) -> Facts | None:
        self.release.wait(10)
        return None


def test_memory() -> None:
    source = MemoryOrders({"1": {"status": "paid"}}, {"u": {"tier": "vip"}})
    assert (source.order("1"), source.order("2"), source.customer("u")) == ({"status": "paid"}, None, {"tier": "vip"})


def test_sqlite(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as base:
        base.execute("CREATE TABLE orders (id TEXT, status TEXT, amount REAL, note TEXT)")
        base.execute("CREATE TABLE customers (id TEXT, tier TEXT)")
        base.execute("INSERT INTO orders VALUES ('1', 'paid', 9.5, NULL)")
    base.close()
    source = SqliteOrders(file)
    assert source.order("1") == {"id": "1", "status": "paid", "amount": "9.5"}
    assert source.order("1' OR '1'='1") is None and source.customer("u") is None


def test_rest() -> None:
    asked: list[str] = []

    def get(path: str) -> str | None:
        asked.append(path)
        return '{"status": "shipped", "amount": 12, "note": null}' if path.startswith("/orders") else None

    source = RestOrders(get)
    assert source.order("a/b") == {"status": "shipped", "amount": "12"} and source.customer("u") is None
    assert asked == ["/orders/a%2Fb", "/customers/u"]


@pytest.mark.parametrize("body", ["[]", "not json"])
def test_an_odd_answer_is_a_failure(body: str) -> None:
    assert Lookup(RestOrders(lambda path: body)).order("1").note == "orders_failed"


def test_a_failing_source_is_said_and_forgiven() -> None:
    reply = decider(Broken()).decide(read("订单20481234567到哪了"), meaning("delivery_status"), NOON, Session())
    assert reply.action.value == "answer" and "orders_failed" in reply.reasons


def test_a_slow_source_is_not_waited_for() -> None:
    stuck = Stuck()
    lookup = Lookup(stuck, seconds=0.01, most=1)
    assert lookup.order("1").note == "orders_slow"
    assert lookup.order("2").note == "orders_busy"
    stuck.release.set()


def test_order_facts_reach_the_rules() -> None:
    source = MemoryOrders({"20481234567": {"status": "paid", "amount": "99"}})
    reply = decider(source).decide(read("订单20481234567不要了退款"), meaning("refund_apply"), NOON, Session())
    (proposal,) = reply.proposals
    assert (proposal.action, dict(proposal.data)) == (
        "fast_refund",
        {"entity.order_id": "20481234567", "order.amount": "99"},
    )


def test_customer_facts_are_read_once_and_count_in_the_route() -> None:
    asked: list[str] = []

    class Base(MemoryOrders):
        def customer(self, customer_id: str) -> Facts | None:
            asked.append(customer_id)
            return {"tier": "vip", "rating": "5"}

    judge, session = decider(Base()), Session(customer={"id": "u1", "rating": "2"})
    first = judge.decide(read("东西收到了"), meaning("review"), NOON, session)
    assert [item.action for item in first.proposals] == ["survey"]  # what the caller says stands
    second = judge.decide(read("转人工"), meaning("request_human"), NOON, Session.from_json(session.to_json()))
    assert second.ticket is not None and second.ticket.desk == "vip" and asked == ["u1"]


def test_a_failing_source_is_asked_for_the_customer_again() -> None:
    session = Session(customer={"id": "u1"})
    reply = decider(Broken()).decide(read("怎么开发票"), meaning("invoice"), NOON, session)
    assert "orders_failed" in reply.reasons and session.looked_up == ""
