"""`cs-nlp faq`: look into a knowledge base."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from cs_nlp.bundle import shipped_faq
from cs_nlp.cli.common import dump


def add_parser(commands: Any) -> None:
    """Adds the command with its two actions."""
    parser = commands.add_parser("faq", help="search or check a knowledge base")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    search = actions.add_parser("search", help="find entries for a question")
    search.add_argument("text", metavar="TEXT", help="the question")
    search.add_argument("-k", type=int, default=5, metavar="N", help="how many entries (default: 5)")
    search.add_argument("--faq", metavar="DIR", help="the knowledge base (default: the shipped one)")
    search.add_argument("--json", action="store_true", help="print JSON lines")
    search.set_defaults(run=run_search)
    lint = actions.add_parser("lint", help="check entries; exit 1 when there is an error")
    lint.add_argument("--faq", metavar="DIR", help="the knowledge base (default: the shipped one)")
    lint.add_argument("--today", metavar="YYYY-MM-DD", help="the day that validity and reviews are checked for")
    lint.set_defaults(run=run_lint)


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


def run_lint(args: argparse.Namespace) -> int:
    """Runs `faq lint`."""
    from cs_nlp.faq import FaqIndex, lint, load_entries, load_settings
    from cs_nlp.understand.taxonomy import Taxonomy

    folder = _folder(args)
    entries = load_entries(folder)
    today = date.fromisoformat(args.today) if args.today else date.today()
    intents = tuple(Taxonomy.default().intents)
    findings = lint(entries, FaqIndex.build(entries), today=today, intents=intents, settings=load_settings(folder))
    for finding in findings:
        print(finding)
    return 1 if any(finding.level.value == "error" for finding in findings) else 0


def _folder(args: argparse.Namespace) -> Path:
    return Path(args.faq) if args.faq else shipped_faq()
