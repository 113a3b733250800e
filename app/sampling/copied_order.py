"""Orders in which every sample stands several times in a row, once for each of several readers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.arithmetic.integers import ceil_div
from app.sampling.kernel_set import Indices
from app.sampling.layout import Progression
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedOrder:
    """An order as several ranks read it that know nothing of each other.

    When consecutive positions go round the ranks, every rank reads the whole inner order.

    >>> from app.sampling.order import Identity, PassOrder
    >>> inner = PassOrder(
    ...     dataset_size=9,
    ...     first_position=0,
    ...     order_of=lambda _: Identity(),
    ...     table_size=0,
    ...     fresh_order_per_pass=False,
    ... )
    >>> order, out = CopiedOrder(inner=inner, copies=2), np.empty(5, np.int64)
    >>> order.fill(out, start=3)
    >>> out.tolist(), list(order.positions_of(4, stop=9))
    ([1, 2, 2, 3, 3], [8])

    Attributes:
        inner: What each of the ranks reads.
        copies: Number of ranks.
    """

    inner: Order
    copies: int

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        first, skipped = divmod(start, self.copies)
        if stride % self.copies == 0:
            self.inner.fill(out, start=first, stride=stride // self.copies)
            return
        places = (skipped + stride * np.arange(len(out))) // self.copies
        read = np.empty(places.max(initial=-1) + 1, np.int64)
        self.inner.fill(read, start=first)
        out[:] = read[places]

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample, ascending."""
        inner_stop = ceil_div(stop, self.copies)
        for position in self.inner.positions_of(sample_index, stop=inner_stop):
            first = position * self.copies
            yield from range(first, min(first + self.copies, stop))

    def work(self, part: Progression) -> int:
        """Indices that are computed to fill a part, tables included."""
        return self.inner.work(part)

    def search_work(self, *, stop: int) -> int:
        """Indices that are computed to find a sample among the positions [0, stop)."""
        return self.inner.search_work(stop=ceil_div(stop, self.copies)) + self.copies
