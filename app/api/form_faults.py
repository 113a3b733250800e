"""What is wrong with the form of a single field, told from a validation error."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from functools import reduce
from math import ceil, floor
from typing import Final

from pydantic_core import ErrorDetails

from app.api.spec_schema import FrameworkIn, SamplingIn, TrainingSpecIn
from app.api.unknown_fields import unknown_field
from app.arithmetic.integers import INT64_MAX, UINT64_MAX
from app.arithmetic.spec import Remainder, SamplingMethod
from app.arithmetic.written import ALLOWED_AMOUNT
from app.errors import Fault
from app.pointers import below
from app.web.queries import plain_integer

_FIELDS: Final = {
    "": (*TrainingSpecIn.model_fields,),
    "/sampling": (*SamplingIn.model_fields,),
    "/framework": (*FrameworkIn.model_fields,),
}
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "/remainder": (*Remainder,),
    "/sampling/method": (*SamplingMethod,),
}
_RANGES: Final = {"/sampling/seed": (0, UINT64_MAX)}
_OBJECTS: Final = {
    "/sampling": "an object with method and seed",
    "/framework": "the name of a framework, or an object with name and version",
    "/framework/name": "the name of a framework, as text",
    "/framework/version": "the version of a framework, as text",
    "/epochs": ALLOWED_AMOUNT,
}
_LONGEST_COMPARED: Final = 60


def form_faults(errors: Sequence[ErrorDetails]) -> list[Fault]:
    """The faults that the validation errors of a training spec tell of.

    What an unknown field might have meant is looked up for the first ones only: the search is
    slow, and a body can hold thousands of them.
    """
    return [form_fault(error, told_before=number) for number, error in enumerate(errors)]


def form_fault(error: ErrorDetails, *, told_before: int = 0) -> Fault:
    """The fault that a validation error of a training spec tells of.

    >>> from pydantic import ValidationError
    >>> try:
    ...     TrainingSpecIn.model_validate({"dataset_size": 2**63, "epoch": 1})
    ... except ValidationError as refusal:
    ...     [form_fault(error).nearest for error in refusal.errors()]
    [(9223372036854775807,), ('epochs',)]
    """
    pointer = reduce(below, error["loc"], "")
    match error["type"]:
        case "missing":
            return _missing(pointer)
        case "extra_forbidden":
            return _unknown_field(pointer, error, told_before=told_before)
        case _:
            return _illegal_value(pointer, error["input"])


def _missing(pointer: str) -> Fault:
    return Fault(
        code="field-missing",
        pointer=pointer,
        detail=f"{_name(pointer)} is not given",
        given=None,
        allowed=_allowed(pointer),
    )


def _unknown_field(pointer: str, error: ErrorDetails, *, told_before: int) -> Fault:
    *outer, name = (str(step) for step in error["loc"])
    known = _FIELDS["".join(f"/{step}" for step in outer)]
    return unknown_field(pointer, name, known, told_before=told_before)


def _illegal_value(pointer: str, given: object) -> Fault:
    return Fault(
        code="illegal-value",
        pointer=pointer,
        detail=f"{_name(pointer)} must be {_allowed(pointer)}",
        given=given,
        allowed=_allowed(pointer),
        nearest=_nearest(pointer, given),
    )


def _name(pointer: str) -> str:
    return pointer.removeprefix("/").replace("/", ".")


def _allowed(pointer: str) -> str:
    if pointer in _CHOICES:
        return f"one of {', '.join(_CHOICES[pointer])}"
    if pointer in _OBJECTS:
        return _OBJECTS[pointer]
    low, high = _RANGES.get(pointer, (1, INT64_MAX))
    return f"an integer in [{low}, {high}]"


def _nearest(pointer: str, given: object) -> tuple[int | str, ...]:
    """Legal values that look like the given one: the end of a range, a name, written digits."""
    if pointer in _CHOICES:
        short = isinstance(given, str) and len(given) <= _LONGEST_COMPARED
        return tuple(get_close_matches(str(given), _CHOICES[pointer], n=1)) if short else ()
    low, high = _RANGES.get(pointer, (1, INT64_MAX))
    around = () if pointer in _OBJECTS else _integers_around(given)
    return tuple(sorted({min(max(number, low), high) for number in around}))


def _integers_around(given: object) -> tuple[int, ...]:
    """The integers next to a number, or the one that a text spells; none for anything else."""
    match given:
        case bool():
            return ()
        case int():
            return (given,)
        case Decimal() if abs(given.adjusted()) <= _LONGEST_COMPARED:
            return (floor(given), ceil(given))
        case str() if (integer := plain_integer(given)) is not None:
            return (integer,)
        case _:
            return ()
