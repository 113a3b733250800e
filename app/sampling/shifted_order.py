"""Orders that begin in the middle of another one."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.sampling.kernel_set import Indices
from app.sampling.layout import Progression
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftedOrder:
    """An epoch that begins at a later position of an order.

    >>> import numpy as np
    >>> from app.sampling.order import Identity, PassOrder
    >>> whole = PassOrder(
    ...     dataset_size=9,
    ...     first_position=0,
    ...     order_of=lambda _: Identity(),
    ...     table_size=0,
    ...     fresh_order_per_pass=False,
    ... )
    >>> order, out = ShiftedOrder(inner=whole, first=4), np.empty(3, np.int64)
    >>> order.fill(out, start=1)
    >>> out.tolist(), list(order.positions_of(6, stop=5))
    ([5, 6, 7], [2])

    Attributes:
        inner: The whole order.
        first: Its position that is the first one of the epoch.
    """

    inner: Order
    first: int

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        self.inner.fill(out, start=self.first + start, stride=stride)

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample, ascending."""
        for position in self.inner.positions_of(sample_index, stop=self.first + stop):
            if position >= self.first:
                yield position - self.first

    def work(self, part: Progression) -> int:
        """Indices that are computed to fill a part, tables included."""
        return self.inner.work(part)

    def search_work(self, *, stop: int) -> int:
        """Indices that are computed to find a sample among the positions [0, stop)."""
        return self.inner.search_work(stop=self.first + stop)
