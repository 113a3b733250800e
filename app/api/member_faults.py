"""What is wrong with the members of a body, told from validation errors."""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Final, cast

from pydantic import ValidationError

from app.api.unknown_fields import unknown_field
from app.api.wire import Wire
from app.errors import Fault
from app.pointers import below

# what pydantic calls by the names of Python, in the words of JSON
_WANTED: Final[Mapping[str, str]] = {"is_instance_of": "a number", "dict_type": "a JSON object"}


def member_faults(
    refusal: ValidationError, model: type[Wire], pointer: str = ""
) -> Iterator[Fault]:
    """The faults that the validation of a flat object found.

    >>> from app.api.review_schema import PolicyIn
    >>> try:
    ...     PolicyIn.model_validate({"max_dropped_samples": -1, "min_coverag": 1})
    ... except ValidationError as refusal:
    ...     [(each.pointer, each.nearest) for each in member_faults(refusal, PolicyIn, "/policy")]
    [('/policy/max_dropped_samples', ()), ('/policy/min_coverag', ('min_coverage',))]

    Args:
        refusal: What pydantic found.
        model: What was validated.
        pointer: Where the object stands in the body.
    """
    known = tuple(model.model_fields)
    for number, error in enumerate(refusal.errors(include_url=False)):
        place = reduce(below, error["loc"], pointer)
        name = str(error["loc"][-1]) if error["loc"] else ""
        if error["type"] == "extra_forbidden":
            yield unknown_field(place, name, known, told_before=number)
        else:
            # pydantic's sentences begin with "Input should be" or "Value error, "
            told = error["msg"].removeprefix("Input should be ")
            yield _illegal(place, name, error["input"], _WANTED.get(error["type"], told))


def member(body: Mapping[str, object], name: str) -> Mapping[str, object] | Fault | None:
    """An object within a body; None where it is left out or null, a fault where it is no object."""
    given = body.get(name)
    if given is None or isinstance(given, dict):
        return cast("dict[str, object] | None", given)
    return Fault(
        code="not-an-object",
        pointer=f"/{name}",
        detail=f"{name} is a JSON object",
        given=given,
        allowed="a JSON object, or null",
    )


def _illegal(place: str, name: str, given: object, wanted: str) -> Fault:
    return Fault(
        code="illegal-value",
        pointer=place,
        detail=f"{name} must be {wanted}",
        given=given,
        allowed=wanted,
    )
