"""The adapter against the engines' contract: a transport that answers as OpenSearch and Elasticsearch both do."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

import pytest

from cs_nlp.errors import CsNlpError, DataFileError, EngineError
from cs_nlp.faq.engine import EngineRetriever, HttpTransport, index_body
from cs_nlp.faq.entries import FaqAnswer, FaqEntry
from cs_nlp.faq.index import FaqIndex
from cs_nlp.faq.retriever import open_retriever

ENTRIES = [
    FaqEntry("return", ("怎么退货？", "我要退货"), "七天内可退", intents=("return_apply",)),
    FaqEntry("exchange", ("怎么换货？", "我要换货"), "十五天内可换", intents=("exchange",)),
    FaqEntry("bill", ("怎么开发票",), "订单页申请", (FaqAnswer("会员直接开", tier=("plus",)),), intents=("invoice",)),
    FaqEntry("sale", ("双十一有什么活动",), "满减", valid_until=date(2026, 11, 12), shops=("north",)),
    FaqEntry("off", ("门店在哪",), "-", enabled=False),
    FaqEntry("a/b c", ("保修多久",), "一年", products=("p1",)),
]


class FakeEngine:
    """Keeps documents as the engines do and understands the queries the adapter sends; everything else fails."""

    def __init__(self):
        self.indexes: dict[str, dict] = {}
        self.aliases: dict[str, str] = {}
        self.sent: list[tuple[str, str]] = []
        self.broken = None

    def send(self, method, path, body, content_type):
        self.sent.append((method, path))
        if self.broken:
            return self.broken
        parts = [unquote(part) for part in path.split("?")[0].strip("/").split("/")]
        if parts == ["_bulk"]:
            assert (method, content_type, body[-1]) == ("POST", "application/x-ndjson", "\n")
            return 200, self._bulk([json.loads(line) for line in body.splitlines()])
        assert not body or content_type == "application/json"
        value = json.loads(body) if body else None
        if parts == ["_aliases"]:
            for action in value["actions"]:
                ((kind, pair),) = action.items()
                self.aliases[pair["alias"]] = pair["index"] if kind == "add" else ""
            return 200, {"acknowledged": True}
        if parts[0] == "_alias":
            index = self.aliases.get(parts[1])
            return (200, {index: {"aliases": {parts[1]: {}}}}) if index else (404, {"error": "missing", "status": 404})
        if method == "PUT":
            if parts[0] in self.indexes:
                return 400, {"error": "resource_already_exists_exception"}
            assert value == index_body()
            self.indexes[parts[0]] = {}
            return 200, {"acknowledged": True}
        documents = self._documents(parts[0])
        if parts[1] == "_doc":
            found = documents.get(parts[2])
            return (200, {"found": True, "_source": found}) if found else (404, {"found": False})
        assert (method, parts[1]) == ("POST", "_search")
        hits = [row for row in documents.values() if holds(value["query"], row)]
        asked = value["query"]["bool"]["must"][0]["match"]["folded"]
        hits.sort(key=lambda row: -max(len(set(asked) & set(text)) / len(text) for text in row["folded"]))
        return 200, {"hits": {"hits": [{"_source": {"entry": row["entry"]}} for row in hits[: value["size"]]]}}

    def _documents(self, name):
        return self.indexes.setdefault(self.aliases.get(name) or name, {})

    def _bulk(self, lines):
        items = []
        while lines:
            ((kind, where),) = lines.pop(0).items()
            documents = self._documents(where["_index"])
            if kind == "index":
                row = lines.pop(0)
                assert set(row) <= set(index_body()["mappings"]["properties"])  # the mapping is strict
                documents[where["_id"]] = row
                items.append({"index": {"_id": where["_id"], "status": 201}})
            else:
                gone = documents.pop(where["_id"], None)
                items.append({"delete": {"_id": where["_id"], "status": 200 if gone else 404}})
        return {"errors": False, "items": items}


def holds(query, row):
    ((kind, value),) = query.items()
    if kind == "match":
        return any(set(value["folded"]) & set(text) for text in row["folded"])
    if kind == "bool":
        must = [*value.get("must", ()), *value.get("filter", ())]
        should = value.get("should", ())
        return (
            all(holds(part, row) for part in must)
            and not any(holds(part, row) for part in value.get("must_not", ()))
            and (not should or sum(holds(part, row) for part in should) >= value["minimum_should_match"])
        )
    ((name, wanted),) = value.items() if kind != "exists" else ((value["field"], None),)
    found = row.get(name)
    if kind == "exists":
        return found is not None
    if kind == "term":
        return found == wanted
    if kind == "terms":
        return bool(set(found or ()) & set(wanted))
    assert kind == "range"
    ((operator, bound),) = wanted.items()
    return found is not None and (found > bound if operator == "gt" else found < bound)


@pytest.fixture
def engine():
    return FakeEngine()


@pytest.fixture
def retriever(engine):
    made = EngineRetriever(engine, "faq", lender=FaqIndex.build(ENTRIES))
    assert made.rebuild(ENTRIES, "faq-1") == len(ENTRIES)
    return made


@pytest.mark.parametrize("question", ["亲，请问怎么退货呢", "想换货", "发票咋开", "双十一活动", "保修期多久"])
def test_it_finds_what_the_index_in_memory_finds(retriever, question):
    (hit,) = retriever.search(question, 1)
    (expected,) = FaqIndex.build(ENTRIES).search(question, 1)
    assert (hit.entry_id, hit.question) == (expected.entry_id, expected.question)
    assert hit.score == pytest.approx(expected.score, abs=0.1)


@pytest.mark.parametrize(
    ("question", "limits", "entry"),
    [
        ("怎么退货", {"intents": ["exchange"]}, "exchange"),
        ("双十一活动", {"at": date(2026, 11, 12)}, "sale"),
        ("双十一有什么活动", {"at": date(2026, 11, 13)}, None),
        ("双十一有什么活动", {"shop": "south"}, None),
        ("双十一有什么活动", {"shop": "north", "intents": ["promotion"]}, "sale"),
        ("保修多久", {"product": "p1"}, "a/b c"),
        ("保修多久", {"product": "p2"}, None),
        ("门店在哪", {}, None),
        ("", {}, None),
    ],
)
def test_limits(retriever, question, limits, entry):
    found = [hit.entry_id for hit in retriever.search(question, **limits)]
    assert (found[:1] == [entry]) if entry else (not {"sale", "a/b c", "off"} & set(found))


def test_an_edit_is_seen_by_the_next_search(retriever):
    retriever.upsert([replace(ENTRIES[0], answer="十天内可退")])
    assert retriever.entry("return").answer == "十天内可退"
    assert retriever.delete(["return", "nobody"]) == 1 and retriever.delete([]) == 0
    assert [hit.entry_id for hit in retriever.search("怎么退货", 1)] != ["return"]
    with pytest.raises(KeyError):
        retriever.entry("return")


def test_entries_come_back_as_they_were(retriever):
    assert [retriever.entry(entry.id) for entry in ENTRIES] == ENTRIES


def test_a_rebuild_swaps_the_alias_last(engine, retriever):
    engine.sent.clear()
    retriever.rebuild(ENTRIES[:1], "faq-2")
    assert engine.aliases == {"faq": "faq-2"} and engine.sent[-1] == ("POST", "/_aliases")
    assert len(engine.indexes["faq-1"]) == len(ENTRIES)
    with pytest.raises(EngineError, match="400"):
        retriever.rebuild(ENTRIES, "faq-2")
    assert len(engine.indexes["faq-2"]) == 1


def test_many_entries_go_in_batches(engine, retriever):
    engine.sent.clear()
    assert retriever.upsert(FaqEntry(f"n{number}", (f"第{number}个问题",), "-") for number in range(2500)) == 2500
    assert engine.sent == [("POST", "/_bulk?refresh=true")] * 3


@pytest.mark.parametrize("answer", [(503, {"error": "overloaded"}), (404, {"error": "index_not_found_exception"})])
def test_a_refusal_is_one_error(engine, retriever, answer):
    engine.broken = answer
    for ask in (lambda: retriever.search("退货"), lambda: retriever.upsert(ENTRIES), lambda: retriever.delete(["a"])):
        with pytest.raises(EngineError, match=str(answer[1]["error"])):
            ask()
    assert issubclass(EngineError, CsNlpError) and issubclass(EngineError, OSError)


def test_a_refused_entry_is_named(engine, retriever):
    item = {"index": {"_id": "bad", "status": 400, "error": {"type": "mapper_parsing_exception"}}}
    engine.broken = (200, {"errors": True, "items": [item]})
    with pytest.raises(EngineError, match="1 entries, first 'bad'"):
        retriever.upsert(ENTRIES)


def test_nobody_there_is_an_error():
    with pytest.raises(EngineError, match="127"):
        EngineRetriever(HttpTransport("http://127.0.0.1:9", 0.2)).search("退货")
    with pytest.raises(ValueError, match="http"):
        HttpTransport("file:///etc/hosts")


def test_the_mapping_cuts_texts_into_characters_and_pairs():
    tokenizer = index_body()["settings"]["analysis"]["tokenizer"]["faq_grams"]
    assert (tokenizer["min_gram"], tokenizer["max_gram"]) == (1, 2)
    assert index_body()["mappings"]["properties"]["folded"]["analyzer"] == "faq_grams"


def test_the_configuration_chooses(tmp_path, engine):
    file = tmp_path / "search.yaml"
    file.write_text("version: 1\nkind: memory\n", encoding="utf-8")
    assert isinstance(open_retriever(file, ENTRIES), FaqIndex)
    file.write_text("version: 1\nkind: engine\nurl: https://search.shop.example\ntimeout: 0.5\n", encoding="utf-8")
    asked = []
    made = open_retriever(file, connect=lambda url, timeout: asked.append((url, timeout)) or engine)
    made.upsert(ENTRIES)
    assert asked == [("https://search.shop.example", 0.5)] and made.search("怎么退货", 1)[0].entry_id == "return"


@pytest.mark.parametrize("text", ["version: 1\nkind: magic\n", "version: 1\nkind: engine\n", "version: 1\nurls: []\n"])
def test_a_faulty_configuration_is_refused(tmp_path, text):
    (tmp_path / "search.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError, match=r"search\.yaml"):
        open_retriever(tmp_path / "search.yaml")
