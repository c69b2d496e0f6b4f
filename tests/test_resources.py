from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cs_nlp.compiled import compiled, to_json
from cs_nlp.decide.desks import Desks
from cs_nlp.decide.policy import Policy
from cs_nlp.errors import DataFileError
from cs_nlp.evaluate.gate import read_gate
from cs_nlp.resources import Faults, Node, packaged, read_yaml, yaml_files
from cs_nlp.train.compiled import compile_packaged
from cs_nlp.understand.lexicon import Lexicon
from cs_nlp.understand.rules import RuleBook
from cs_nlp.understand.taxonomy import Taxonomy
from cs_nlp.yaml_reader import parse as parse_yaml

BAD = Path(__file__).parent / "data" / "bad"


def parse(folder: Path, text: str) -> tuple[Node, list[str]]:
    file, faults = folder / "x.yaml", Faults()
    file.write_text(text, encoding="utf-8")
    return read_yaml(file, faults), faults.lines


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("duplicate_key.yaml", 4, "'hours' stands twice"),
        ("no_version.yaml", 1, "version: 1 is needed, found None"),
        ("not_a_mapping.yaml", 1, "a mapping is needed at the top"),
        ("two_documents.yaml", 2, "is not YAML"),
        ("runs_code.yaml", 2, "is not YAML that can be used"),
        ("broken_indent.yaml", 4, "is not YAML"),
        ("not_utf8.yaml", 1, "is not UTF-8"),
        ("list_as_key.yaml", 2, "is not YAML that can be used"),
        ("wrong_tag.yaml", 2, "is not YAML that can be used"),
        ("there_is_none.yaml", 1, "cannot be read"),
    ],
)
def test_a_bad_file_is_one_fault_with_its_line(name: str, line: int, reason: str) -> None:
    faults = Faults()
    read_yaml(BAD / name, faults)
    assert len(faults.lines) == 1
    assert faults.lines[0].startswith(f"{name}:{line}: ")
    assert reason in faults.lines[0]


@pytest.mark.parametrize(
    ("name", "reader", "expected"),
    [
        (
            "rules.yaml",
            RuleBook.from_yaml,
            [
                "rules.yaml:3: rules[0].score: 2 is not between",
                "rules.yaml:7: rules[1].colour: is not known",
                "rules.yaml:7: rules[1].id: 'first' is taken by rules.yaml:3",
                "rules.yaml:11: rules[2].regex[0]: may be tried in 435,848,049 ways",
                "rules.yaml:14: rules[3].label: 'N' is not known; allowed are S, A, B",
                "rules.yaml:18: rules[4]: a rule needs any, all, near or regex",
                "rules.yaml:22: rules[5].near.all: at least two groups",
                "rules.yaml:22: rules[5].near.within: 1 is not between",
                "rules[6]: a mapping is needed, found '退款'",
            ],
        ),
        ("rules_null_term.yaml", RuleBook.from_yaml, ["rules_null_term.yaml:3: rules[0]"]),
        ("rules_empty_term.yaml", RuleBook.from_yaml, ["rules_empty_term.yaml:3: rules[0]"]),
        (
            "lexicon.yaml",
            Lexicon.from_yaml,
            [
                "lexicon.yaml:3: concepts.REFUND.words[2]: a text is needed, found True",
                "lexicon.yaml:4: concepts.EMPTY.words: a concept needs words or patterns",
                "lexicon.yaml:5: concepts.WIDE.patterns[0]: means over",
                "lexicon.yaml:6: concepts.OPEN.patterns[0]: has a repeat without a bound",
                "lexicon.yaml:7: concepts.NAMELESS.colour: is not known",
                "lexicon.yaml:7: concepts.NAMELESS.note: a text is needed, found None",
            ],
        ),
        (
            "policy.yaml",
            Policy.from_yaml,
            [
                "policy.yaml:2: thresholds.direct: 1.5 is not between",
                "policy.yaml:1: options: 9 is not between",
                "policy.yaml:5: steps[0].action: 'shout' is not known; allowed are answer, clarify, handoff",
                "policy.yaml:6: steps[1].emotions[0]: 'happy' is not known",
                "policy.yaml:6: steps[1].answer: true or false is needed, found 'maybe'",
                "policy.yaml:7: steps[2].failures: 0 is not between",
                "policy.yaml:1: steps: the last step must have no conditions",
                "policy.yaml:1: clarify_open: a text is needed, found None",
                "policy.yaml:10: texts.default: a text is needed, found None",
            ],
        ),
        (
            "desks.yaml",
            Desks.from_yaml,
            [
                "desks.yaml:4: desks.paper.tier: 'middle' is not known",
                "desks.yaml:5: desks.again.intents: 'payment' is already taken by desk 'money'",
                "desks.yaml:1: fallback: 'nobody' is not known; allowed are money, paper, again",
            ],
        ),
        (
            "taxonomy.yaml",
            Taxonomy.from_yaml,
            [
                "taxonomy.yaml:4: intents.cancel.group: 'orders' is not known; allowed are order",
                "taxonomy.yaml:5: intents.change.tier: 'boss' is not known",
                "taxonomy.yaml:5: intents.change.about: a text is needed",
                "taxonomy.yaml:1: unclear: a mapping is needed",
                "taxonomy.yaml:7: severities.X: 'X' is not known",
                "taxonomy.yaml:8: severities.S.first_response_minutes: a number is needed, found 'soon'",
            ],
        ),
        (
            "gate.yaml",
            read_gate,
            [
                "gate.yaml:3: checks[0]: one of min, max, max_drop, max_rise is needed",
                "gate.yaml:4: checks[1].min: a number is needed, found 'high'",
                "gate.yaml:5: checks[2].at_least: is not known",
                "gate.yaml:5: checks[2].metric: a text is needed",
            ],
        ),
        ("gate_empty.yaml", read_gate, ["gate_empty.yaml:1: checks: at least one check is needed"]),
    ],
)
def test_all_faults_of_a_file_come_at_once(name: str, reader: Any, expected: list[str]) -> None:
    with pytest.raises(DataFileError) as caught:
        reader(BAD / name)
    missing = [part for part in expected if not any(part in line for line in caught.value.faults)]
    assert missing == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("2026-11-20", "2026-11-20"),
        ("0012", "0012"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1e5", "1e5"),
        (".5", ".5"),
        ("12315", "12315"),
        ("'7'", "7"),
        ("59.00", "59.00"),
        ("True", "True"),
    ],
)
def test_a_scalar_is_the_text_that_stands_there(tmp_path: Path, written: str, read: str) -> None:
    node, faults = parse(tmp_path, f"version: 1\nvalue: {written}\nlist: [{written}]\n")
    assert (node.text("value"), node.texts("list"), faults) == (read, (read,), [])


@pytest.mark.parametrize(
    ("written", "number"), [("0.5", 0.5), ("1", 1.0), ("-0", 0.0), ("1.5e-1", 0.15), ("'0.5'", None), ("true", None)]
)
def test_only_decimal_numbers_are_numbers(tmp_path: Path, written: str, number: float | None) -> None:
    node, faults = parse(tmp_path, f"version: 1\nvalue: {written}\n")
    assert (node.number("value") if number is not None else node.number("value") or None) == number
    assert bool(faults) == (number is None)


def test_only_true_and_false_are_flags(tmp_path: Path) -> None:
    node, faults = parse(tmp_path, "version: 1\na: true\nb: false\nc: yes\n")
    assert (node.flag("a", False), node.flag("b", True), node.flag("c", False)) == (True, False, False)
    assert faults == ["x.yaml:1: c: true or false is needed, found 'yes'"]


def test_nodes_know_line_and_path(tmp_path: Path) -> None:
    node, faults = parse(tmp_path, "version: 1\nlist:\n  - {a: 1}\n  - a: 2\nmap:\n  one: {b: {c: 3}}\n")
    items = list(node.nodes("list"))
    inner = next(node.children("map"))[1].child("b")
    assert [(item.line, item.path) for item in items] == [(3, "list[0]"), (4, "list[1]")]
    assert (inner.line, inner.path) == (6, "map.one.b")
    inner.fail("c", "is odd")
    assert faults == ["x.yaml:6: map.one.b.c: is odd"]


def test_a_mark_at_the_start_of_the_file_is_no_fault(tmp_path: Path) -> None:
    assert parse(tmp_path, "\ufeffversion: 1\n")[1] == []


def test_yaml_files_are_sorted_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "c.txt"):
        (tmp_path / name).write_text("version: 1\n", encoding="utf-8")
    assert [file.name for file in yaml_files(tmp_path)] == ["a.yml", "b.yaml"]
    assert yaml_files(tmp_path / "b.yaml") == [tmp_path / "b.yaml"]


def test_no_faults_no_error() -> None:
    Faults().check()


def test_faults_of_two_files_come_together(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("version: 1\nrules: [{id: x}]\n", encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        RuleBook.from_yaml(tmp_path)
    assert {fault.split(":")[0] for fault in caught.value.faults} == {"a.yaml", "b.yaml"}


def test_packaged_files_are_found() -> None:
    assert packaged("taxonomy.yaml").is_file() and packaged("rules").is_dir()


def test_what_is_kept_of_the_packaged_files_is_what_stands_in_them() -> None:
    assert packaged("compiled.json").read_text(encoding="utf-8") == compile_packaged(), "run make compiled"
    for file in yaml_files(packaged()):
        content = file.read_bytes()
        kept, read = compiled(file.name, content), parse_yaml(content.decode("utf-8"))
        assert kept == read and repr(kept) == repr(read)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    content = packaged("clarify.yaml").read_bytes()
    assert compiled("clarify.yaml", content) is not None
    assert compiled("clarify.yaml", content + b"# more") is None and compiled("other.yaml", content) is None
    file, faults = tmp_path / "clarify.yaml", Faults()
    file.write_bytes(content.replace("好的，那请您用一句话说说想解决什么问题？".encode(), "请说说看。".encode()))
    assert read_yaml(file, faults).text("none_fits") == "请说说看。"


def test_a_decimal_keeps_its_spelling(tmp_path: Path) -> None:
    read = {"x.yaml": (b"price: 59.00", parse_yaml("price: 59.00"))}
    assert '"price":59.00' in to_json(read)
    assert parse(tmp_path, "version: 1\nprice: 59.00")[0].text("price") == "59.00"


def test_true_is_no_version(tmp_path: Path) -> None:
    assert parse(tmp_path, "version: true")[1] == ["x.yaml:1: version: 1 is needed, found True"]
