"""Every packaged rule keeps what its own examples promise."""

from __future__ import annotations

import pytest

from cs_nlp.resources import packaged
from cs_nlp.text import read
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.rules import Rule, RuleBook
from cs_nlp.understand.taxonomy import Taxonomy

LEXICON = Lexicon.default()
BOOK = RuleBook.from_yaml(packaged("rules"), labels=tuple(Taxonomy.default().intents))
RULES = [pytest.param(rule, id=rule.id) for rule in BOOK.rules]


def fired(text: str) -> set[str]:
    normal = read(text).text
    return {hit.rule.id for hit in BOOK.find(normal, LEXICON.find(normal))}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_fires_on_its_examples(rule: Rule) -> None:
    assert [text for text in rule.examples if rule.id not in fired(text)] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_keeps_quiet_on_its_counterexamples(rule: Rule) -> None:
    assert [text for text in rule.counterexamples if rule.id in fired(text)] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_examples_and_counterexamples(rule: Rule) -> None:
    assert len(rule.examples) >= 2 and len(rule.counterexamples) >= 1


def test_every_concept_in_a_rule_stands_in_the_lexicon() -> None:
    known = {concept.id for concept in LEXICON.concepts}
    asked = {(rule.id, term) for rule in BOOK.rules for term in rule.terms if term.startswith("@")}
    assert sorted((rule, term) for rule, term in asked if term[1:] not in known) == []


def test_every_keyword_can_stand_in_a_normal_text() -> None:
    words = {(rule.id, term) for rule in BOOK.rules for term in rule.terms if not term.startswith("@")}
    assert sorted((rule, word) for rule, word in words if word not in read(f"好{word}好").text) == []


def test_there_are_rules_of_every_kind() -> None:
    assert {rule.kind for rule in BOOK.rules} == {"intent", "severity", "emotion", "flag"}
