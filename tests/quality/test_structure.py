"""Exact distributions, against all the orders of six samples."""

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from tests.quality.cells import Cells
from tests.quality.chi_square import counted
from tests.quality.structure import (
    Shares,
    ascent_shares,
    ascents,
    cycle_shares,
    cycles,
    fixed_point_shares,
    fixed_points,
    longest_increasing,
    longest_increasing_shares,
    ordering_of_four,
)
from tests.quality.wanted import Values

ALL_ORDERS = np.array(list(permutations(range(6))))


def six_at_most(size: int) -> Shares:
    return cycle_shares(size, size)


@pytest.mark.parametrize(
    ("statistic", "shares"),
    [
        (fixed_points, fixed_point_shares),
        (ascents, ascent_shares),
        (cycles, six_at_most),
        (longest_increasing, longest_increasing_shares),
    ],
)
def test_the_distribution_is_that_of_all_orders(
    statistic: Callable[[Values], Values], shares: Callable[[int], Shares]
) -> None:
    expected = shares(6)

    observed = counted(statistic(ALL_ORDERS), expected.size) / len(ALL_ORDERS)

    assert observed == pytest.approx(expected)


def test_the_24_orders_of_four_have_24_codes() -> None:
    orders = np.array(list(permutations(range(4))))

    codes = ordering_of_four(orders)

    assert sorted(codes) == list(range(24))


@pytest.mark.parametrize("low", [False, True])
@pytest.mark.parametrize(("size", "number"), [(12, 4), (13, 4), (100, 7)])
def test_pairs_that_share_a_cell_are_as_many_as_there_are(
    size: int, number: int, *, low: bool
) -> None:
    cells = Cells(size, number, low=low)
    labels = cells.labels(np.arange(size))

    pairs = cells.pairs()

    assert pairs == np.count_nonzero(labels[:, None] == labels) - size


@pytest.mark.parametrize("low", [False, True])
def test_the_members_of_all_cells_are_the_dataset(*, low: bool) -> None:
    cells = Cells(1000, 48, low=low)

    members = cells.members()

    assert members == pytest.approx(np.bincount(cells.labels(np.arange(1000)), minlength=48))
