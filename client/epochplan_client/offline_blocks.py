"""Blocks of a native order that are computed where they are used."""

import time
from dataclasses import dataclass

from epochplan_client.clock import Span
from epochplan_client.offline_order import OfflineOrder
from epochplan_client.persistence import Pause
from epochplan_client.rank_epoch import Indices


@dataclass(frozen=True, slots=True)
class OfflineBlocks:
    """Blocks of one rank, without a service.

    Attributes:
        order: The order of the plan.
        rank: In [0, data_parallel_size).
    """

    order: OfflineOrder
    rank: int

    @property
    def index_bytes(self) -> int:
        """Bytes of one sample index."""
        return 8

    def indices(self, span: Span, *, pause: Pause = time.sleep) -> Indices:
        """The sample indices of the rank in some steps of an epoch.

        Returns:
            int64, shape (samples of the rank in the span,).
        """
        del pause  # nothing is waited for
        return self.order.rank_indices(span, rank=self.rank)
