from __future__ import annotations

import csv

import pytest

from cs_nlp.cli import main
from cs_nlp.text import Segmenter
from cs_nlp.train.dataset import Example, read_examples
from cs_nlp.train.general import Plan, train_general
from cs_nlp.train.mine import mine
from cs_nlp.train.queue import counted, queue
from cs_nlp.understand.analyzer import Analyzer
from cs_nlp.understand.taxonomy import Taxonomy

RETURNS = "怎么退货 我要退货 能退吗 这个可以退吗 退货运费谁出 不想要了想退掉 退货地址发我 申请退货了".split()
PARCELS = "到哪了 快递到哪里了 什么时候到 物流三天没更新 今天能送到吗 怎么还没到 包裹在哪 快递一直不动".split()
GROUPS = "团长什么时候截团 截团时间是什么时候 什么时候截团呀 这个团什么时候截团 团购截团了吗".split()


@pytest.fixture(scope="module")
def bundle():
    examples = [Example(text, "退货") for text in RETURNS] + [Example(text, "物流") for text in PARCELS]
    return train_general(examples, Plan(strength=1.0, jobs=1))


@pytest.fixture(scope="module")
def analyzer(bundle):
    parts = bundle.model, bundle.confidence, bundle.lexicon, bundle.rules
    return Analyzer(*parts, Segmenter(), Taxonomy.default(), bundle.unclear)


def test_the_doubtful_come_before_the_sure(analyzer):
    chosen = queue(["我要退货", "到哪了", "发票抬头怎么写"], analyzer, 3)
    assert chosen[0].text == "发票抬头怎么写"


def test_the_frequent_come_before_the_rare(analyzer):
    chosen = queue(["发票抬头怎么写", *["积分怎么换"] * 9], analyzer, 2)
    assert (chosen[0].text, chosen[0].count) == ("积分怎么换", 9)


def test_like_messages_are_taken_once(analyzer):
    chosen = queue(["发票抬头怎么写", "发票抬头怎么写呢", "积分怎么换"], analyzer, 2)
    assert {candidate.text[:2] for candidate in chosen} == {"发票", "积分"}


def test_what_is_labelled_already_is_passed_over(analyzer):
    assert queue(["积分怎么换？"], analyzer, 5, known=["积分怎么换"]) == []


def test_spellings_are_counted_together():
    assert counted(["好的", "好的！", "！！"], set()) == [("好的", 2)]


def test_a_size_below_one_is_refused(analyzer):
    with pytest.raises(ValueError, match="at least 1"):
        queue(["退"], analyzer, 0)


def test_groups_of_what_was_not_understood_get_names_and_questions(analyzer):
    (proposal, *_) = mine([*GROUPS, "发票", "好看"], analyzer, below=1.1)
    assert set(proposal.examples) <= set(GROUPS)
    assert proposal.messages >= 3
    assert "截" in proposal.name or "团" in proposal.name
    assert proposal.question in GROUPS


def test_nothing_is_proposed_where_all_was_understood(analyzer):
    assert mine(GROUPS, analyzer, below=0.0) == []


@pytest.mark.parametrize("name", ["q.csv", "q.jsonl"])
def test_the_queue_goes_back_into_training(tmp_path, bundle, name, capsys):
    bundle.save(tmp_path / "model")
    (tmp_path / "chats.txt").write_text("\n".join(GROUPS), encoding="utf-8")
    out = tmp_path / name
    options = ["--input", str(tmp_path / "chats.txt"), "--model", str(tmp_path / "model"), "--out", str(out)]
    assert main(["queue", *options, "--size", "3", "--prefill"]) == 0
    assert "3 of 5 messages" in capsys.readouterr().out
    assert {example.text for example in read_examples([out])} <= set(GROUPS)
    assert main(["queue", *options, "--size", "3", "--known", str(out), "--format", "label-studio"]) == 0
    assert main(["mine", *options[:4], "--below", "1", "--least", "2", "--json"]) == 0


def test_the_label_column_is_left_to_the_labeller(tmp_path, bundle):
    bundle.save(tmp_path / "model")
    (tmp_path / "chats.csv").write_text("message\n发票抬头怎么写\n", encoding="utf-8")
    options = ["--input", str(tmp_path / "chats.csv"), "--model", str(tmp_path / "model")]
    assert main(["queue", *options, "--out", str(tmp_path / "q.csv")]) == 0
    with (tmp_path / "q.csv").open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["text"], row["intent"], row["count"]) == ("发票抬头怎么写", "", "1")
    assert row["guess"] in ("退货", "物流")


def test_a_file_that_could_not_be_read_again_is_refused(tmp_path, capsys):
    assert main(["queue", "--input", str(tmp_path / "a.txt"), "--out", str(tmp_path / "q.xlsx")]) == 2
    assert ".xlsx is not written; use .csv" in capsys.readouterr().err
