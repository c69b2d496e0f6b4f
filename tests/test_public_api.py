from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError

import pytest

import cs_nlp
from cs_nlp import errors, types

NAMES = [
    "Action",
    "Assistant",
    "Bundle",
    "CsNlpError",
    "DataFileError",
    "DatasetError",
    "Emotion",
    "EngineError",
    "FaqEntry",
    "FaqHit",
    "FaqIndex",
    "IncompatibleModelError",
    "IntentClassifier",
    "Label",
    "MissingExtraError",
    "ModelLoadError",
    "NotFittedError",
    "Reply",
    "Session",
    "Severity",
    "Ticket",
    "Understanding",
]
ERRORS = [item for _, item in inspect.getmembers(errors, inspect.isclass) if item.__module__ == errors.__name__]


def test_the_public_names_are_these() -> None:
    assert cs_nlp.__all__ == NAMES
    assert all(getattr(cs_nlp, name) is not None for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_described(name: str) -> None:
    assert (inspect.getdoc(getattr(cs_nlp, name)) or "").strip()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Oracle'"):
        cs_nlp.Oracle  # noqa: B018


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.DataFileError, ValueError),
        (errors.DatasetError, ValueError),
        (errors.NotFittedError, ValueError),
        (errors.ModelLoadError, ValueError),
        (errors.IncompatibleModelError, ValueError),
        (errors.MissingExtraError, ImportError),
        (errors.EngineError, OSError),
    ],
)
def test_an_error_is_also_the_builtin_one_would_catch(error: type[Exception], builtin: type[Exception]) -> None:
    assert issubclass(error, builtin) and issubclass(error, errors.CsNlpError)


def test_all_errors_have_one_root_and_stand_in_the_tree() -> None:
    assert all(issubclass(error, errors.CsNlpError) for error in ERRORS)
    assert all(error.__name__ in str(errors.__doc__) for error in ERRORS)
    assert {error.__name__ for error in ERRORS} <= set(NAMES)


def test_narrow_errors_are_caught_by_the_wide_ones() -> None:
    assert issubclass(errors.DatasetError, errors.DataFileError)
    assert issubclass(errors.IncompatibleModelError, errors.ModelLoadError)


def test_errors_say_what_is_wrong() -> None:
    assert str(errors.DataFileError(["a.yaml:1: x: y", "a.yaml:2: x: z"])) == "a.yaml:1: x: y\na.yaml:2: x: z"
    assert errors.DataFileError(iter(["one"])).faults == ("one",)
    assert str(errors.MissingExtraError("matplotlib", "report")) == (
        "matplotlib is not installed; run: pip install 'cs-nlp[report]'"
    )


@pytest.mark.parametrize("enum", [types.Action, types.Severity, types.Emotion])
def test_enums_are_texts(enum: type[types.Action]) -> None:
    assert all(item == item.value and isinstance(item, str) for item in enum)


def test_results_cannot_be_changed() -> None:
    label = cs_nlp.Label("invoice", 0.9)
    with pytest.raises(FrozenInstanceError):
        label.score = 1.0  # type: ignore[misc]
    assert not hasattr(label, "__dict__")


def test_the_facade_keeps_its_methods() -> None:
    def names(function: object) -> list[str]:
        return list(inspect.signature(function).parameters)  # type: ignore[arg-type]

    assert names(cs_nlp.Assistant.load)[:4] == ["bundle", "faq", "policy", "desks"]
    assert {"clock", "orders", "calendar", "tone", "clarify", "automation"} <= set(names(cs_nlp.Assistant.load))
    assert names(cs_nlp.Assistant.reply) == ["self", "text", "session", "load"]
    assert names(cs_nlp.Assistant.reply_many) == ["self", "texts"]
    assert names(cs_nlp.Assistant.analyze) == ["self", "text", "session"]
    assert names(cs_nlp.Assistant.explain) == ["self", "text"]
    assert names(cs_nlp.FaqIndex.build)[0] == "entries"
    assert names(cs_nlp.FaqIndex.search)[:3] == ["self", "question", "k"]
