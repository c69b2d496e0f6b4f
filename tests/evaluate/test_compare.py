from __future__ import annotations

from dataclasses import replace

import pytest

from cs_nlp.evaluate.compare import compare, mcnemar
from cs_nlp.evaluate.metrics import Judged

RIGHT = Judged("a", None, "a", 0.9, True, text="怎么退货")
WRONG = Judged("a", None, "b", 0.9, True, text="怎么退货")


def test_mended_and_broken_messages_are_named() -> None:
    found = compare([RIGHT, WRONG, RIGHT, RIGHT], [WRONG, RIGHT, RIGHT, WRONG])
    assert (found.mended, found.broken) == ((0, 3), (1,))
    assert (found.summary["net"], found.summary["difference"]) == (1, 0.25)


@pytest.mark.parametrize(("mended", "broken", "p"), [(0, 0, 1.0), (1, 1, 1.0), (0, 6, 0.03125), (40, 10, 2.4e-5)])
def test_mcnemar(mended: int, broken: int, p: float) -> None:
    assert mcnemar(mended, broken) == pytest.approx(p, rel=0.05)
    assert mcnemar(broken, mended) == mcnemar(mended, broken)


def test_a_message_no_longer_answered_is_broken_but_its_intent_is_not() -> None:
    found = compare([replace(RIGHT, answered=False)], [RIGHT], "x").summary
    assert (found["broken"], found["intent"]["broken"]) == (1, 0)


def test_new_wrong_answers_are_counted() -> None:
    found = compare([WRONG, replace(WRONG, answered=False)], [replace(WRONG, answered=False), WRONG], "x").summary
    assert (found["new_wrong_answers"], found["gone_wrong_answers"]) == (1, 1)


def test_only_the_same_messages_can_be_compared() -> None:
    with pytest.raises(ValueError, match="same messages"):
        compare([RIGHT], [replace(RIGHT, text="怎么换货")])
