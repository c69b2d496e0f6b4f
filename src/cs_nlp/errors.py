"""The exceptions of the library.

```
CsNlpError
├── DataFileError          a YAML, JSONL or CSV file of rules, FAQ, policy … has faults      (also ValueError)
│   └── DatasetError       labelled messages that cannot be used                             (also ValueError)
├── NotFittedError         an estimator was asked before it was trained                      (also ValueError)
├── ModelLoadError         a bundle is broken, incomplete or changed                         (also ValueError)
│   └── IncompatibleModelError   a sound bundle of a format this version cannot read
├── EngineError            a search engine did not answer, or refused what was asked         (also OSError)
└── MissingExtraError      an optional package is not installed                              (also ImportError)
```

Each also derives from the builtin that callers would catch for the same fault.
"""

from __future__ import annotations

from collections.abc import Iterable


class CsNlpError(Exception):
    """Base of everything the library raises on purpose."""


class DataFileError(CsNlpError, ValueError):
    """A data file has faults; all of them are in `faults`.

    Args:
        faults: One line a fault, each `file:line: path: what was found, what is allowed`.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class DatasetError(DataFileError):
    """Labelled messages cannot be used as they are."""


class NotFittedError(CsNlpError, ValueError):
    """An estimator was asked for predictions before `fit`."""


class ModelLoadError(CsNlpError, ValueError):
    """A bundle on disk is broken, incomplete or changed since it was written."""


class IncompatibleModelError(ModelLoadError):
    """A bundle is sound, but of a format that this version does not read."""


class EngineError(CsNlpError, OSError):
    """The search engine did not answer, or refused what was asked."""


class MissingExtraError(CsNlpError, ImportError):
    """A feature needs an optional package; the message names the pip command."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed; run: pip install 'cs-nlp[{extra}]'")
