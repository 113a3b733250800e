"""Counts against their expectations."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, chdtr, chdtrc, erfc, pdtr, pdtrc

from tests.quality.outcome import Outcome, two_sided

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]

LEAST_EXPECTED: Final = 10.0  # a cell that expects less is joined with its neighbours


def chi_square(observed: Counts, shares: Numbers, *, factor: float = 1.0) -> Outcome:
    """Pearson's test.

    >>> outcome = chi_square(np.array([10, 20, 30]), np.array([1 / 3, 1 / 3, 1 / 3]))
    >>> outcome.statistic, outcome.detail, round(outcome.p, 4)
    (10.0, 'df 2', 0.0135)

    Args:
        observed: How often each cell was hit.
        shares: How likely each cell is; their sum is 1.
        factor: Corrects the statistic where the hits depend on each other.
    """
    expected = shares * observed.sum()
    hits, expected = _joined(observed, expected)
    statistic = float(((hits - expected) ** 2 / expected).sum()) * factor
    return chi_square_outcome(statistic, degrees=hits.size - 1)


def chi_square_outcome(statistic: float, *, degrees: int) -> Outcome:
    """A statistic that has the chi-square distribution."""
    below, above = float(chdtr(degrees, statistic)), float(chdtrc(degrees, statistic))
    return Outcome(statistic, two_sided(below, above), f"df {degrees}")


def _joined(observed: Counts, expected: Numbers) -> tuple[Numbers, Numbers]:
    """Neighbours joined, from the left, until every cell expects enough."""
    starts, gathered = [0], 0.0
    for cell, number in enumerate(expected.tolist()):
        if gathered >= LEAST_EXPECTED:
            starts.append(cell)
            gathered = 0.0
        gathered += number
    if gathered < LEAST_EXPECTED and len(starts) > 1:
        starts.pop()
    joined = np.add.reduceat(observed, starts), np.add.reduceat(expected, starts)
    return joined[0].astype(np.float64), joined[1]


def largest_z(observed: Counts, *, trials: int, share: float) -> Outcome:
    """The cell that lies furthest out, among equally likely ones; the level is shared out."""
    deviations = (observed - trials * share) / np.sqrt(trials * share * (1 - share))
    largest = float(np.abs(deviations).max())
    beyond = observed.size * float(erfc(largest / np.sqrt(2)))
    return Outcome(largest, min(1.0, beyond), f"largest z of {observed.size:,}")


def normal(value: float, *, mean: float, deviation: float) -> Outcome:
    """A value that has the normal distribution."""
    z = (value - mean) / deviation
    return Outcome(z, float(erfc(abs(z) / np.sqrt(2))), f"z of {value:.6g}, mean {mean:.6g}")


def poisson(count: int, *, mean: float) -> Outcome:
    """A count that has the Poisson distribution."""
    at_least = float(pdtrc(count - 1, mean)) if count else 1.0
    return Outcome(count, two_sided(float(pdtr(count, mean)), at_least), f"mean {mean:.1f}")


def fair_coin(heads: int, tosses: int) -> Outcome:
    """The binomial distribution."""
    at_least = float(bdtrc(heads - 1, tosses, 0.5)) if heads else 1.0
    return Outcome(heads, two_sided(float(bdtr(heads, tosses, 0.5)), at_least), f"of {tosses} odd")


def counted(labels: NDArray[np.int64], cells: int) -> Counts:
    """How often each label comes; what is beyond the last cell counts there."""
    return np.bincount(np.minimum(labels.ravel(), cells - 1), minlength=cells)


def outer_shares(*shares: Sequence[float] | Numbers) -> Numbers:
    """Shares of all the combinations of independent cells, in one row."""
    product = np.ones(1)
    for each in shares:
        product = np.multiply.outer(product, np.asarray(each)).ravel()
    return product
