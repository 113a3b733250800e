from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.decimals import counted, decimal_text, rounded_text

numbers = st.fractions(0, 10**20) | st.fractions(0, 3, max_denominator=1_000)


@given(number=numbers)
def test_a_decimal_is_at_most_half_a_millionth_off_and_says_when_it_is(number: Fraction) -> None:
    text = decimal_text(number)

    error = abs(Fraction(text.removeprefix("about ")) - number)
    assert error <= Fraction(1, 2 * 10**6)
    assert text.startswith("about ") is (error > 0)


@given(number=numbers)
def test_a_decimal_has_no_zeros_that_say_nothing(number: Fraction) -> None:
    text = decimal_text(number).removeprefix("about ")

    assert "." not in text or text[-1] in "123456789"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(10), "10"),
        (Fraction(1, 8), "0.125"),
        (Fraction(2, 3), "about 0.666667"),
        (Fraction(10**9 + 1, 10**9), "about 1"),
    ],
)
def test_a_decimal_reads_as_people_write_it(number: Fraction, text: str) -> None:
    written = decimal_text(number)

    assert written == text


@pytest.mark.parametrize(
    ("value", "text"), [(2_000, "2000"), (1_998.046875, "about 1998.047"), (2_000.0, "about 2000")]
)
def test_an_expectation_says_that_it_is_one(value: float, text: str) -> None:
    written = rounded_text(value)

    assert written == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 passes"),
        (1, "1 pass"),
        (Fraction(1), "1 pass"),
        (Fraction(1, 2), "0.5 passes"),
        (Fraction(4, 3), "about 1.333333 passes"),
    ],
)
def test_only_one_is_singular(number: int | Fraction, text: str) -> None:
    written = counted(number, "pass", "passes")

    assert written == text
