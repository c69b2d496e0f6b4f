"""The shipped bundle is what its sources give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_nlp.bundle import MANIFEST, Bundle, shipped_bundle
from cs_nlp.faq import load_entries, load_settings, to_json
from cs_nlp.train.dataset import data_hash
from cs_nlp.train.shipped import training_examples
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.rules import RuleBook
from cs_nlp.understand.taxonomy import Taxonomy

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = shipped_bundle()

pytestmark = [
    pytest.mark.skipif(not SHIPPED.is_dir(), reason="there is no shipped bundle; build it with `make model`"),
    pytest.mark.skipif(not (ROOT / "data" / "corpus").is_dir(), reason="the sources are not part of this distribution"),
]


def test_it_was_trained_on_the_data_of_this_checkout() -> None:
    manifest = json.loads((SHIPPED / MANIFEST).read_text(encoding="utf-8"))
    examples = training_examples(ROOT)
    assert manifest["info"]["messages"] == len(examples)
    assert manifest["info"]["data_sha256"] == data_hash(examples)


def test_it_holds_the_lexicon_of_this_checkout() -> None:
    assert json.loads((SHIPPED / "lexicon.json").read_text(encoding="utf-8")) == Lexicon.default().to_json()


def test_it_holds_the_rules_of_this_checkout() -> None:
    rules = json.loads(json.dumps(RuleBook.default().to_json()))
    assert json.loads((SHIPPED / "rules.json").read_text(encoding="utf-8")) == rules


def test_it_holds_the_knowledge_base_of_this_checkout() -> None:
    folder = ROOT / "faq"
    assert (SHIPPED / "faq.json").read_text(encoding="utf-8") == to_json(load_entries(folder), load_settings(folder))


def test_it_knows_the_whole_taxonomy() -> None:
    bundle = Bundle.load(SHIPPED)
    assert set(bundle.labels) == set(Taxonomy.default().labels)
    assert bundle.unclear == Taxonomy.default().unclear
    assert set(bundle.model.heads) == {"intent", "severity", "emotion"}
    assert bundle.thresholds.clarify < bundle.thresholds.direct < 1.0


def test_it_has_a_model_card() -> None:
    assert "# Model card" in Bundle.load(SHIPPED).card


def test_saving_it_again_gives_the_same_bytes(tmp_path: Path) -> None:
    Bundle.load(SHIPPED).save(tmp_path / "again")
    for file in sorted(SHIPPED.iterdir()):
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), file.name
