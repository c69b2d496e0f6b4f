"""The model card: what a bundle was trained on and what it reached, in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cs_nlp.bundle import Bundle
from cs_nlp.train.dataset import Example


def model_card(bundle: Bundle, examples: Sequence[Example]) -> str:
    """Writes the card of a freshly trained bundle; every figure is computed here or stands in `bundle.info`."""
    found = bundle.info["out_of_fold"]
    severities = Counter(example.severity for example in examples)
    lines = [
        "# Model card",
        "",
        "Intent, severity and emotion of messages to Chinese online shops: one-against-rest logistic regression over",
        "named features (characters, words, lexicon concepts, rules). Numbers and text only; loading it runs no code.",
        "",
        "| | |",
        "| --- | --- |",
        f"| training messages | {len(examples):,}, written for this project |",
        f"| labels | {len(bundle.labels)} (`{bundle.unclear}` among them: not to be answered) |",
        f"| features | {len(bundle.model.idf):,} |",
        f"| severity of the messages | {', '.join(f'{name} {severities[name]:,}' for name in 'SABN')} |",
        f"| right, out of fold, unclear ones counted wrong | {found['right']:.1%} |",
        f"| answered, out of fold | {found['answered']:.1%} |",
        f"| right of the answered, out of fold | {found['answered_right']} |",
        f"| thresholds | direct {bundle.thresholds.direct}, clarify {bundle.thresholds.clarify} |",
        f"| data sha256 | `{bundle.info['data_sha256'][:16]}…` |",
        "",
        "The command that builds it and prints these figures: `make model`.",
        "",
        "**Use**: routing, automatic answers and severity in Chinese e-commerce customer service. **Not for**: other",
        "trades without retraining, medical or legal advice, or judging people.",
        "",
        "**Limits**: learned from written messages, not from chats of your shop; retrain it on a few hundred of yours",
        "with `cs-nlp train --base default`. One message is seen at a time.",
        "",
    ]
    return "\n".join(lines)
