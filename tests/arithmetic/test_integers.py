import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.integers import INT64_MAX, ceil_div, nearest_divisors, nearest_multiples
from tests.strategies import sizes

small = st.integers(1, 60)


@given(dividend=st.integers(0, 2**130), divisor=sizes)
def test_a_quotient_rounded_up_is_the_fewest_that_hold_everything(
    dividend: int, divisor: int
) -> None:
    quotient = ceil_div(dividend, divisor)

    assert quotient * divisor >= dividend > (quotient - 1) * divisor


@given(value=sizes, divisor=sizes)
def test_the_nearest_multiples_are_multiples_that_a_spec_may_hold(value: int, divisor: int) -> None:
    multiples = nearest_multiples(value, divisor)

    assert all(number % divisor == 0 and 1 <= number <= INT64_MAX for number in multiples)


@given(value=small, divisor=small)
def test_the_nearest_multiples_are_those_that_a_full_search_finds(value: int, divisor: int) -> None:
    legal = [number for number in range(1, 200) if number % divisor == 0]

    multiples = nearest_multiples(value, divisor)

    below, above = [n for n in legal if n <= value], [n for n in legal if n > value]
    assert multiples == (*below[-1:], *above[:1])


def test_no_multiple_above_the_largest_integer_is_offered() -> None:
    multiples = nearest_multiples(INT64_MAX, 2**62)

    assert multiples == (2**62,)


def test_a_divisor_above_the_largest_integer_has_no_multiples() -> None:
    multiples = nearest_multiples(5, 2**63)

    assert multiples == ()


@given(dividend=small, value=small, multiple_of=st.integers(1, 6))
def test_the_nearest_divisors_are_those_that_a_full_search_finds(
    dividend: int, value: int, multiple_of: int
) -> None:
    legal = [n for n in range(1, 200) if dividend % n == 0 and n % multiple_of == 0]

    divisors = nearest_divisors(dividend, value, multiple_of=multiple_of, reach=200)

    below, above = [n for n in legal if n <= value], [n for n in legal if n > value]
    assert divisors == (*below[-1:], *above[:1])


@pytest.mark.parametrize(("reach", "divisors"), [(1, (2,)), (2, (2, 6))])
def test_a_search_for_divisors_looks_at_as_many_as_it_may(
    reach: int, divisors: tuple[int, ...]
) -> None:
    found = nearest_divisors(6, 3, multiple_of=2, reach=reach)

    assert found == divisors


def test_a_search_for_divisors_ends_at_its_reach() -> None:
    prime = 2**61 - 1

    divisors = nearest_divisors(prime, 2**40, multiple_of=1, reach=256)

    assert divisors == ()
