from __future__ import annotations

from xml.etree import ElementTree

from cs_nlp.evaluate.gate import Check, Outcome
from cs_nlp.evaluate.gate_files import junit, markdown

GOOD = Outcome(Check("intent_any", 0.8, None, "gate.yaml:3"), 0.9)
BAD = Outcome(Check("coverage", 0.6, None, "gate.yaml:4"), 0.5)
LOST = Outcome(Check("leaks.share", None, 0, "gate.yaml:5"), None)
SUMMARY = {
    "messages": 100,
    "intent_any": 0.9,
    "coverage": 0.5,
    "intervals": {"intent_any": {"low": 0.82, "high": 0.95}},
}


def test_junit_has_a_case_a_check() -> None:
    top = ElementTree.fromstring(junit([GOOD, BAD, LOST]))
    suite = top.find("testsuite")
    assert suite is not None and (suite.get("tests"), suite.get("failures")) == ("3", "2")
    messages = [failure.get("message", "") for failure in suite.iter("failure")]
    assert ["coverage 0.5000" in messages[0], "not measured" in messages[1]] == [True, True]


def test_markdown_leads_with_the_verdict() -> None:
    assert "❌ 2 / 3 项未达标" in markdown([GOOD, BAD, LOST], SUMMARY).splitlines()[0]
    assert "✅ 全部达标" in markdown([GOOD], SUMMARY).splitlines()[0]
    assert markdown([], SUMMARY).splitlines()[0] == "## 模型评测"


def test_markdown_shows_figures_beside_the_baseline() -> None:
    text = markdown([BAD], SUMMARY, {"intent_any": 0.88})
    assert "| 意图正确率 `intent_any` | 90.0% | 82.0% – 95.0% | 88.0% | +2.0 |" in text
    assert "| ❌ | `coverage` | 0.5000 | ≥ 0.6 | gate.yaml:4 |" in text


def test_markdown_tells_what_was_mended_and_broken() -> None:
    found = {"mended": 7, "broken": 2, "p_value": 0.18, "new_wrong_answers": 1}
    assert "修好 **7** 条，弄坏 **2** 条（McNemar p = 0.18），新增错答 1 条" in markdown(
        [], {**SUMMARY, "comparison": found}
    )
