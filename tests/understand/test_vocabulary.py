from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.understand.features import BLOCKS, View, features
from cs_nlp.understand.lexicon import ConceptHit
from cs_nlp.understand.vocabulary import Known, Vocabulary

CONCEPTS = st.lists(st.sampled_from(["REFUND", "WHEN", "RETURN", "GOODS", "STRANGE"]), max_size=16)
WORDS = st.lists(st.sampled_from(["退", "退款", "货", "到账", "没", " "]), max_size=12)
TEXTS = st.text("退款货到账没^$?! a", max_size=40)


def view(text: str, tokens: list[str], concepts: list[str], marks: list[str], profile: str = "characters") -> View:
    return View(text, tokens, [ConceptHit(name, 0, 1) for name in concepts], marks, profile)


VIEWS = st.builds(view, TEXTS, WORDS, CONCEPTS, st.lists(st.sampled_from(["rule:a", "entity:phone"]), max_size=2))


def taught(views: list[View], leave_out: str = "") -> Vocabulary:
    """A vocabulary of all features of some messages, without those that hold a text."""
    rows = [features(one) for one in views]
    names = [sorted({name for row in rows for name in row[block]}) for block in range(len(BLOCKS))]
    profile = views[0].profile if views else "characters"
    return Vocabulary([[n for n in block if not leave_out or leave_out not in n] for block in names], profile)


@given(st.lists(VIEWS, max_size=4), VIEWS)
def test_what_is_found_is_what_the_features_say(known: list[View], asked: View) -> None:
    vocabulary = taught(known, leave_out="STRANGE")
    found = vocabulary.find(asked)
    assert sorted(found.rows) == vocabulary.look_up(features(asked)).rows
    assert found.unknown == vocabulary.look_up(features(asked)).unknown


def test_words_have_to_be_neighbours() -> None:
    vocabulary = Vocabulary([[], ["退款 到账"], [], [], [], []])
    assert vocabulary.find(view("", ["退款", "到账"], [], [])).rows == [0]
    assert vocabulary.find(view("", ["退款", "没", "到账"], [], [])).rows == []


def test_a_concept_that_no_feature_is_about_parts_its_neighbours() -> None:
    vocabulary = Vocabulary([[], [], ["REFUND", "REFUND>WHEN", "WHEN"], ["REFUND&WHEN"], [], []])
    assert sorted(vocabulary.find(view("", [], ["WHEN", "STRANGE", "REFUND"], [])).rows) == [0, 2, 3]
    assert sorted(vocabulary.find(view("", [], ["REFUND", "WHEN"], [])).rows) == [0, 1, 2, 3]


def test_words_of_other_languages_are_looked_up() -> None:
    asked = view("card not working", [], [], [], "words")
    vocabulary = taught([asked])
    assert vocabulary.find(asked) == Known(list(range(sum(vocabulary.sizes))), 0)


def test_names_stand_in_the_order_of_their_rows() -> None:
    vocabulary = Vocabulary([["退", "款"], ["退款"], [], [], [], ["mark:?"]])
    assert vocabulary.names == (["退", "款"], ["退款"], [], [], [], ["mark:?"])
    assert vocabulary.index[5] == {"mark:?": 3}
