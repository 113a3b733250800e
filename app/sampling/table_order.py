"""Orders that are read out of a table, which is computed as a whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.integers import ceil_div
from app.sampling.kernel_set import Indices
from app.sampling.layout import Progression
from app.sampling.memo import TABLES

_TURN_WORK = 64
"""What it takes to go back to the head of the table, in indices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOrder:
    """Position -> sample index by a table; positions behind its end repeat it from its head.

    >>> order = TableOrder(
    ...     key=("doctest", 3), entries=3, make=lambda: np.array([2, 0, 1], np.uint32)
    ... )
    >>> out = np.empty(4, np.int64)
    >>> order.fill(out, start=1)
    >>> out.tolist(), list(order.positions_of(2, stop=7))
    ([0, 1, 2, 0], [0, 3, 6])

    Attributes:
        key: Tells the table apart from every other one.
        entries: Entries of the table, at least 1.
        make: Computes it: an array of integers, shape (entries,); -1 for a place without a sample.
    """

    key: tuple[object, ...]
    entries: int
    make: Callable[[], NDArray[Any]]

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        table, filled, place = self._table(), 0, start
        while filled < len(out):
            position = place % self.entries
            part = table[position::stride][: len(out) - filled]
            out[filled : filled + len(part)] = part
            filled += len(part)
            place += len(part) * stride

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample, ascending."""
        found = np.flatnonzero(self._table() == sample_index).tolist()
        for turn_start in range(0, stop, self.entries):
            yield from (turn_start + each for each in found if turn_start + each < stop)

    def work(self, part: Progression) -> int:
        """An entry is looked up on its own; the table is accounted for as a whole, elsewhere."""
        span = max(0, part.count - 1) * part.stride // (self.entries * part.block)
        return part.count + min(part.count, span) * _TURN_WORK

    def search_work(self, *, stop: int) -> int:
        """The whole table, once, and the turns."""
        return self.entries + ceil_div(stop, self.entries) * _TURN_WORK

    def _table(self) -> NDArray[Any]:
        return TABLES.get(self.key, self.make)
