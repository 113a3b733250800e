"""Reads training specs out of JSON objects and queries."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from pydantic import ValidationError

from app.api.form_faults import form_faults
from app.api.spec_schema import FrameworkIn, TrainingSpecIn
from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import DEFAULT_FRAMEWORK
from app.errors import Fault
from app.frameworks.registry import FRAMEWORKS, read_choice
from app.web.json_reading import decode
from app.web.queries import QueryReader, plain_integer

# nearly every spec leaves its framework at the default, which need not be read again
_PLAIN_FRAMEWORK = FrameworkIn(name=DEFAULT_FRAMEWORK.name)
_PLAIN_CHOICE, _ = read_choice(_PLAIN_FRAMEWORK.name, _PLAIN_FRAMEWORK.pinned_version, {})
_TEXT_FIELDS = {"epochs", "remainder", "sampling.method", "framework", "framework.version"}


@cache
def option_names() -> tuple[str, ...]:
    """Names of the options of all frameworks."""
    return tuple(
        dict.fromkeys(
            option.name
            for versions in FRAMEWORKS.values()
            for framework in versions.values()
            for option in framework.options
        )
    )


@cache
def query_fields() -> tuple[str, ...]:
    """Names of the query parameters that make up a spec; nested fields are dotted."""
    return (
        *(name for name in TrainingSpecIn.model_fields if name != "sampling"),
        "sampling.method",
        "sampling.seed",
        "framework.version",
        *(f"framework.{name}" for name in option_names()),
    )


def read_spec(fields: Mapping[str, object]) -> tuple[SpecDraft, list[Fault]]:
    """The draft that a JSON object holds, and every fault in the form of its fields.

    >>> draft, faults = read_spec({"dataset_size": 0, "steps": True, "epochs": "2.5"})
    >>> draft.epochs, [fault.pointer for fault in faults]
    (Fraction(5, 2), ['/dataset_size', '/steps'])
    """
    try:
        return _drafted(TrainingSpecIn.model_validate(fields))
    except ValidationError as refusal:
        errors = refusal.errors(include_url=False)
    malformed = frozenset(str(error["loc"][0]) for error in errors)
    legal = {name: value for name, value in fields.items() if name not in malformed}
    draft, faults = _drafted(TrainingSpecIn.model_validate({"dataset_size": 1, **legal}), malformed)
    return draft, [*form_faults(errors), *faults]


def _drafted(
    spec: TrainingSpecIn, malformed: frozenset[str] = frozenset()
) -> tuple[SpecDraft, list[Fault]]:
    framework = spec.framework
    if framework == _PLAIN_FRAMEWORK:
        return spec.to_draft(_PLAIN_CHOICE, malformed), []
    choice, faults = read_choice(framework.name, framework.pinned_version, framework.own_options)
    return spec.to_draft(choice, malformed), faults


def read_query_spec(reader: QueryReader) -> tuple[SpecDraft, list[Fault]]:
    """The draft that the parameters of a query spell, and every fault found on the way."""
    draft, faults = read_spec(_nested(reader.values))
    unreadable = {fault.pointer.split("/")[1] for fault in reader.faults}
    draft = replace(draft, malformed=draft.malformed | unreadable)
    return draft, [*reader.faults, *faults]


def _nested(parameters: Mapping[str, str]) -> dict[str, object]:
    """Parameters as a JSON object: dotted names nested, plain digits as integers."""
    fields: dict[str, object] = {}
    groups: dict[str, dict[str, object]] = {}
    for name, written in parameters.items():
        outer, _, inner = name.partition(".")
        value = _literal(written) if _is_option(outer, inner) else _plain(name, written)
        if inner:
            groups.setdefault(outer, {})[inner] = value
        elif name == "framework":
            groups.setdefault(outer, {})["name"] = value
        else:
            fields[name] = value
    if "framework" in groups:
        groups["framework"].setdefault("name", DEFAULT_FRAMEWORK.name)
    return fields | groups


def _plain(name: str, written: str) -> str | int:
    integer = None if name in _TEXT_FIELDS else plain_integer(written)
    return written if integer is None else integer


def _is_option(outer: str, inner: str) -> bool:
    return outer == "framework" and inner in option_names()


def _literal(written: str) -> object:
    """A JSON value as it is written, read as strictly as in a body; else the text itself."""
    try:
        return decode(written)
    except (ValueError, RecursionError):
        return written
