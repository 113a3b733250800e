"""Orders whose sample at a position follows from the position alone, for whole arrays of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel_set import Indices
from app.sampling.layout import Progression

_TOGETHER: Final = 4_096  # positions: few enough for their numbers to stay in a cache


class ComputedOrder(ABC):
    """An order without a table and without an inverse.

    >>> class Doubled(ComputedOrder):
    ...     def samples(self, positions: NDArray[np.uint64]) -> NDArray[np.uint64]:
    ...         return positions * np.uint64(2)
    >>> out = np.empty(3, np.int64)
    >>> Doubled().fill(out, start=1, stride=4)
    >>> out.tolist(), [*Doubled().positions_of(8, stop=10)]
    ([2, 10, 18], [4])
    """

    __slots__ = ()

    @abstractmethod
    def samples(self, positions: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """The samples that stand at positions.

        Args:
            positions: uint64, one dimension.

        Returns:
            uint64, the shape of positions; 2**64 - 1 for a place without a sample.
        """

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        for first in range(0, len(out), _TOGETHER):
            part = out[first : first + _TOGETHER]
            steps = np.arange(len(part), dtype=np.uint64) * np.uint64(stride)
            part[:] = self.samples(steps + np.uint64(start + first * stride))

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample, found by looking at every one."""
        for first in range(0, stop, _TOGETHER):
            part = np.empty(min(_TOGETHER, stop - first), dtype=np.int64)
            self.fill(part, start=first)
            yield from (first + np.flatnonzero(part == sample_index)).tolist()

    def work(self, part: Progression) -> int:
        """A sample follows from its position."""
        return part.count

    def search_work(self, *, stop: int) -> int:
        """Every position is looked at."""
        return stop
