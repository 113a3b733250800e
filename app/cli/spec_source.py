"""A training spec as it was asked for: a file, options that override it, and where each stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from app.cli.document import Document, read_document
from app.cli.problem import FailedError, Problem, Spot
from app.cli.scalars import ScalarError, read_scalar
from app.cli.yaml_reading import read_json_document
from app.pointers import below, enclosing

BUDGETS: Final = ("epochs", "steps", "samples", "tokens")
TEXT_FIELDS: Final = (
    "remainder",
    "sampling.method",
    "framework",
    "framework.name",
    "framework.version",
)
_OBJECTS: Final = {"sampling", "framework"}

Settings = Mapping[str, tuple[str, str]]
"""Dotted field -> (the option that gives it, the value as it is written)."""


@dataclass(frozen=True, slots=True)
class SpecSource:
    """A spec, and where each field of it is written.

    Attributes:
        fields: The spec as the service takes it.
        document: The file that it comes from; None where options say everything.
        options: Pointer -> the option that gives the value.
        notes: What else is worth knowing about where it comes from.
    """

    fields: dict[str, object]
    document: Document | None = None
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: tuple[Problem, ...] = ()

    def spot_of(self, pointer: str) -> Spot | None:
        """Where a field, or the nearest one that encloses it, is written.

        >>> SpecSource({}, options={"/steps": "--steps"}).spot_of("/steps")
        Spot(file=None, line=1, column=1, option='--steps')
        """
        for outer in enclosing(pointer):
            if outer in self.options:
                return Spot(option=self.options[outer])
            if self.document is not None and outer in self.document.marks:
                return self.document.spot_of(outer)
        return None if self.document is None else self.document.spot_of("")


def read_spec_source(path: str | None, settings: Settings) -> SpecSource:
    """The spec of a file, of options, or of a file that options override.

    Raises:
        FailedError: The file or an option cannot be read; with every flaw.
    """
    if path is None and not settings:
        message = "there is no spec: name a file, `-` for standard input, or give options"
        raise FailedError([Problem(source="document", code="no-spec", message=message)])
    document, problems = None, list[Problem]()
    if path is not None:
        try:
            document = read_document(path)
        except FailedError as error:
            problems += error.problems
    source = SpecSource({} if document is None else document.fields, document)
    try:
        source = overridden(source, settings)
    except FailedError as error:
        problems += error.problems
    if problems:
        raise FailedError(problems)
    return source


def overridden(source: SpecSource, settings: Settings) -> SpecSource:
    """The spec with the fields that options give in place of its own.

    A budget replaces every budget of the file; a framework replaces one of another name with all
    of its options.

    >>> overridden(SpecSource({"epochs": 3}), {"steps": ("--steps", "1_000")}).fields
    {'steps': 1000}

    Raises:
        FailedError: A value that cannot be read; with every one of them.
    """
    values, problems = dict[str, object](), list[Problem]()
    for name, (option, written) in settings.items():
        try:
            values[name] = _value(name, written)
        except ScalarError as error:
            problems.append(_unreadable(name, option, error))
    if problems:
        raise FailedError(problems)
    options = {_pointer(name): option for name, (option, _) in settings.items()}
    fields = _merged(source.fields, values)
    return SpecSource(fields, source.document, {**source.options, **options}, source.notes)


def _merged(given: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    replaced = _replaced_budgets(values)
    fields = {name: value for name, value in given.items() if name not in replaced}
    # a name of a framework comes before its options
    for name in sorted(values, key=lambda name: "." in name):
        outer, _, inner = name.partition(".")
        if inner:
            fields[outer] = _with_member(fields.get(outer), outer, inner, values[name])
        elif name != "framework" or _name_of(fields.get(name)) != values[name]:
            fields[name] = values[name]
    return fields


def _replaced_budgets(values: Mapping[str, object]) -> set[str]:
    if values.keys().isdisjoint(BUDGETS):
        return set()
    return {*BUDGETS} if "tokens" in values else {*BUDGETS, "tokens_per_sample"}


def _with_member(group: object, outer: str, inner: str, value: object) -> object:
    if outer not in _OBJECTS:
        return {inner: value}  # which the service refuses, naming the field
    if isinstance(group, dict):
        return {**cast("dict[str, object]", group), inner: value}
    if group is None:
        return {"name": "native", inner: value} if outer == "framework" else {inner: value}
    return {"name": group, inner: value} if outer == "framework" else group


def _name_of(framework: object) -> object:
    if isinstance(framework, dict):
        return cast("dict[str, object]", framework).get("name")
    return framework


def _value(name: str, written: str) -> object:
    if name in TEXT_FIELDS:
        return written
    if written.lstrip().startswith(("[", "{", '"')):
        reading = read_json_document(written)
        if reading.flaws:
            flaw = reading.flaws[0]
            raise ScalarError(flaw.message, code=flaw.code)
        return reading.value
    return read_scalar(written)


def _pointer(name: str) -> str:
    pointer = ""
    for part in name.split("."):
        pointer = below(pointer, part)
    return pointer


def _unreadable(name: str, option: str, error: ScalarError) -> Problem:
    return Problem(
        source="document",
        code=error.code,
        message=f"{name}: {error}",
        field=_pointer(name),
        spot=Spot(option=option),
    )
