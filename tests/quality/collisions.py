"""Tests of values in sorted order: equal cells, equal spacings, and correlation by rank."""

from fractions import Fraction
from math import comb, sqrt

import numpy as np

from tests.quality.cells import Cells
from tests.quality.chi_square import normal, poisson
from tests.quality.outcome import Outcome
from tests.quality.wanted import Values

MEMBERS = 64  # values that share a cell
MOST_CELLS = 2**28


def collisions(values: Values, size: int, *, low: bool) -> Outcome:
    """Pairs of values of one block that share a cell; the blocks are of different orders."""
    cells = Cells(size, min(MOST_CELLS, size // MEMBERS), low=low)
    count = values.shape[-1]
    labels = np.sort(cells.labels(values.reshape(-1, count)), axis=-1)
    begins = np.ones(labels.shape, np.bool_)
    begins[:, 1:] = labels[:, 1:] != labels[:, :-1]
    runs = np.diff(np.flatnonzero(begins), append=labels.size)
    found = int((runs * (runs - 1) // 2).sum())
    share, variance = _pairs_in_a_cell(cells, count)
    blocks = len(labels)
    mean = blocks * comb(count, 2) * share
    return normal(found, mean=float(mean), deviation=sqrt(blocks * variance))


def _pairs_in_a_cell(cells: Cells, count: int) -> tuple[Fraction, Fraction]:
    """How likely a pair shares a cell, and the variance of the number of pairs that do.

    The values of a block never repeat. For the variance all cells are equally large; in floating
    point, what remains of its terms would be lost.
    """
    size = cells.size
    share = Fraction(cells.pairs(), size * (size - 1))
    members = share * (size - 1) + 1
    touching = (members - 1) * (members - 2) / ((size - 1) * (size - 2))
    others = (size - members) * (members - 1) + (members - 2) * (members - 3)
    apart = share * others / ((size - 2) * (size - 3))
    variance = comb(count, 2) * share * (1 - share)
    variance += 6 * comb(count, 3) * (touching - share**2)  # pairs with one value in common
    variance += 6 * comb(count, 4) * (apart - share**2)
    return share, variance


def equal_spacings(values: Values, size: int) -> Outcome:
    """Marsaglia's birthday spacings: how many spacings of sorted values are equal."""
    count = min(values.shape[-1], 1 << (round((4 * size) ** (1 / 3)).bit_length() - 1))
    groups = values.reshape(-1, count)
    spacings = np.sort(np.diff(np.sort(groups, axis=-1), axis=-1), axis=-1)
    equal = int((spacings[:, 1:] == spacings[:, :-1]).sum())
    return poisson(equal, mean=len(groups) * count**3 / (4 * size))


def rank_correlation(before: Values, after: Values, sizes: tuple[int, int]) -> Outcome:
    """Of the values at the same positions of two orders; a value is its own rank."""
    first, second = (
        (values.ravel() - (size - 1) / 2) / size
        for values, size in zip((before, after), sizes, strict=True)
    )
    summed = float(first @ second)
    variances = [(1 - size**-2.0) / 12 for size in sizes]
    return normal(summed, mean=0, deviation=sqrt(first.size * variances[0] * variances[1]))
