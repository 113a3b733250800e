from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.options import frozen_value
from app.frameworks.option import LONGEST_COMPARED, Choice, Flag, Option, Whole
from app.frameworks.option_group import read_options

FLAG = Flag(name="drop_last", default=False, description="drop_last of the loader.")
CHOICE = Choice(name="mode", default="alpha", description="", choices=("alpha", "beta"))
WHOLE = Whole(name="workers", default=0, description="", highest=9)
POSITIVE = Whole(name="size", default=None, description="", optional=True, lowest=1)
EVERY = (FLAG, CHOICE, WHOLE, POSITIVE)
POINTER = "/framework/it"

values: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.floats(allow_nan=False)
    | st.sampled_from(["alpha", "beta", "true", "1", ""])
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=2), st.integers(), max_size=2)
)


def described_by(schema: dict[str, Any], value: Any) -> bool:
    """Whether a JSON schema describes a value, as far as options make use of schemas."""
    if "anyOf" in schema:
        return any(described_by(each, value) for each in schema["anyOf"])
    match schema["type"]:
        case "boolean":
            return isinstance(value, bool)
        case "string":
            return value in schema["enum"]
        case "null":
            return value is None
        case _:
            whole = isinstance(value, int) and not isinstance(value, bool)
            return whole and schema["minimum"] <= value <= schema["maximum"]


@given(option=st.sampled_from(EVERY), value=values)
def test_a_value_is_legal_exactly_where_the_schema_describes_it(option: Option, value: Any) -> None:
    faults = option.faults(value, POINTER)

    assert (not faults) is described_by(option.full_schema, value)


@given(option=st.sampled_from(EVERY), value=values)
def test_a_fault_says_where_and_what_and_what_else(option: Option, value: Any) -> None:
    for fault in option.faults(value, POINTER):
        assert (fault.code, fault.pointer, fault.given) == ("illegal-value", POINTER, value)
        assert fault.detail == f"framework.it must be {fault.allowed}"
        assert fault.allowed == option.allowed_values


@given(option=st.sampled_from(EVERY), value=values | st.text(max_size=6) | st.integers())
def test_the_nearest_values_are_legal(option: Option, value: Any) -> None:
    for fault in option.faults(value, POINTER):
        for nearest in fault.nearest:
            assert option.faults(nearest, POINTER) == []


@pytest.mark.parametrize(
    ("option", "value", "nearest"),
    [
        (FLAG, 1, ()),
        (CHOICE, "alhpa", ("alpha",)),
        (CHOICE, "gamma ray", ()),
        (CHOICE, 1, ()),
        (CHOICE, "a" * (LONGEST_COMPARED + 1), ()),
        (WHOLE, -5, (0,)),
        (WHOLE, 10**30, (9,)),
        (WHOLE, "5", ()),
        (WHOLE, True, ()),
        (WHOLE, 5.0, ()),
        (POSITIVE, 0, (1,)),
    ],
)
def test_what_is_not_legal_has_known_neighbours(
    option: Option, value: object, nearest: tuple[object, ...]
) -> None:
    (fault,) = option.faults(value, POINTER)

    assert fault.nearest == nearest


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (FLAG, "true or false"),
        (CHOICE, "one of alpha, beta"),
        (WHOLE, "an integer in [0, 9]"),
        (POSITIVE, "an integer in [1, 9223372036854775807], or null"),
    ],
)
def test_what_is_legal_is_said_in_words(option: Option, words: str) -> None:
    assert option.allowed_values == words


@pytest.mark.parametrize("option", EVERY)
def test_the_default_is_legal(option: Option) -> None:
    assert option.faults(option.default, POINTER) == []


@given(option=st.sampled_from(EVERY), value=values)
def test_an_option_is_kept_where_it_is_legal_and_not_the_default(
    option: Option, value: Any
) -> None:
    options, faults = read_options(EVERY, {option.name: value}, "/framework")

    default = type(value) is type(option.default) and value == option.default
    kept = not faults and not default
    assert [*options.entries] == ([(option.name, frozen_value(value))] if kept else [])
