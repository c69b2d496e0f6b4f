"""The examples of docs/ci are what people copy: they must work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cs_nlp.assistant import Assistant
from cs_nlp.cli import build_parser
from cs_nlp.evaluate.behaviour import read_pack
from cs_nlp.evaluate.gate import apply_gate, read_gate
from cs_nlp.evaluate.trial import try_out
from tests.samples import tiny_examples

DOCS = Path(__file__).parent.parent.parent / "docs"
CI = DOCS / "ci"

pytestmark = pytest.mark.skipif(not CI.is_dir(), reason="the documentation is not beside the tests")


def test_every_figure_of_the_example_gate_is_measured(tiny_bot: Assistant) -> None:
    examples = tiny_examples() * 3
    trial = try_out(tiny_bot, examples, baseline=tiny_bot, training=examples, pack=read_pack())
    outcomes = apply_gate(read_gate(CI / "gate.yaml"), trial.summary, trial.baseline)
    assert [outcome.name for outcome in outcomes if outcome.value is None] == []


@pytest.mark.parametrize("name", ["github-actions.yml", "pre-commit-config.yaml"])
def test_the_commands_of_the_examples_exist(name: str) -> None:
    text = (CI / name).read_text(encoding="utf-8")
    assert yaml.safe_load(text)
    joined = re.sub(r"\\\n\s*|>-\n\s*|\n\s{10,}(?=--)", " ", re.sub(r"\$\{\{[^}]*\}\}", "--baseline x", text))
    commands = re.findall(r"cs-nlp ((?:evaluate|faq lint)[^\n]*)", joined)
    evaluations = [command for command in commands if " --model" in command]
    assert evaluations
    for command in evaluations:
        args = build_parser().parse_args(command.split())
        assert (args.command, args.gate, args.baseline is None) == ("evaluate", "gate.yaml", False)


def test_the_checks_of_the_documentation_can_be_read(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / "evaluation.md").read_text(encoding="utf-8"), flags=re.S)
    for block in blocks:
        file = tmp_path / "gate.yaml"
        file.write_text(block, encoding="utf-8")
        assert read_gate(file)
