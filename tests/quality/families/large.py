"""Blocks of consecutive positions of large datasets, and a lag of one left half."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from app.sampling.keys import Purpose
from app.sampling.table import TABLE_LIMIT
from tests.quality.chi_square import chi_square, counted
from tests.quality.collisions import collisions, equal_spacings
from tests.quality.differences import (
    difference,
    exclusive_or,
    first_difference,
    frequency,
    second_difference,
    serial,
)
from tests.quality.effort import Effort
from tests.quality.family import Family, Statistic
from tests.quality.outcome import Outcome
from tests.quality.structure import ordering_of_four
from tests.quality.wanted import Source, Values, Wanted
from tests.quality.weak_network import WeakNetwork
from tests.quality.weak_small import NaiveShuffle, Rotation

VALUES = 2**23  # of the two blocks of all the orders, in full
VALUES_OF_TABLES = 2**20  # the naive shuffle makes whole tables, one entry after another
LONGEST_BLOCK = 2**16
SHORTEST_FOR_SPACINGS = 10**9
LOW_BITS = 8  # of a value, that the exclusive or is counted of
# one dataset size of the table; then around the first network, and up to 12 rounds
SIZES = (10_000, 65_536, 10**6, 10**9 + 7, 2**32, 10**15, 74 * 10**17)
WEAK_NETWORKS = (WeakNetwork(3), WeakNetwork(2), WeakNetwork(1), Rotation())
WEAK_TABLES = (NaiveShuffle(), Rotation())


def families(effort: Effort) -> Iterator[Family]:
    """One for every dataset size."""
    for size in SIZES:
        yield Family(
            name=f"N = {size:,}",
            sample=partial(_sample, effort, size),
            statistics=_statistics(size),
            weak=WEAK_NETWORKS if size >= TABLE_LIMIT else WEAK_TABLES,
        )


def right_bits(size: int) -> int:
    """Bits of the right half, see docs/native-order.md."""
    return ((size - 1).bit_length() + 1) // 2


def _sample(effort: Effort, size: int, source: Source) -> Values:
    # few values of every order, so that it hardly matters that none comes twice
    count = min(LONGEST_BLOCK, 2 ** ((size // 120).bit_length() - 1))
    values = VALUES if size >= TABLE_LIMIT else VALUES_OF_TABLES
    wanted = Wanted(
        size=size,
        seeds=effort.seeds(values // (2 * count)),
        starts=(0, max(count, 2 ** right_bits(size))),
        count=count,
        purpose=Purpose.RANDOM_SAMPLE if size == 10**6 else Purpose.SHUFFLE,
    )
    return source.values(wanted)


def _statistics(size: int) -> dict[str, Statistic]:
    tests: dict[str, Callable[..., Outcome]] = {
        "frequency": frequency,
        "serial, high": serial,
        "serial, low": partial(serial, low=True),
        "difference, high": first_difference,
        "difference, low": partial(first_difference, low=True),
        "second difference, high": second_difference,
        "second difference, low": partial(second_difference, low=True),
        "exclusive or, low": exclusive_or,
        "collisions, high": partial(collisions, low=False),
        "collisions, low": partial(collisions, low=True),
    }
    if right_bits(size) > LOW_BITS:
        shift = right_bits(size) - LOW_BITS
        tests["exclusive or, middle"] = partial(exclusive_or, shift=shift)
    if size >= SHORTEST_FOR_SPACINGS:
        tests["birthday spacings"] = equal_spacings
    statistics: dict[str, Statistic] = {
        name: partial(_with_size, test, size) for name, test in tests.items()
    }
    statistics["lag 2^k, high"] = partial(_lagged, size, low=False)
    statistics["lag 2^k, low"] = partial(_lagged, size, low=True)
    statistics["order of four"] = _order_of_four
    return statistics


def _with_size(test: Callable[..., Outcome], size: int, values: Values) -> Outcome:
    return test(values, size)


def _lagged(size: int, values: Values, *, low: bool) -> Outcome:
    return difference(values[:, 0], values[:, 1], size, low=low)


def _order_of_four(values: Values) -> Outcome:
    return chi_square(counted(ordering_of_four(values), 24), np.full(24, 1 / 24))
