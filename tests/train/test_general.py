from __future__ import annotations

import json

import numpy as np
import pytest

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import Bundle
from cs_nlp.cli import main
from cs_nlp.errors import DatasetError
from cs_nlp.train.dataset import Example
from cs_nlp.train.general import Plan, part_scopes, train_general
from cs_nlp.train.tuning import tune

ENDS = ["please", "now", "today", "for me", "again", "as soon as possible", "?", "!", "thanks", "in the app"]
STARTS = {"card": "has my bank card been posted", "refund": "give my money back", "oos": "sing a song about rain"}
ENGLISH = [Example(f"{start} {end}", label) for label, start in STARTS.items() for end in ENDS]


def members(folder):
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bundle(tmp_path):
    for name in ("a", "b"):
        train_general(ENGLISH, Plan(unclear="oos", seed=4)).save(tmp_path / name)
    assert members(tmp_path / "a") == members(tmp_path / "b")


def test_threads_do_not_change_the_model(tmp_path):
    for jobs in (1, 3):
        train_general(ENGLISH, Plan(strength=0.5, jobs=jobs)).save(tmp_path / str(jobs))
    assert members(tmp_path / "1") == members(tmp_path / "3")


def test_the_threshold_spares_nearly_all_that_is_understood_rightly():
    scores, right = np.linspace(0.0, 1.0, 201), np.arange(201) % 2 == 0
    cut = part_scopes(scores, right)
    assert cut > 0
    assert (scores[right] >= cut).mean() >= 0.99
    assert part_scopes(scores, ~right & right) == 0.0


def test_the_threshold_is_not_rounded_beyond_the_scores_it_spares():
    assert part_scopes(np.full(200, 0.99997), np.ones(200, dtype=bool)) == 0.99997


def test_a_model_that_was_always_right_in_training_is_not_sure_of_the_unknown():
    bot = Assistant(train_general([row for row in ENGLISH if row.intent != "oos"] * 3, Plan(strength=1.0)), (), {})
    assert bot.analyze(f"{STARTS['card']} please").intents[0].score > 0.9
    assert bot.analyze("zzz qqq").intents[0].score < 0.7


def test_too_few_messages_are_an_error():
    with pytest.raises(DatasetError, match="at least 10"):
        train_general(ENGLISH[:5])


def test_tuning_stops_when_the_time_is_used():
    from scipy import sparse

    ticks = iter(range(0, 1000, 10))
    matrix, gold = sparse.csr_matrix(np.eye(12)), np.arange(12) % 2
    found = tune(matrix, gold, 2, strengths=(0.1, 1.0, 10.0), budget=15.0, clock=lambda: next(ticks))
    assert len(found.trials) == 1
    assert len(tune(matrix, gold, 2, strengths=(0.1, 1.0, 10.0)).trials) == 3


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_the_command_trains_any_labels_from_any_file(tmp_path, capsys, name):
    file = tmp_path / name
    rows = [{"question": example.text, "category": example.intent} for example in ENGLISH]
    if name.endswith("csv"):
        content = "question,category\n" + "".join(f'"{row["question"]}",{row["category"]}\n' for row in rows)
    else:
        content = "".join(json.dumps(row) + "\n" for row in rows)
    file.write_text(content, encoding="utf-8")
    out = tmp_path / "model"
    assert main(["train", "--data", str(file), "--out", str(out), "--oos-label", "oos", "--strength", "1"]) == 0
    assert "3 labels" in capsys.readouterr().out
    bundle = Bundle.load(out)
    assert (bundle.labels, bundle.unclear, bundle.model.profile) == (("card", "oos", "refund"), "oos", "words")
    assert main(["train", "--data", str(file), "--out", str(out)]) == 2
    assert "exists" in capsys.readouterr().err
