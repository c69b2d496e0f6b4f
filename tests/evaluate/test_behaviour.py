from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.assistant import Assistant
from cs_nlp.errors import DataFileError
from cs_nlp.evaluate.behaviour import BehaviourTest, behaviour_figures, read_pack, run_pack, run_test
from cs_nlp.understand.taxonomy import Taxonomy


def test_the_packaged_pack_names_known_labels_only() -> None:
    pack = read_pack()
    wanted = {value for test in pack for key, value in test.expect if key == "intent"}
    assert wanted <= set(Taxonomy.default().labels)
    assert len(pack) >= 20 and all(test.source.startswith("behaviour.yaml:") for test in pack)


def test_what_must_be_known(tiny_bot: Assistant) -> None:
    test = BehaviourTest("m", "MFT", "发票", ("怎么开发票", "快递到哪里了"), expect=(("intent", "invoice"),))
    result = run_test(tiny_bot, test)
    assert (result.cases, result.rate, result.passed) == (2, 0.5, False)
    assert [(failure.text, failure.wanted) for failure in result.failures] == [("快递到哪里了", "intent invoice")]


def test_what_must_not_change(tiny_bot: Assistant) -> None:
    kept = BehaviourTest(
        "i", "INV", "标点", ("怎么开发票",), changes=("full_stop", "zero_width"), keep=("intent", "severity")
    )
    moved = BehaviourTest(
        "j", "INV", "换题", ("怎么开发票",), changes=("after:，充电宝冒烟烫到手了",), keep=("severity",)
    )
    assert run_test(tiny_bot, kept).passed
    assert not run_test(tiny_bot, moved).passed


def test_what_may_only_go_up(tiny_bot: Assistant) -> None:
    test = BehaviourTest(
        "d",
        "DIR",
        "投诉",
        ("物流三天没有动静了",),
        changes=("after:，再不送我打12315投诉",),
        keep=("severity_not_lower",),
    )
    assert run_test(tiny_bot, test).passed


def test_a_change_that_changes_nothing_is_no_case(tiny_bot: Assistant) -> None:
    test = BehaviourTest("i", "INV", "大写", ("怎么开发票",), changes=("upper_case",), keep=("intent",))
    assert run_test(tiny_bot, test).cases == 0


def test_figures_by_kind_and_test(tiny_bot: Assistant) -> None:
    tests = (
        BehaviourTest("m", "MFT", "发票", ("怎么开发票", "快递到哪里了"), expect=(("intent", "invoice"),), least=0.5),
        BehaviourTest("i", "INV", "标点", ("怎么开发票",), changes=("full_stop",), keep=("intent",)),
    )
    figures = behaviour_figures(run_pack(tiny_bot, tests))
    assert figures == {"mft": 0.5, "inv": 1.0, "all": 0.6667, "failed_tests": 0, "tests": {"m": 0.5, "i": 1.0}}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{id: a, kind: XYZ, name: b, texts: [c]}", "XYZ"),
        ("{id: a, kind: MFT, name: b, texts: [c]}", "expect"),
        ("{id: a, kind: INV, name: b, texts: [c], keep: [intent]}", "at least one change"),
        ("{id: a, kind: INV, name: b, texts: [c], changes: [upside_down], keep: [intent]}", "upside_down"),
        ("{id: a, kind: DIR, name: b, texts: [c], changes: [spaced]}", "keep"),
        ("{id: a, kind: INV, name: b, texts: [], changes: [spaced], keep: [intent]}", "at least one message"),
    ],
)
def test_a_faulty_pack_is_named_with_its_line(tmp_path: Path, body: str, fault: str) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text(f"version: 1\ntests:\n  - {body}\n", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"pack\.yaml:3") as caught:
        read_pack(file)
    assert fault in str(caught.value)


@pytest.mark.parametrize("test", read_pack(), ids=lambda test: test.id)
def test_the_shipped_model_behaves(bot: Assistant, test: BehaviourTest) -> None:
    result = run_test(bot, test)
    assert result.passed, [f"{failure.text}: {failure.wanted} | {failure.found}" for failure in result.failures]
