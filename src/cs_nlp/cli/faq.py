"""`cs-nlp faq`: look into a knowledge base, and learn from a log what it lacks."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cs_nlp.bundle import shipped_faq
from cs_nlp.cli.common import dump, json_rows, read_text
from cs_nlp.cli.numbers import count
from cs_nlp.errors import DataFileError

if TYPE_CHECKING:
    from cs_nlp.faq.gaps import Asked, Gap, Stats


def add_parser(commands: Any) -> None:
    """Adds the command with its actions."""
    parser = commands.add_parser("faq", help="search, complete, check a knowledge base; find its gaps in a log")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    search = actions.add_parser("search", help="find entries for a question")
    search.add_argument("text", metavar="TEXT", help="the question")
    search.set_defaults(run=run_search)
    complete = actions.add_parser("complete", help="complete a short code such as /物流时效 or /wlsx")
    complete.add_argument("prefix", metavar="PREFIX", help="its beginning: Chinese or pinyin initials, typos allowed")
    complete.set_defaults(run=run_complete)
    lint = actions.add_parser("lint", help="check entries; exit 1 when there is an error")
    lint.add_argument(
        "--today",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day that validity and reviews are checked for",
    )
    lint.set_defaults(run=run_lint)
    gaps = actions.add_parser("gaps", help="group what was asked and not answered")
    gaps.add_argument("--least", type=count, default=2, metavar="N", help="how often it was asked (default: 2)")
    gaps.set_defaults(run=run_gaps)
    stats = actions.add_parser("stats", help="count hits, misses and answers followed by a human")
    stats.set_defaults(run=run_stats)
    for action in (gaps, stats):
        action.add_argument(
            "log", metavar="LOG.jsonl", help='what `predict` wrote, with "text" and if known "session"; "-" is a stream'
        )
    for action in (search, complete, gaps):
        action.add_argument("-k", type=count, default=5, metavar="N", help="how many at most (default: 5)")
    for action in (search, complete, gaps, stats):
        action.add_argument("--json", action="store_true", help="print JSON lines")
    for action in (search, complete, lint, gaps, stats):
        action.add_argument("--faq", metavar="DIR", help="the knowledge base (default: the shipped one)")


def run_search(args: argparse.Namespace) -> int:
    """Runs `faq search`."""
    from cs_nlp.faq import FaqIndex, load_entries

    index = FaqIndex.build(load_entries(_folder(args)))
    for hit in index.search(args.text, k=args.k):
        if args.json:
            print(dump({"entry_id": hit.entry_id, "score": round(hit.score, 4), "question": hit.question}))
        else:
            print(f"{hit.score:.2f}  {hit.entry_id}  「{hit.question}」\n      {index.entry(hit.entry_id).answer}")
    return 0


def run_complete(args: argparse.Namespace) -> int:
    """Runs `faq complete`."""
    from cs_nlp.faq import load_entries, load_settings, render
    from cs_nlp.faq.complete import Completer

    folder = _folder(args)
    entries, settings = {entry.id: entry for entry in load_entries(folder)}, load_settings(folder)
    for found in Completer(entries.values()).complete(args.prefix, args.k):
        if args.json:
            print(dump(asdict(found) | {"score": round(found.score, 4)}))
        else:
            entry = entries[found.entry_id]
            answer = render(entry, settings) or entry.answer
            print(f"/{found.label}  /{found.code}  {found.entry_id}  {found.score:.2f}\n      {answer}")
    return 0


def run_lint(args: argparse.Namespace) -> int:
    """Runs `faq lint`."""
    from cs_nlp.faq import FaqIndex, lint, load_entries, load_settings
    from cs_nlp.understand.taxonomy import Taxonomy

    folder = _folder(args)
    entries = load_entries(folder)
    today = args.today or date.today()
    intents = tuple(Taxonomy.default().intents)
    findings = lint(entries, FaqIndex.build(entries), today=today, intents=intents, settings=load_settings(folder))
    for finding in findings:
        place = finding.place or "knowledge base"
        print(f"{place}: {finding.level.value}: {finding.code}: {finding.entry_id or '-'}: {finding.message}")
    return 1 if any(finding.level.value == "error" for finding in findings) else 0


def run_gaps(args: argparse.Namespace) -> int:
    """Runs `faq gaps`."""
    from cs_nlp.faq import FaqIndex, load_entries
    from cs_nlp.faq.gaps import gaps

    index = FaqIndex.build(load_entries(_folder(args)))
    for gap in gaps(_log(args.log), index, args.least)[: max(args.k, 0)]:
        print(dump(asdict(gap)) if args.json else _gap_text(gap))
    return 0


def run_stats(args: argparse.Namespace) -> int:
    """Runs `faq stats`."""
    from cs_nlp.faq import load_entries
    from cs_nlp.faq.gaps import stats

    found = stats(_log(args.log), load_entries(_folder(args)))
    print(dump(asdict(found)) if args.json else _stats_text(found))
    return 0


def _log(name: str) -> list[Asked]:
    from cs_nlp.faq.gaps import asked_of

    found: list[Asked] = []
    with read_text(name) as stream:
        for number, row in json_rows(stream, name):
            try:
                found.append(asked_of(row))
            except ValueError as error:
                raise DataFileError([f"{name}:{number}: {error}"]) from error
    return found


def _gap_text(gap: Gap) -> str:
    near = f"{gap.nearest.entry_id} {gap.nearest.score:.2f}" if gap.nearest is not None else "-"
    lines = [f"{gap.count:5}  {gap.question}  [{gap.intent or '-'}; nearest entry: {near}]"]
    return "\n".join([*lines, *(f"         {variant}" for variant in gap.variants)])


def _stats_text(found: Stats) -> str:
    lines = [
        f"{found.rows} messages: {found.hits} answered, {found.misses} missed, {found.others} others",
        f"{found.followed} answers followed by a human in {found.sessions} conversations",
        *(f"  {use.entry_id}: {use.hits} answered, {use.followed} followed by a human" for use in found.entries),
        f"{len(found.unused)} entries never used",
    ]
    return "\n".join(lines)


def _folder(args: argparse.Namespace) -> Path:
    return Path(args.faq) if args.faq else shipped_faq()
