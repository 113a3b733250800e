"""Whole orders of few samples: every order, every cell, and what orders look like inside."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from app.sampling.keys import Purpose
from tests.quality.chi_square import chi_square, chi_square_outcome, counted, largest_z
from tests.quality.effort import Effort
from tests.quality.family import Family, Statistic
from tests.quality.outcome import Outcome
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
)
from tests.quality.wanted import Source, Values, Wanted
from tests.quality.weak_small import NaiveShuffle, Rotation

WEAK = (NaiveShuffle(), Rotation())
INSIDE = 20  # samples of the orders that are looked into


def families(effort: Effort) -> Iterator[Family]:
    """All of them."""
    yield _family("N = 5", _whole(5, effort.seeds(300_000)), {"all 120 orders": _every_order})
    for size in (10, 100):
        wanted = _whole(size, effort.seeds(100_000))
        tests: dict[str, Statistic] = {
            "position x value": _every_cell,
            "position x value, max": _worst_cell,
        }
        yield _family(f"N = {size}", wanted, tests)
    yield _family(f"N = {INSIDE}", _whole(INSIDE, effort.seeds(60_000)), _inside())
    chosen = Wanted(size=100, seeds=effort.seeds(100_000), count=30, purpose=Purpose.RANDOM_SAMPLE)
    included: dict[str, Statistic] = {"inclusion": _inclusion, "pairs included, max": _pairs}
    yield _family("30 of 100 samples", chosen, included)


def _whole(size: int, seeds: range) -> Wanted:
    return Wanted(size=size, seeds=seeds, count=size)


def _family(name: str, wanted: Wanted, statistics: dict[str, Statistic]) -> Family:
    return Family(name=name, sample=partial(_orders, wanted), statistics=statistics, weak=WEAK)


def _orders(wanted: Wanted, source: Source) -> Values:
    """A row for every order."""
    return source.values(wanted)[:, 0]


def _every_order(orders: Values) -> Outcome:
    # the number of smaller values to the right is below what its place stands for
    codes = np.zeros(len(orders), np.int64)
    for place, stands_for in enumerate((24, 6, 2, 1)):
        smaller = orders[:, place + 1 :] < orders[:, place, None]
        codes += stands_for * np.count_nonzero(smaller, axis=-1)
    return chi_square(counted(codes, 120), np.full(120, 1 / 120))


def _cells(orders: Values) -> Values:
    size = orders.shape[-1]
    return counted(np.arange(size) * size + orders, size**2)


def _every_cell(orders: Values) -> Outcome:
    # sums of permutation matrices: rows and columns are given, hence the degrees of freedom,
    # and the covariance of doubly centred tables, hence the factor
    size, expected = orders.shape[-1], len(orders) / orders.shape[-1]
    statistic = float(((_cells(orders) - expected) ** 2).sum()) / expected * (size - 1) / size
    return chi_square_outcome(statistic, degrees=(size - 1) ** 2)


def _worst_cell(orders: Values) -> Outcome:
    return largest_z(_cells(orders), trials=len(orders), share=1 / orders.shape[-1])


def _inside() -> dict[str, Statistic]:
    found: dict[str, tuple[Callable[[Values], Values], Shares]] = {
        "fixed points": (fixed_points, fixed_point_shares(INSIDE)),
        "cycles": (cycles, cycle_shares(INSIDE, INSIDE)),
        "ascents": (ascents, ascent_shares(INSIDE)),
        "longest increasing": (longest_increasing, longest_increasing_shares(INSIDE)),
    }
    return {name: partial(_distributed, *each) for name, each in found.items()}


def _distributed(counts: Callable[[Values], Values], shares: Shares, orders: Values) -> Outcome:
    return chi_square(counted(counts(orders), shares.size), shares)


def _inclusion(samples: Values) -> Outcome:
    # the total is given: one degree less, and counts vary less than independent ones
    orders, chosen = samples.shape
    share = chosen / 100
    squares = float(((counted(samples, 100) - orders * share) ** 2).sum())
    statistic = squares / (orders * share * (1 - share)) * 99 / 100
    return chi_square_outcome(statistic, degrees=99)


def _pairs(samples: Values) -> Outcome:
    orders, chosen = samples.shape
    included = np.zeros((orders, 100), np.float32)
    np.put_along_axis(included, samples, 1, axis=-1)
    together = np.rint(included.T @ included).astype(np.int64)[np.triu_indices(100, 1)]
    return largest_z(together, trials=orders, share=chosen * (chosen - 1) / 9900)
