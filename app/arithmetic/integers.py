"""Exact integer arithmetic shared by every schedule."""

from collections.abc import Callable

INT64_MAX = 2**63 - 1
"""Largest integer of a spec and of every per-epoch value."""

UINT64_MAX = 2**64 - 1
"""Largest seed."""


def ceil_div(dividend: int, divisor: int) -> int:
    """Quotient rounded up, exact for integers of any size.

    >>> ceil_div(1_281_167, 256)
    5005
    """
    return -(-dividend // divisor)


def first_that(holds: Callable[[int], bool], candidates: range) -> int:
    """The first candidate for which something holds, by bisection; the end where it is none.

    >>> first_that(lambda number: number * number >= 10, range(100))
    4

    Args:
        holds: Once it holds, it holds for every later candidate.
        candidates: Consecutive integers, of any size.
    """
    low, high = candidates.start, candidates.stop
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def nearest_multiples(value: int, divisor: int) -> tuple[int, ...]:
    """Multiples of divisor on both sides of value that a spec may hold.

    >>> nearest_multiples(10, 4)
    (8, 12)
    >>> nearest_multiples(3, 4)
    (4,)
    """
    below = value - value % divisor
    return tuple(number for number in (below, below + divisor) if 1 <= number <= INT64_MAX)


def nearest_divisors(dividend: int, value: int, *, multiple_of: int, reach: int) -> tuple[int, ...]:
    """Divisors of dividend next to value, among the multiples of a number.

    The search looks at `reach` candidates on each side, so its cost does not depend on the size
    of the numbers; a side without a divisor within reach contributes nothing.

    >>> nearest_divisors(1_797, 32, multiple_of=1, reach=1_000)
    (3, 599)
    >>> nearest_divisors(2_000, 30, multiple_of=4, reach=100)
    (20, 40)
    """
    first = value - value % multiple_of
    below = range(first, max(0, first - reach * multiple_of), -multiple_of)
    above = range(first + multiple_of, first + (reach + 1) * multiple_of, multiple_of)
    return (*_first_divisor(dividend, below), *_first_divisor(dividend, above))


def _first_divisor(dividend: int, candidates: range) -> tuple[int, ...]:
    # a plain loop: hundreds of candidates are tried for many a plan
    for number in candidates:
        if not dividend % number:
            return (number,)
    return ()
