"""Which positions of an epoch a rank takes: affine arithmetic, no memory."""

from dataclasses import dataclass

from app.arithmetic.integers import ceil_div


@dataclass(frozen=True, slots=True)
class Progression:
    """Positions start, start + stride, ...: `count` of them.

    >>> Progression(start=1, stride=4, count=3).positions()
    range(1, 13, 4)
    """

    start: int
    stride: int
    count: int

    def part(self, first: int, stop: int) -> "Progression":
        """The members [first, stop), counted within this progression.

        >>> Progression(start=1, stride=4, count=10).part(2, 5)
        Progression(start=9, stride=4, count=3)
        """
        return Progression(self.start + first * self.stride, self.stride, stop - first)

    def positions(self) -> range:
        """The positions themselves, as a lazy range."""
        return range(self.start, self.start + self.count * self.stride, self.stride)


def strided(positions: range, *, rank: int, data_parallel_size: int) -> Progression:
    """Positions of one rank when consecutive positions go round the ranks.

    A global batch that every rank shares equally starts at a multiple of data_parallel_size, so
    the positions of a rank run on with the same stride across steps.

    >>> strided(range(8, 18), rank=3, data_parallel_size=4).positions()
    range(11, 19, 4)

    Args:
        positions: A contiguous range that starts at a multiple of data_parallel_size.
        rank: In [0, data_parallel_size).
        data_parallel_size: Number of ranks.
    """
    first = positions.start + rank
    count = ceil_div(positions.stop - first, data_parallel_size)
    return Progression(first, data_parallel_size, count)


def contiguous(positions: range) -> Progression:
    """Every position of a contiguous range, in order.

    >>> contiguous(range(8, 18))
    Progression(start=8, stride=1, count=10)
    """
    return Progression(positions.start, 1, positions.stop - positions.start)
