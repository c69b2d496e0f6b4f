"""`python -m cs_nlp` is `cs-nlp`."""

from __future__ import annotations

import sys

from cs_nlp.cli import main

sys.exit(main())
