"""Whole orders of the network: fixed points, cycles and parity."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from tests.quality.chi_square import chi_square, counted, fair_coin
from tests.quality.effort import Effort
from tests.quality.family import Family, Statistic
from tests.quality.outcome import Outcome
from tests.quality.structure import (
    cycle_shares,
    cycles,
    fixed_point_shares,
    fixed_points,
)
from tests.quality.wanted import Source, Values, Wanted
from tests.quality.weak_network import WeakNetwork
from tests.quality.weak_small import Twice

FEW_ORDERS_FROM = 2**20  # too few to tell one fixed point from two
MOST_CYCLES = 60  # 12 are usual, and more than these do not occur
FIXED_SHARES = 170  # of a dataset of this size, as good as of any larger one
WEAK = (WeakNetwork(3), Twice())


def families(effort: Effort) -> Iterator[Family]:
    """Left halves with an even and with an odd number of values, and a larger one."""
    for size, orders in ((65_536, 1_024), (129 * 2**9, 1_024), (2**20, 256)):
        yield Family(
            name=f"whole orders, N = {size:,}",
            sample=partial(_counts, size, effort.seeds(orders)),
            statistics=_statistics(size),
            weak=WEAK,
        )


def _counts(size: int, seeds: range, source: Source) -> Values:
    """Fixed points and cycles, a row for every order."""
    counts = np.empty((len(seeds), 2), np.int64)
    for seed, row in zip(seeds, counts, strict=True):
        order = source.values(Wanted(size=size, seeds=(seed,), count=size))[0]
        row[:] = fixed_points(order)[0], cycles(order)[0]
    return counts


def _statistics(size: int) -> dict[str, Statistic]:
    statistics: dict[str, Statistic] = {
        "cycles": partial(_cycles, size),
        "parity": partial(_parity, size),
    }
    if size < FEW_ORDERS_FROM:
        statistics["fixed points"] = _fixed_points
    return statistics


def _fixed_points(counts: Values) -> Outcome:
    shares = fixed_point_shares(FIXED_SHARES)
    return chi_square(counted(counts[:, 0], shares.size), shares)


def _cycles(size: int, counts: Values) -> Outcome:
    shares = cycle_shares(size, MOST_CYCLES)
    return chi_square(counted(counts[:, 1], shares.size), shares)


def _parity(size: int, counts: Values) -> Outcome:
    odd = int(np.count_nonzero((size - counts[:, 1]) % 2))
    return fair_coin(odd, len(counts))
