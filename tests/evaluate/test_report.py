from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cs_nlp.assistant import Assistant
from cs_nlp.evaluate.behaviour import BehaviourTest
from cs_nlp.evaluate.gate import Check, apply_gate
from cs_nlp.evaluate.metrics import Judged
from cs_nlp.evaluate.mistakes import KINDS, kinds_of, mistakes
from cs_nlp.evaluate.run import judge
from cs_nlp.evaluate.trial import report_of, try_out
from cs_nlp.train.dataset import Example

EXAMPLES = [
    Example("怎么开发票", "invoice", severity="N", emotion="calm", source="a.jsonl"),
    Example("发票开好了吗<script>alert(1)</script>", "greeting", severity="N", source="a.jsonl"),
    Example("快递到哪里了，打13800001234", "return_apply", severity="A", source="b.jsonl"),
    Example("电子发票怎么下载保存", "unclear", severity="N", source="b.jsonl"),
    Example("充电宝冒烟烫到手了", "quality_issue", severity="N", source="b.jsonl"),
]
VOID = {"meta", "input", "line", "rect", "circle", "polyline", "polygon", "br"}


class Tags(HTMLParser):
    """Collects what is open and every attribute that could fetch something."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.fetched += [
            value or "" for name, value in attrs if name in ("src", "href") and not (value or "").startswith("#")
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def written(tiny_bot: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with every section, on disk."""
    pack = (BehaviourTest("m", "MFT", "发票", ("怎么开发票", "快递到哪里了"), expect=(("intent", "invoice"),)),)
    trial = try_out(tiny_bot, EXAMPLES, baseline=tiny_bot, training=EXAMPLES[:2], pack=pack)
    outcomes = apply_gate((Check("coverage", 0.99, None, "gate.yaml:3"),), trial.summary, trial.baseline)
    folder = tmp_path_factory.mktemp("report") / "deep" / "er"
    report_of(tiny_bot, trial, outcomes, [("模型", "<tiny>")]).write(folder)
    return folder


def test_the_page_stands_alone_and_is_well_formed(written: Path) -> None:
    page = (written / "index.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == [] and tags.fetched == []
    assert len(tags.ids) == len(set(tags.ids))
    assert "http" not in re.sub(r"<script type=.*?</script>", "", page, flags=re.S)


def test_every_section_is_there_and_linked(written: Path) -> None:
    page = (written / "index.html").read_text(encoding="utf-8")
    for anchor in (
        "overview",
        "gate",
        "compare",
        "curves",
        "labels",
        "confusion",
        "severity",
        "slices",
        "behaviour",
        "quality",
        "errors",
    ):
        assert f'href="#{anchor}"' in page and f'id="{anchor}"' in page, anchor


def test_nothing_of_a_message_becomes_markup_and_nothing_personal_is_shown(written: Path) -> None:
    for name in ("index.html", "report.json"):
        text = (written / name).read_text(encoding="utf-8")
        assert "13800001234" not in text and "138****1234" in text
    page = (written / "index.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and "&lt;tiny&gt;" in page


def test_the_json_holds_the_figures_and_every_mistake_with_its_reasons(written: Path) -> None:
    found = json.loads((written / "report.json").read_text(encoding="utf-8"))
    assert found["messages"] == 5 and found["leaks"]["messages"] == 1
    by_text = {row["text"]: row for row in found["report"]["mistakes"]}
    row = by_text["电子发票怎么下载保存"]
    assert row["kinds"] == ["answered_outside"] and row["voices"][0][0] == "invoice"
    assert len(row["heat"]) == len(row["text"]) and row["advice"]
    assert by_text["充电宝冒烟烫到手了"]["kinds"] == ["severity_over"]


def test_a_report_of_a_flawless_test_has_no_mistakes(tiny_bot: Assistant, tmp_path: Path) -> None:
    report_of(tiny_bot, try_out(tiny_bot, EXAMPLES[:1])).write(tmp_path)
    assert "没有错误" in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        (Judged("a", None, "b", 0.9, True), ["answered_wrong"]),
        (Judged("a", None, "b", 0.4, False), ["wrong_intent"]),
        (Judged("a", "b", "b", 0.9, True), []),
        (Judged("x", None, "a", 0.9, True), ["answered_outside"]),
        (Judged("x", None, "a", 0.4, False), []),
        (Judged("a", None, "a", 0.9, True, gold_severity="S", severity="A"), ["severity_under"]),
        (Judged("a", None, "b", 0.9, True, gold_severity="N", severity="A"), ["answered_wrong", "severity_over"]),
    ],
)
def test_kinds_of_mistakes(row: Judged, kinds: list[str]) -> None:
    assert kinds_of(row, "x") == kinds and set(kinds) <= set(KINDS)


def test_the_worst_mistakes_come_first(tiny_bot: Assistant) -> None:
    found = mistakes(tiny_bot, judge(tiny_bot, EXAMPLES), "unclear")
    order = [list(KINDS).index(row["kinds"][0]) for row in found]
    assert order == sorted(order)


def test_a_label_the_model_does_not_know_is_explained_as_far_as_possible(tiny_bot: Assistant) -> None:
    (row,) = mistakes(tiny_bot, judge(tiny_bot, [Example("怎么开发票", "gift_card")]))
    assert [case[0] for case in row["voices"]] == ["invoice"] and row["heat"] == []
