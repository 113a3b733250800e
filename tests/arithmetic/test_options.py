import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.options import Options, frozen_value, plain_value
from tests.strategies import sparingly


def objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.text(max_size=5), values, max_size=3)


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | objects(inner),
    max_leaves=5,
)


@sparingly
@given(value=values)
def test_a_value_is_the_same_after_it_was_frozen(value: Any) -> None:
    plain = plain_value(frozen_value(value))

    assert json.dumps(plain, sort_keys=True) == json.dumps(value, sort_keys=True)


@sparingly
@given(value=values)
def test_a_frozen_value_can_be_a_key(value: Any) -> None:
    frozen = frozen_value(value)

    assert {frozen: True}[frozen_value(value)]


@sparingly
@given(fields=objects(values))
def test_the_order_in_which_options_are_written_does_not_matter(fields: dict[str, Any]) -> None:
    backwards = dict(reversed(fields.items()))

    assert frozen_value(backwards) == frozen_value(fields)


@pytest.mark.parametrize("digits", ["0.1", "1e300", "1e400", "-0.0"])
def test_a_number_with_a_point_or_an_exponent_is_the_double_next_to_it(digits: str) -> None:
    frozen = frozen_value(Decimal(digits))

    assert isinstance(frozen, float)
    assert repr(frozen) == repr(float(digits))


@pytest.mark.parametrize("value", [{1}, object(), b"1", 1j], ids=lambda value: type(value).__name__)
def test_what_is_no_json_value_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is no JSON value"):
        frozen_value([value])


@pytest.mark.parametrize(("name", "value"), [("b", 2), ("a", None), ("c", None)])
def test_an_option_that_is_not_given_is_none(name: str, value: object) -> None:
    options = Options.of({"b": 2, "a": None})

    assert options.given(name) == value
