"""Orders of epochs that are handed out by an elastic partition."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.sampling.computed_order import ComputedOrder
from app.sampling.elastic_ranks import BLANK, ElasticRanks


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticOrder(ComputedOrder):
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

    def samples(self, positions: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """The samples that stand at positions; -1, as uint64, where there is none."""
        part = self.ranks.samples(positions.astype(np.int64))
        if self.table:
            filled = part != BLANK
            part[filled] = self.table()[part[filled]]
        return part.view(np.uint64)
