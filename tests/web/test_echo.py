import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.echo import clean, echo

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(alphabet=st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(ANYTHING)
def test_whatever_came_can_be_shown_in_json(value: object) -> None:
    shown = json.dumps(echo(value), allow_nan=False)

    assert json.loads(shown) == echo(value)


@given(ANYTHING)
def test_whatever_came_is_shown_in_few_printable_characters(value: object) -> None:
    shown = str(echo(value))

    assert len(shown) <= 120
    assert shown.isprintable()


@pytest.mark.parametrize("value", [None, True, False, 0, -(2**63), 2**64 - 1, "drop", 0.5])
def test_a_small_scalar_is_shown_as_it_came(value: object) -> None:
    assert (type(echo(value)), echo(value)) == (type(value), value)


def test_an_integer_beyond_64_bits_is_shown_as_text() -> None:
    assert echo(2**64) == "18446744073709551616"


def test_an_integer_of_endless_digits_is_described() -> None:
    assert echo(-(10**9999)) == "an integer of about 10000 digits"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2.5", 2.5),
        ("10.0", 10.0),
        ("0.1000000000000000000001", "0.1000000000000000000001"),
        ("1e999", "1E+999"),
        ("NaN", "NaN"),
        ("sNaN", "sNaN"),
        ("-Infinity", "-Infinity"),
    ],
)
def test_a_number_is_shown_as_a_number_only_where_nothing_is_lost(
    written: str, shown: float | str
) -> None:
    assert echo(Decimal(written)) == shown


def test_nested_values_are_shown_in_the_manner_of_json() -> None:
    value = {"a": [None, True, False, Decimal("1.50")], "b": {"c": {"d": {"e": 1}}}, "f": 10**50}

    shown = echo(value)

    assert shown == (
        '{"a": [null, true, false, 1.50], "b": {"c": {"d": {...}}}, '
        '"f": an integer of about 51 digits}'
    )


def test_depth_without_end_is_shown_by_its_outermost_levels() -> None:
    value: list[object] = []
    for _ in range(100_000):
        value = [value]

    assert echo(value) == "[[[[...]]]]"


def test_long_text_ends_in_an_ellipsis() -> None:
    assert clean("abcdef", limit=4) == "abc…"


@pytest.mark.parametrize("character", ["\x00", "\n", "\x7f", "\ud800", "\u202e", "\u2028"])
def test_characters_that_could_disturb_a_reader_are_replaced(character: str) -> None:
    assert clean(f"a{character}b") == "a\N{REPLACEMENT CHARACTER}b"
