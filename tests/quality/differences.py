"""Tests of values in the order they come in: alone, in pairs, and by their differences."""

import numpy as np

from tests.quality.cells import Cells
from tests.quality.chi_square import chi_square, counted, outer_shares
from tests.quality.outcome import Outcome
from tests.quality.wanted import Values

CELLS = 4096
PAIR_CELLS = 64  # of each of two values


def frequency(values: Values, size: int, *, repeats: bool = False) -> Outcome:
    """How often the values of every part of the dataset come in the first axis's blocks."""
    cells = Cells(size, min(CELLS, size))
    observed = counted(cells.labels(values), cells.number)
    per_order = values[0].size
    # without repetition, counts vary less: the variance of the hypergeometric distribution
    factor = 1.0 if repeats else (size - 1) / (size - per_order)
    return chi_square(observed, cells.shares(), factor=factor)


def serial(values: Values, size: int, *, low: bool = False, repeats: bool = False) -> Outcome:
    """Pairs of neighbours, none of them twice."""
    cells = Cells(size, min(PAIR_CELLS, size), low=low)
    even = values.shape[-1] // 2 * 2
    labels = cells.labels(values[..., :even])
    pairs = labels[..., ::2] * cells.number + labels[..., 1::2]
    shares = outer_shares(cells.shares(), cells.shares())
    if not repeats:
        members = cells.members()
        shares = outer_shares(members, members) - np.diag(members).ravel()
        shares /= float(size) * (size - 1)
    return chi_square(counted(pairs, cells.number**2), shares)


def first_difference(values: Values, size: int, *, low: bool = False) -> Outcome:
    """From every value to the next."""
    return difference(values[..., :-1], values[..., 1:], size, low=low)


def difference(before: Values, after: Values, size: int, *, low: bool = False) -> Outcome:
    """From one value to another one of the same order, modulo the size."""
    cells = Cells(size, min(CELLS, size), low=low)
    observed = counted(cells.labels(modular(after, before, size)), cells.number)
    return chi_square(observed, cells.shares_without_zero())


def free_difference(before: Values, after: Values, size: int, *, low: bool = False) -> Outcome:
    """From one value to another one that may be the same."""
    cells = Cells(size, min(CELLS, size), low=low)
    observed = counted(cells.labels(modular(after, before, size)), cells.number)
    return chi_square(observed, cells.shares())


def second_difference(values: Values, size: int, *, low: bool = False) -> Outcome:
    """How much the difference changes from every value to the next."""
    first = modular(values[..., 1:], values[..., :-1], size)
    return free_difference(first[..., :-1], first[..., 1:], size, low=low)


def exclusive_or(values: Values, size: int, *, shift: int = 0) -> Outcome:
    """Eight bits of the exclusive or of neighbours.

    Below 2**63, as many lower bits as these are as good as even where the size is not a power of
    two: cells differ by less than size / 2**(shift + 8) parts.
    """
    cells = Cells(size, 256, low=True)
    bits = (values[..., 1:] ^ values[..., :-1]) >> shift & 255
    # two different values agree in the bits below the shift and here less often by one in size
    shares = cells.shares_without_zero() if shift == 0 else np.full(256, 1 / 256)
    return chi_square(counted(bits, 256), shares)


def modular(minuend: Values, subtrahend: Values, size: int) -> Values:
    """Differences in [0, size); nothing on the way leaves int64."""
    differences = minuend - subtrahend
    differences[differences < 0] += size
    return differences
