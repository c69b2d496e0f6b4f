from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.decide.draft import DraftCheck, score
from cs_nlp.errors import DataFileError
from tests.decide.worlds import meaning

CHECK = DraftCheck.default()
LATE = meaning("delivery_status", severity="A", emotion="angry")


@pytest.mark.parametrize(
    ("draft", "failed"),
    [
        ("您好，实在抱歉让您久等，我马上帮您核实，今天18点前答复您。", set()),
        ("明天到", {"polite", "empathy", "apology", "next_step"}),
        ("您好，抱歉，我帮您查", {"deadline", "unanswered_question"}),
        ("抱歉，您放心，保证明天帮您送到", {"forbidden_promise"}),
        ("", {"polite", "empathy", "apology", "deadline", "next_step", "unanswered_question", "empty"}),
    ],
)
def test_a_draft_is_checked(draft: str, failed: set[str]) -> None:
    found = CHECK.check(draft, "到底什么时候到", LATE)
    assert {item.code for item in found if not item.passed} == failed


def test_calm_questions_ask_for_less() -> None:
    found = CHECK.check("您可以在订单页申请。", "怎么开发票", meaning("invoice"))
    assert score(found) == 100


def test_every_case_is_hard_to_answer() -> None:
    assert len(CHECK.cases) >= 5 and all(len(case.turns) >= 3 for case in CHECK.cases)
    assert all(score(CHECK.check("不清楚", turn, LATE)) < 60 for case in CHECK.cases for turn in case.turns)


def test_a_file_with_faults_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text("version: 1\nchecks: [{code: a, note: b, weight: 5}]\nanswers: {}\ncases: []\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="needs or avoids"):
        DraftCheck.from_yaml(file)
