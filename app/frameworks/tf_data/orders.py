"""Orders in which tf.data pipelines hand samples to the ranks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.frameworks.tf_data.epoch import PipelineEpoch
from app.frameworks.tf_data.tables import Shuffle, shuffled_table
from app.sampling.computed_order import ComputedOrder
from app.sampling.layout import Layout
from app.sampling.order import Identity, Order, PassOrder
from app.sampling.table_order import TableOrder


def pipeline_order(epoch: PipelineEpoch, shuffle: Shuffle | None) -> Order:
    """The order of an epoch; without a shuffle it takes no table."""
    if shuffle is None:
        if epoch.across or epoch.drifts:
            return DealtOrder(epoch=epoch)
        return PassOrder(
            dataset_size=epoch.turn,
            first_position=epoch.start % epoch.turn,
            order_of=lambda _: Identity(),
            table_size=0,
            fresh_order_per_pass=False,
        )
    return TableOrder(
        key=("tf-data", epoch, shuffle),
        entries=epoch.count,
        make=lambda: shuffled_table(epoch, shuffle),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DealtOrder(ComputedOrder):
    """Samples in the order of the dataset, dealt to the ranks one by one, read block by block.

    >>> from app.arithmetic.batch import solve_batch
    >>> from app.frameworks.tf_data.pipeline import Pipeline
    >>> pipeline = Pipeline(
    ...     order="shard.shuffle.batch",
    ...     dataset_size=9,
    ...     batch=solve_batch(micro_batch_size=2, data_parallel_size=2),
    ...     drop_remainder=True,
    ... )
    >>> order = DealtOrder(
    ...     epoch=PipelineEpoch(pipeline=pipeline, start=0, count=8, iteration=0, endless=False)
    ... )
    >>> out = np.empty(8, np.int64)
    >>> order.fill(out, start=0)
    >>> out.tolist(), [*order.positions_of(3, stop=8)]
    ([0, 2, 1, 3, 4, 6, 5, 7], [3])

    Attributes:
        epoch: An epoch that is not shuffled.
    """

    epoch: PipelineEpoch

    def samples(self, positions: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """The samples that stand at positions: uint64, the shape of positions."""
        epoch, ranks = self.epoch, np.uint64(self.epoch.pipeline.batch.data_parallel_size)
        rank, number = _places(epoch, positions)
        if not epoch.drifts:
            turn = np.uint64(epoch.turn)
            dealt = (number * ranks + rank) % turn + np.uint64(epoch.start % epoch.turn)
            return dealt % turn
        first, sizes = epoch.start // int(ranks), epoch.pipeline.shard_samples
        least = sizes(int(ranks) - 1)
        longer = rank < np.uint64(epoch.pipeline.dataset_size % int(ranks))
        size = np.where(longer, np.uint64(least + 1), np.uint64(least))
        before = np.where(longer, np.uint64(first % (least + 1)), np.uint64(first % least))
        return (number % size + before) % size * ranks + rank


def _places(
    epoch: PipelineEpoch, positions: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Rank of every position, and how many samples that rank takes before it in the epoch."""
    batch = epoch.pipeline.batch
    size, ranks = np.uint64(batch.micro_batch_size), np.uint64(batch.data_parallel_size)
    if epoch.pipeline.layout is Layout.STRIDED:
        return positions % ranks, positions // ranks
    row, inside = positions // (size * ranks), positions % (size * ranks)
    return inside // size, row * size + inside % size
