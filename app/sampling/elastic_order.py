"""Orders of epochs that are handed out by an elastic partition."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.sampling.elastic_ranks import BLANK, ElasticRanks
from app.sampling.kernel_set import Indices
from app.sampling.layout import Progression

_TOGETHER = 4_096
"""Positions that are computed together: few enough for their numbers to stay in a cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticOrder:
    """Position -> sample index, through a table where the epoch is shuffled or resampled.

    >>> from app.sampling.elastic_partition import ElasticPartition
    >>> partition = ElasticPartition(sample_count=5, canonical_nodes=1, nodes=1, ranks_per_node=2)
    >>> ranks = ElasticRanks(
    ...     partition=partition, data_parallel_size=2, micro_batch_size=2, drop_last=False
    ... )
    >>> order = ElasticOrder(ranks=ranks, table=lambda: np.array([4, 2, 0, 3, 1]))
    >>> out = np.empty(6, np.int64)
    >>> order.fill(out, start=0)
    >>> out.tolist(), [*order.positions_of(3, stop=6)]
    ([4, 2, 0, 3, 1, 3], [3, 5])

    Attributes:
        ranks: Who gets which entry of the partition.
        table: Gives the sample of the dataset for every sample of the partition: an array of
            integers, shape (sample_count,); None where they are the same.
    """

    ranks: ElasticRanks
    table: Callable[[], NDArray[Any]] | None = None

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer.

        Args:
            out: int64, shape (positions,); -1 is written where there is no sample.
            start: The first position.
            stride: Distance between positions.
        """
        table = self.table() if self.table else None
        for first in range(0, len(out), _TOGETHER):
            count = min(_TOGETHER, len(out) - first)
            part = self.ranks.samples(_positions(start + first * stride, stride, count))
            if table is not None:
                filled = part != BLANK
                part[filled] = table[part[filled]]
            out[first : first + count] = part

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample, found by looking at every one."""
        for first in range(0, stop, _TOGETHER):
            part = np.empty(min(_TOGETHER, stop - first), dtype=np.int64)
            self.fill(part, start=first)
            yield from (first + np.flatnonzero(part == sample_index)).tolist()

    def work(self, part: Progression) -> int:
        """An entry follows from its place; the table is accounted for as a whole, elsewhere."""
        return part.count

    def search_work(self, *, stop: int) -> int:
        """Every position is looked at."""
        return stop


def _positions(start: int, stride: int, count: int) -> NDArray[np.int64]:
    return start + np.arange(count, dtype=np.int64) * stride
