"""Golden transfer within tolerance, as benchmarks/dialogues.py computes it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    file = Path(__file__).parents[2] / "benchmarks" / "dialogues.py"
    spec = importlib.util.spec_from_file_location("dialogues", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["dialogues"] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("gold", "mine", "tolerance", "low", "high"),
    [
        (None, None, 1, 1.0, 1.0),
        (3, 3, 1, 1.0, 1.0),
        (3, None, 3, 0.0, 0.0),
        (None, 0, 3, 0.0, 0.0),
        (3, 5, 1, 0.0, 0.0),
        (3, 4, 3, 0.5, 0.7),
        (3, 4, 1, 0.0, 0.02),
    ],
)
def test_a_transfer_counts_less_the_farther_it_is(
    benchmark: ModuleType, gold: int | None, mine: int | None, tolerance: int, low: float, high: float
) -> None:
    assert low <= benchmark.gtt([(gold, mine)], tolerance) <= high
