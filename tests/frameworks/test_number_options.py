from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.options import frozen_value
from app.frameworks.number_options import Amount, AmountList, WholeList
from app.frameworks.option import Option
from tests.strategies import sparingly

LIMIT = Amount(name="limit", default=1.0, description="", lowest=1, highest_double=1.0)
SIZES = WholeList(name="sizes", default=None, description="", optional=True, lowest=1, most=3)
PAIR = WholeList(name="pair", default=(0, 0), description="", fewest=2, most=2, highest=9)
BLEND = AmountList(name="blend", default=None, description="", optional=True, highest=1.0, most=3)


@pytest.mark.parametrize(
    ("option", "value", "legal"),
    [
        (LIMIT, 1, True),
        (LIMIT, 2**63 - 1, True),
        (LIMIT, 2**63, False),
        (LIMIT, 0, False),
        (LIMIT, 0.0, True),
        (LIMIT, 1.0, True),
        (LIMIT, 1.5, False),
        (LIMIT, -0.5, False),
        (LIMIT, inf, False),
        (LIMIT, nan, False),
        (LIMIT, True, False),
        (LIMIT, "1", False),
        (LIMIT, None, False),
        (LIMIT, [1], False),
        (SIZES, None, True),
        (SIZES, [1], True),
        (SIZES, [1, 2, 3], True),
        (SIZES, [], False),
        (SIZES, [1, 2, 3, 4], False),
        (SIZES, [0], False),
        (SIZES, [1.0], False),
        (SIZES, [True], False),
        (SIZES, 1, False),
        (SIZES, {"0": 1}, False),
        (PAIR, [0, 9], True),
        (PAIR, [0], False),
        (PAIR, [0, 10], False),
        (PAIR, None, False),
        (BLEND, None, True),
        (BLEND, [0.5, 1, 0], True),
        (BLEND, [], False),
        (BLEND, [1.5], False),
        (BLEND, [nan], False),
        (BLEND, [inf], False),
        (BLEND, [True], False),
        (BLEND, ["1"], False),
        (BLEND, 0.5, False),
    ],
)
def test_known_values_are_legal_or_not(option: Option, value: object, legal: bool) -> None:
    faults = option.faults(value, "/framework/it")

    assert (not faults) is legal


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (
            LIMIT,
            (
                "an integer in [1, 9223372036854775807], or a number with a decimal point in "
                "[0.0, 1.0]"
            ),
        ),
        (SIZES, "a list of 1 to 3 integers in [1, 9223372036854775807], or null"),
        (PAIR, "a list of 2 integers in [0, 9]"),
        (BLEND, "a list of 1 to 3 numbers in [0.0, 1.0], or null"),
    ],
)
def test_what_is_legal_is_said_in_words(option: Option, words: str) -> None:
    assert option.allowed_values == words


numbers = st.integers(-2, 12) | st.floats(-2, 12)


@sparingly
@given(option=st.sampled_from([SIZES, PAIR, BLEND]), value=st.lists(numbers, max_size=5))
def test_a_legal_list_is_within_the_bounds_of_the_schema(option: Option, value: list[Any]) -> None:
    schema: dict[str, Any] = dict(option.schema)

    if option.accepts(frozen_value(value)):
        assert schema["minItems"] <= len(value) <= schema["maxItems"]
        assert all(
            schema["items"]["minimum"] <= each <= schema["items"]["maximum"] for each in value
        )


@sparingly
@given(value=st.integers(-2, 2**64) | st.floats(allow_nan=False))
def test_a_legal_amount_is_within_the_bounds_of_the_schema(value: float) -> None:
    schema: dict[str, Any] = dict(LIMIT.schema)

    assert schema["type"] == "number"
    assert not LIMIT.accepts(value) or schema["minimum"] <= value <= schema["maximum"]
