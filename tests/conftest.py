from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import Bundle, shipped_bundle
from cs_nlp.train.fit import Knowledge, train
from tests.samples import tiny_examples, tiny_faq, tiny_options

settings.register_profile("cs_nlp", max_examples=80, deadline=None, derandomize=True)
settings.load_profile("cs_nlp")

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def tiny_bundle() -> Bundle:
    """A bundle trained in seconds on the tests' own messages."""
    return train(tiny_examples(), Knowledge.default("unclear"), tiny_options(), faq=tiny_faq())


@pytest.fixture(scope="session")
def tiny_folder(tiny_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny bundle is saved; not to be changed."""
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    tiny_bundle.save(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_bot(tiny_folder: Path) -> Assistant:
    """An assistant on the tiny bundle, whose clock stands at noon."""
    return Assistant.load(tiny_folder, clock=lambda: NOON)


@pytest.fixture(scope="session")
def bot() -> Assistant:
    """The shipped assistant."""
    if not shipped_bundle().is_dir():
        pytest.skip(f"there is no shipped bundle at {shipped_bundle()}; build it with `make model`")
    return Assistant.load()
