from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.buffer_coverage import BufferedPasses, buffer_coverage
from tests.strategies import sparingly

small = st.integers(1, 9)


def chances_to_miss(pool_size: int, buffer_size: int, drawn: int) -> list[float]:
    """By looking at every draw: a sample that waits is spared by it."""
    spared = [1.0] * pool_size
    for number in range(drawn):
        waiting = min(buffer_size, pool_size - number)
        for sample in range(min(pool_size, number + buffer_size)):
            spared[sample] *= 1 - 1 / waiting
    return spared


@given(pool_size=small, buffer_size=st.integers(2, 12), passes=st.integers(1, 4), data=st.data())
def test_the_expectation_is_the_sum_of_all_chances(
    pool_size: int, buffer_size: int, passes: int, data: st.DataObject
) -> None:
    full = data.draw(st.integers(0, pool_size))
    last = data.draw(st.integers(0, full if passes > 1 else pool_size))
    found = BufferedPasses(
        pool_size=pool_size,
        buffer_size=buffer_size,
        passes=passes,
        pass_samples=full,
        last_pass_samples=last,
        fresh=True,
    )

    distinct = found.distinct_samples

    missed = [
        whole ** (passes - 1) * part
        for whole, part in zip(
            chances_to_miss(pool_size, buffer_size, full),
            chances_to_miss(pool_size, buffer_size, last),
            strict=True,
        )
    ]
    assert distinct == pytest.approx(pool_size - sum(missed))


def test_a_buffer_of_all_samples_gives_every_order_the_same_chance() -> None:
    passes = BufferedPasses(
        pool_size=4, buffer_size=4, passes=2, pass_samples=3, last_pass_samples=2, fresh=True
    )

    heads = [
        (set(one[:3]), set(other[:2]))
        for one in permutations(range(4))
        for other in permutations(range(4))
    ]

    mean = sum(len(one | other) for one, other in heads) / len(heads)
    assert passes.distinct_samples == pytest.approx(mean)


@pytest.mark.parametrize(
    ("changed", "exact"),
    [
        ({}, False),
        ({"passes": 1}, True),
        ({"buffer_size": 1}, True),
        ({"fresh": False}, True),
        ({"pass_samples": 9}, True),
        ({"pass_samples": 0, "last_pass_samples": 0}, True),
    ],
)
def test_a_number_is_exact_where_no_seed_changes_it(
    changed: dict[str, int | bool], *, exact: bool
) -> None:
    fields: dict[str, Any] = {
        "pool_size": 9,
        "buffer_size": 4,
        "passes": 3,
        "pass_samples": 6,
        "last_pass_samples": 5,
        "fresh": True,
    }
    passes = BufferedPasses(**(fields | changed))

    found = passes.exact

    assert found is exact


@sparingly
@given(pool_size=st.integers(2, 2**63 - 1), buffer_size=st.integers(2, 2**63 - 1))
def test_a_pool_of_any_size_is_expected_to_give_more_than_a_pass_and_less_than_all(
    pool_size: int, buffer_size: int
) -> None:
    passes = BufferedPasses(
        pool_size=pool_size,
        buffer_size=buffer_size,
        passes=2,
        pass_samples=pool_size - 1,
        last_pass_samples=pool_size // 2,
        fresh=True,
    )

    distinct = passes.distinct_samples

    assert (pool_size - 1) * (1 - 1e-12) <= distinct <= pool_size * (1 + 1e-12)


def test_pools_are_added_up() -> None:
    passes = BufferedPasses(
        pool_size=5, buffer_size=5, passes=1, pass_samples=5, last_pass_samples=4, fresh=True
    )

    coverage = buffer_coverage([(3, passes)], dataset_size=15)

    assert (coverage.distinct_samples, coverage.fraction, coverage.exact) == (12, 0.8, True)
