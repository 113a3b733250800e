from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.written import exact_amount, written_amount
from tests.strategies import written_epochs


@given(written=written_epochs())
def test_an_amount_is_exactly_its_digits(written: str) -> None:
    amount = exact_amount(written)

    whole, _, rest = written.partition(".")
    assert amount * 10 ** len(rest) == int(whole + rest)


@given(written=written_epochs())
def test_reading_undoes_writing(written: str) -> None:
    amount = exact_amount(written)

    again = exact_amount(written_amount(amount))

    assert again == amount


@given(written=written_epochs())
def test_no_writing_is_longer_than_what_was_written(written: str) -> None:
    shortest = written_amount(exact_amount(written))

    assert len(str(shortest)) <= len(written)


@given(written=written_epochs())
def test_a_number_and_a_text_with_the_same_digits_are_the_same_amount(written: str) -> None:
    amount = exact_amount(Decimal(written))

    assert amount == exact_amount(written)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (10, Fraction(10)),
        ("10.0", Fraction(10)),
        (Decimal("1e17"), Fraction(10**17)),
        (999_999_999_999_999_999, Fraction(10**18 - 1)),
        ("0.00000000000000001", Fraction(1, 10**17)),
        (Decimal("1E-17"), Fraction(1, 10**17)),
        ("99999999.9999999999", Fraction(10**18 - 1, 10**10)),
    ],
)
def test_eighteen_digits_are_exact(written: int | Decimal | str, amount: Fraction) -> None:
    read = exact_amount(written)

    assert read == amount


@pytest.mark.parametrize(
    "written",
    [
        *("0", "0.0", "-1", "+1", "01", "1.", ".5", "1e3", " 1", "1_0", "NaN", "Infinity"),
        pytest.param("", id="nothing"),
        pytest.param("\u0661", id="a digit that is not ASCII"),
        pytest.param("1" * 19, id="nineteen digits"),
        pytest.param("0." + "0" * 17 + "1", id="nineteen digits with a point"),
        pytest.param("1" * 100_000, id="a hundred thousand digits"),
    ],
)
def test_a_text_that_is_no_short_positive_decimal_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="at most 18 digits"):
        exact_amount(written)


@pytest.mark.parametrize(
    "written",
    ["NaN", "sNaN", "Infinity", "0", "-1", "-0", "1e18", "1e999999", "1e-18", "1e-999999"],
)
def test_a_number_that_is_no_short_positive_decimal_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="at most 18 digits"):
        exact_amount(Decimal(written))


@pytest.mark.parametrize(
    "written",
    [0, -5, 10**18, pytest.param(-(10**5_000), id="too many digits to be written")],
)
def test_an_integer_that_is_not_short_and_positive_is_refused(written: int) -> None:
    with pytest.raises(ValueError, match="at most 18 digits"):
        exact_amount(written)


@given(amount=st.integers(1, 2**63 - 1))
def test_a_whole_amount_is_written_as_an_integer(amount: int) -> None:
    written = written_amount(Fraction(amount))

    assert written == amount
