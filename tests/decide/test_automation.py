from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.decide.automation import Automation, Condition, masked
from cs_nlp.errors import DataFileError
from cs_nlp.types import Proposal


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        (Condition("a", "is", frozenset({"x"})), "x", True),
        (Condition("a", "is", frozenset({"x"})), "y", False),
        (Condition("a", "not", frozenset({"x"})), "y", True),
        (Condition("a", "over", limit=48), "48", False),
        (Condition("a", "from", limit=48), "48", True),
        (Condition("a", "under", limit=3), "2.5", True),
        (Condition("a", "to", limit=3), "3", True),
        (Condition("a", "over", limit=1), "many", False),
        (Condition("a", "known"), "", True),
    ],
)
def test_conditions(condition: Condition, value: str, holds: bool) -> None:
    assert condition.holds({"a": value}) is holds
    assert condition.holds({}) is False


def test_every_rule_has_words_and_conditions() -> None:
    rules = Automation.default().rules
    assert len(rules) >= 10 and all(rule.when and rule.text and rule.propose for rule in rules)


def test_what_leaves_the_process_is_masked() -> None:
    found = masked(
        Proposal("r", "a", "t", {"entity.phone": "13800001234", "customer.address": "和平路77号", "order.amount": "9"})
    )
    assert dict(found.data) == {"entity.phone": "138****1234", "customer.address": "[地址]", "order.amount": "9"}


def test_a_rule_file_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    file = tmp_path / "automation.yaml"
    file.write_text(
        "version: 1\nrules:\n  - {id: a, when: [{field: weather, is: [sunny]}], propose: b, text: c}\n"
        "  - {id: a, when: [], propose: b, text: c}\n  - {id: d, when: [{field: intent, is: [x], over: 3}], propose: e, text: f, data: [moon]}\n",
        encoding="utf-8",
    )
    with pytest.raises(DataFileError) as error:
        Automation.from_yaml(file)
    for part in ("weather", "stands twice", "at least one condition", "exactly one of", "moon"):
        assert any(part in line for line in error.value.faults)
