from __future__ import annotations

from dataclasses import replace

import pytest

from cs_nlp.cli import main
from cs_nlp.errors import DatasetError
from cs_nlp.text import Segmenter
from cs_nlp.train.dataset import Example
from cs_nlp.train.doctor import Questions, diagnose
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.reader import Reader
from cs_nlp.understand.rules import Rule, RuleBook

ENDS = "怎么弄 在哪里办 可以吗 多久能好 要多少钱 还没好 帮我看看 谁负责 急急急 是真的吗".split()
TOPICS = {"退货": "退货", "物流": "快递", "发票": "发票"}
CLEAN = [
    Example(f"{start}{word}{end}", label, source="a.jsonl", row=0)
    for label, word in TOPICS.items()
    for start in ("", "请问", "我的")
    for end in ENDS
]


def planted():
    return [replace(example, intent="发票") if index in (4, 40) else example for index, example in enumerate(CLEAN)]


def test_wrong_labels_come_first_with_the_right_one_suggested():
    found = diagnose(planted())
    assert set(found.ranking[:3]) >= {4, 40}
    assert (found.suggested[4], found.suggested[40]) == ("退货", "物流")
    assert {finding.rows[0] for finding in found.of("label")[:3]} >= {4, 40}


def test_the_same_seed_gives_the_same_findings():
    assert diagnose(planted(), Questions(seed=3)) == diagnose(planted(), Questions(seed=3))


def test_duplicates_with_different_labels_are_found():
    (twins,) = diagnose([*CLEAN, Example("退货怎么弄？", "物流"), Example("退货怎么弄。", "退货")]).of("twins")
    assert twins.rows == (0, len(CLEAN))
    assert twins.suggestion == "退货"


def test_leaks_into_the_test_are_found_once_each():
    test = [Example("退货怎么弄？", "退货", source="t.jsonl", row=2), Example("尺码偏大吗", "尺码")]
    leaks = diagnose(CLEAN, Questions(test=test)).of("leak")
    assert [(leak.places[0], leak.score) for leak in leaks] == [("t.jsonl:2", 1.0)]


def test_a_conversation_on_both_sides_is_a_leak():
    mine, theirs = replace(CLEAN[0], group="7"), Example("尺码偏大吗", "尺码", group="7")
    assert "conversation 7" in diagnose([mine, *CLEAN[1:]], Questions(test=[theirs])).of("leak")[0].note


def test_thin_and_overlapping_labels_are_found():
    mixed = [Example(f"{word}{end}", label) for word in ("换货", "调换") for end in ENDS for label in ("换货", "调换")]
    found = diagnose([*CLEAN, *mixed, Example("你好", "问候")])
    assert [finding.suggestion for finding in found.of("thin")] == ["问候"]
    assert "换货 and 调换" in found.of("overlap")[0].note


def test_second_labels_are_right_too():
    both = [replace(example, second="发票") if index == 4 else example for index, example in enumerate(planted())]
    both[4] = replace(both[4], intent="发票", second="退货")
    assert 4 not in {finding.rows[0] for finding in diagnose(both).of("label")}


def test_dead_shadowed_and_contradicting_rules_are_found():
    rules = [
        Rule("dead", "intent", "退货", 0.9, "r:1", all=(("不存在",),)),
        Rule("wide", "intent", "退货", 0.9, "r:2", all=(("退货",),)),
        Rule("narrow", "intent", "退货", 0.8, "r:3", all=(("退货怎么",),)),
        Rule("wrong", "intent", "物流", 0.9, "r:4", all=(("发票",),)),
    ]
    reader = Reader(Lexicon(()), RuleBook(rules), Segmenter())
    found = diagnose(CLEAN, Questions(reader=reader)).findings
    assert {(item.kind, item.places[0]) for item in found if item.kind.startswith("rule")} == {
        ("rule_dead", "r:1"),
        ("rule_shadowed", "r:3"),
        ("rule_conflict", "r:4"),
    }


def test_a_rule_that_labels_bear_out_but_held_out_models_do_not_is_found():
    odd = [Example(f"退货{end}{mark}", "物流") for end, mark in zip(ENDS, "呢吧啊呀", strict=False)]
    rule = Rule("odd", "intent", "物流", 0.9, "r:1", all=(tuple("呢吧啊呀"),))
    reader = Reader(Lexicon(()), RuleBook([rule]), Segmenter())
    (finding,) = diagnose([*CLEAN, *odd], Questions(reader=reader)).of("rule_model")
    assert (finding.places[0], finding.suggestion) == ("r:1", "退货")
    assert finding.rows == (90, 91, 92, 93)


def test_the_command_fails_on_what_it_is_told_to(tmp_path, capsys):
    file = tmp_path / "a.csv"
    rows = [*planted(), Example("退货怎么弄？", "物流")]
    file.write_text("text,intent\n" + "".join(f"{row.text},{row.intent}\n" for row in rows), encoding="utf-8")
    assert main(["doctor", "--data", str(file)]) == 0
    assert "twins" in capsys.readouterr().out
    assert main(["doctor", "--data", str(file), "--fail-on", "twins", "--ranking", str(tmp_path / "r.jsonl")]) == 1
    assert len((tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()) == len(rows)
    assert main(["doctor", "--data", str(file), "--fail-on", "rule_conflict", "--json"]) == 0
    assert '"rule_dead"' in capsys.readouterr().out  # the rules are checked because a build asks for them


@pytest.mark.parametrize(("kind", "reason"), [("leak", "--fail-on leak needs --test"), ("twin", "invalid choice")])
def test_a_check_that_could_never_fail_is_wrong_usage(tmp_path, capsys, kind, reason):
    assert main(["doctor", "--data", str(tmp_path / "a.csv"), "--fail-on", kind]) == 2
    assert reason in capsys.readouterr().err


def test_one_label_is_too_few():
    with pytest.raises(DatasetError, match="two labels"):
        diagnose([Example("退货", "a")])
