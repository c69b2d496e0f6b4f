"""A whole trial of an assistant: figures, baseline, behaviour, leaks, and the report of it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cs_nlp.assistant import Assistant
from cs_nlp.evaluate.behaviour import BehaviourResult, BehaviourTest, behaviour_figures, run_pack
from cs_nlp.evaluate.compare import Comparison, compare
from cs_nlp.evaluate.curves import coverage_curve
from cs_nlp.evaluate.figures import label_figures, measure, training_figures
from cs_nlp.evaluate.gate import Outcome
from cs_nlp.evaluate.leaks import Leak, find_leaks, leak_figures
from cs_nlp.evaluate.metrics import Judged
from cs_nlp.evaluate.mistakes import mistakes
from cs_nlp.evaluate.report import Report, changed_rows, confusions
from cs_nlp.evaluate.run import is_plain, judge
from cs_nlp.text import mask
from cs_nlp.train.dataset import Example


@dataclass(frozen=True)
class Trial:
    """What a trial found.

    Attributes:
        rows: Predictions with their labels.
        outside: The label of what is out of scope, or None.
        summary: The figures, see `cs_nlp.evaluate.figures.measure`; with `comparison`, `leaks`, `behaviour` and
            `training` where those were asked for.
        before: Predictions of the baseline.
        baseline: Its figures.
        comparison: The model beside it.
        behaviour: Results of the behavioural tests.
        leaks: Test messages that stand in the training data.
        leaked: The test and training text and the likeness of each leak, masked.
    """

    rows: Sequence[Judged]
    outside: str | None
    summary: Mapping[str, Any]
    before: Sequence[Judged] = ()
    baseline: Mapping[str, Any] | None = None
    comparison: Comparison | None = None
    behaviour: Sequence[BehaviourResult] = ()
    leaks: Sequence[Leak] = ()
    leaked: Sequence[tuple[str, str, float]] = ()


def try_out(
    bot: Assistant,
    examples: Sequence[Example],
    *,
    outside: str | None = None,
    baseline: Assistant | None = None,
    training: Sequence[Example] | None = None,
    pack: Sequence[BehaviourTest] = (),
    check_labels: bool = False,
    costs: Mapping[str, Mapping[str, float]] | None = None,
) -> Trial:
    """Tries an assistant on labelled messages.

    Args:
        bot: The assistant under test.
        examples: Labelled messages it has not seen.
        outside: The label of what is out of scope; the bundle's own by default.
        baseline: An assistant to compare with.
        training: The messages it was trained on, to look for leaks.
        pack: Behavioural tests.
        check_labels: Whether the labels of the training messages are judged, too; takes about as long as training.
        costs: Costs of wrong severities; the packaged ones by default.
    """
    outside = outside if outside is not None else bot.bundle.unclear
    rows = judge(bot, examples)
    summary = measure(rows, outside=outside, costs=costs) | training_figures(bot.bundle)
    before = judge(baseline, examples) if baseline is not None else []
    comparison = compare(rows, before, outside) if baseline is not None else None
    results = run_pack(bot, pack)
    leaks = find_leaks([e.text for e in examples], [e.text for e in training]) if training is not None else []
    if comparison is not None:
        summary["comparison"] = comparison.summary
    if results:
        summary["behaviour"] = behaviour_figures(results)
    if training is not None:
        summary["leaks"] = leak_figures(leaks, len(examples))
        if check_labels:
            summary["training_labels"] = label_figures(training)
    older = None
    if baseline is not None:
        older = measure(before, outside=outside, costs=costs) | training_figures(baseline.bundle)
        if results:
            older["behaviour"] = behaviour_figures(run_pack(baseline, pack))
    leaked = (
        [(mask(examples[k.test].text), mask(training[k.training].text), k.likeness) for k in leaks] if training else []
    )
    return Trial(rows, outside, summary, before, older, comparison, results, leaks, leaked)


def report_of(
    bot: Assistant, trial: Trial, outcomes: Sequence[Outcome] = (), facts: Sequence[tuple[str, str]] = ()
) -> Report:
    """The report of a trial.

    Args:
        bot: The assistant that was tried.
        trial: What was found.
        outcomes: Outcomes of the gate.
        facts: Name and value of what stands under the title, e.g. the model and the data.
    """
    changes = {}
    if trial.comparison is not None:
        for name in ("mended", "broken"):
            changes[name] = changed_rows(trial.rows, trial.before, getattr(trial.comparison, name))
    labels = {label for row in trial.rows for label in (row.gold, row.second, *row.others, row.predicted) if label} | {
        *bot.analyzer.labels
    }
    return Report(
        title="模型评测报告",
        facts=tuple(facts),
        summary=trial.summary,
        curve=coverage_curve(trial.rows, trial.outside),
        confusions=confusions(trial.rows, trial.outside),
        right=Counter(row.predicted for row in trial.rows if row.right),
        mistakes=mistakes(bot, trial.rows, trial.outside),
        names={label: bot.taxonomy.name(label) for label in sorted(labels)},
        direct=bot.thresholds.direct,
        plain=is_plain(bot),
        outside=trial.outside,
        baseline=trial.baseline,
        baseline_curve=coverage_curve(trial.before, trial.outside),
        outcomes=outcomes,
        behaviour=trial.behaviour,
        changes=changes,
        leaks=trial.leaked,
    )
