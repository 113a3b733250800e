"""Orders whose seeds, numbers or sizes are neighbours have nothing to do with each other."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from app.sampling.keys import Purpose
from tests.quality.cells import Cells
from tests.quality.chi_square import chi_square, counted, outer_shares
from tests.quality.collisions import rank_correlation
from tests.quality.differences import free_difference
from tests.quality.effort import Effort
from tests.quality.family import Family, Statistic
from tests.quality.outcome import Outcome
from tests.quality.wanted import Source, Values, Wanted
from tests.quality.weak_small import OneKey

SIZES = (1_000, 10**6, 2**32)
COUNTS = {1_000: 16, 10**6: 4_096, 2**32: 16_384}
VALUES = 2**20
CELLS = 32


def families(effort: Effort) -> Iterator[Family]:
    """For every size, the pairs of orders that a careless key would tie together."""
    for size in SIZES:
        first = Wanted(size=size, seeds=effort.seeds(VALUES // COUNTS[size]), count=COUNTS[size])
        for name, (before, after) in _neighbours(first).items():
            yield Family(
                name=f"{name}, N = {size:,}",
                sample=partial(_heads, before, after),
                statistics=_statistics(before.size, after.size),
                weak=(OneKey(),),
            )


def _neighbours(first: Wanted) -> dict[str, tuple[Wanted, Wanted]]:
    next_seeds = range(1, len(first.seeds) + 1)
    return {
        "pass e, e + 1": (first, replace(first, number=1)),
        "seed s, s + 1": (first, replace(first, seeds=next_seeds)),
        "seed s + 1, pass e + 1": (replace(first, seeds=next_seeds), replace(first, number=1)),
        "size N, N - 1": (first, replace(first, size=first.size - 1)),
        "shuffle, random_sample": (first, replace(first, purpose=Purpose.RANDOM_SAMPLE)),
    }


def _heads(before: Wanted, after: Wanted, source: Source) -> Values:
    return np.stack([source.values(before), source.values(after)])


def _statistics(size: int, other: int) -> dict[str, Statistic]:
    return {
        "difference, high": partial(_difference, other, low=False),
        "difference, low": partial(_difference, other, low=True),
        "rank correlation": partial(_correlation, (size, other)),
        "cells of both": partial(_both, (size, other)),
    }


def _difference(size: int, heads: Values, *, low: bool) -> Outcome:
    return free_difference(heads[0], heads[1], size, low=low)


def _correlation(sizes: tuple[int, int], heads: Values) -> Outcome:
    return rank_correlation(heads[0], heads[1], sizes)


def _both(sizes: tuple[int, int], heads: Values) -> Outcome:
    before, after = (Cells(size, CELLS) for size in sizes)
    labels = before.labels(heads[0]) * CELLS + after.labels(heads[1])
    return chi_square(counted(labels, CELLS**2), outer_shares(before.shares(), after.shares()))
