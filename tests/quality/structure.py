"""Statistics of whole permutations, and how they are distributed if all orders are equally likely.

Every distribution is exact: orders are counted, not approximated.
"""

from collections.abc import Iterator
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import inlined
from tests.quality.wanted import Values

Shares = NDArray[np.float64]


def fixed_points(orders: Values) -> Values:
    """Samples that stand at their own position; a row is an order."""
    fixed: Values = (orders == np.arange(orders.shape[-1])).sum(axis=-1, dtype=np.int64)
    return fixed


def ascents(orders: Values) -> Values:
    """Positions whose next value is larger: one less than the descending runs."""
    ascending: Values = (np.diff(orders, axis=-1) > 0).sum(axis=-1, dtype=np.int64)
    return ascending


def cycles(orders: Values) -> Values:
    """How many cycles each order has."""
    return np.array([_cycles(order) for order in orders])


@inlined
def _cycles(order: Values) -> int:
    seen = np.zeros(order.size, np.bool_)
    found = 0
    for first in range(order.size):
        found += not seen[first]
        sample_index = first
        while not seen[sample_index]:
            seen[sample_index] = True
            sample_index = order[sample_index]
    return found


def longest_increasing(orders: Values) -> Values:
    """Length of the longest increasing subsequence of each order."""
    lengths = np.ones_like(orders)
    for last in range(1, orders.shape[-1]):
        smaller = orders[:, :last] < orders[:, last, None]
        lengths[:, last] += np.where(smaller, lengths[:, :last], 0).max(axis=-1)
    longest: Values = lengths.max(axis=-1)
    return longest


def fixed_point_shares(size: int) -> Shares:
    """Rencontres numbers: choose the fixed points, derange the others.

    >>> fixed_point_shares(3).round(4).tolist()
    [0.3333, 0.5, 0.0, 0.1667]
    """
    deranged = [1.0, 0.0]
    for n in range(2, size + 1):
        deranged.append((deranged[-1] * (n - 1) + deranged[-2]) / n)  # divided by n!
    return np.array([deranged[size - fixed] / factorial(fixed) for fixed in range(size + 1)])


def ascent_shares(size: int) -> Shares:
    """Eulerian numbers.

    >>> (6 * ascent_shares(3)).tolist()
    [1.0, 4.0, 1.0]
    """
    numbers = [1]
    for n in range(2, size + 1):
        padded = [0, *numbers, 0]
        numbers = [(n - i) * padded[i] + (i + 1) * padded[i + 1] for i in range(n)]
    return np.array([number / factorial(size) for number in numbers])


def cycle_shares(size: int, most: int) -> Shares:
    """A sum of coins: position i closes a cycle once in i times.

    >>> (6 * cycle_shares(3, 5)).round(9).tolist()
    [0.0, 2.0, 3.0, 1.0, 0.0, 0.0]
    """
    shares = np.zeros(most + 1)
    shares[0] = 1.0
    for i in range(1, size + 1):
        closed = shares[:-1] / i
        shares *= 1 - 1 / i
        shares[1:] += closed
    return shares


def longest_increasing_shares(size: int) -> Shares:
    """Pairs of standard tableaux of one shape, counted by the length of its first row.

    >>> (6 * longest_increasing_shares(3)).round(9).tolist()
    [0.0, 1.0, 4.0, 1.0]
    """
    shares = np.zeros(size + 1)
    for shape in _partitions(size, size):
        shares[shape[0]] += _tableaux(shape) ** 2 / factorial(size)
    return shares


def _partitions(size: int, largest: int) -> Iterator[tuple[int, ...]]:
    if size == 0:
        yield ()
    for first in range(min(size, largest), 0, -1):
        yield from ((first, *rest) for rest in _partitions(size - first, first))


def _tableaux(shape: tuple[int, ...]) -> int:
    """The hook length formula."""
    columns = [sum(row > j for row in shape) for j in range(shape[0])]
    hooks = (row - j + columns[j] - i - 1 for i, row in enumerate(shape) for j in range(row))
    return factorial(sum(shape)) // prod(hooks)


def ordering_of_four(values: Values) -> Values:
    """Which of the 24 orders every four values have, none of them used twice."""
    fours = values.reshape(-1, 4)
    codes = np.zeros(len(fours), np.int64)
    for i, base in enumerate((6, 2, 1)):
        codes += base * np.count_nonzero(fours[:, i + 1 :] < fours[:, i, None], axis=-1)
    return codes
