"""The samples of an epoch of a shuffled tf.data pipeline, as a table."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.integers import ceil_div
from app.frameworks.tensorflow_seeds import iteration_seeds
from app.frameworks.tf_data.epoch import PipelineEpoch
from app.frameworks.tf_data.pipeline import Pipeline
from app.sampling.buffer_shuffle import buffer_shuffled
from app.sampling.layout import rank_positions


@dataclass(frozen=True, slots=True, kw_only=True)
class Shuffle:
    """The shuffle of a pipeline.

    Attributes:
        seeds: Seeds of the operation.
        buffer_size: Samples that wait together; None for all of them.
        fresh: Whether every iteration draws seeds of its own from those.
    """

    seeds: tuple[int, int]
    buffer_size: int | None = None
    fresh: bool = True

    def order(self, size: int, number: int) -> NDArray[Any]:
        """Iteration number `number` through so many samples, at least one."""
        return buffer_shuffled(
            size,
            buffer_size=self.buffer_size or size,
            seeds=iteration_seeds(self.seeds, number) if self.fresh else self.seeds,
        )


def shuffled_table(epoch: PipelineEpoch, shuffle: Shuffle) -> NDArray[Any]:
    """Sample indices at the positions of an epoch.

    >>> from app.arithmetic.batch import solve_batch
    >>> pipeline = Pipeline(
    ...     order="shard.shuffle.batch",
    ...     dataset_size=10,
    ...     batch=solve_batch(micro_batch_size=2, data_parallel_size=1),
    ...     drop_remainder=False,
    ... )
    >>> epoch = PipelineEpoch(pipeline=pipeline, start=0, count=10, iteration=1, endless=False)
    >>> shuffled_table(epoch, Shuffle(seeds=(87654321, 1))).tolist()
    [8, 9, 7, 5, 4, 6, 2, 1, 0, 3]

    Returns:
        Integers, shape (epoch.count,).
    """
    if epoch.pipeline.shuffles_shards or epoch.drifts:
        return _by_ranks(epoch, shuffle)
    if epoch.across:
        return _blocks(epoch, shuffle)
    return _common_stream(epoch, shuffle, epoch.count)


def _common_stream(epoch: PipelineEpoch, shuffle: Shuffle, count: int) -> NDArray[Any]:
    """The first samples of an epoch in the stream that all ranks share."""
    return chained(
        lambda number: shuffle.order(epoch.pipeline.dataset_size, epoch.iteration + number),
        turn=epoch.turn,
        part=range(epoch.start, epoch.start + count),
    )


def _blocks(epoch: PipelineEpoch, shuffle: Shuffle) -> NDArray[Any]:
    """The table where samples go round the ranks, and every rank batches those that it gets."""
    batch = epoch.pipeline.batch
    rows = ceil_div(epoch.count, batch.row_samples)
    dealt = rows * batch.row_samples
    read = dealt if epoch.endless else min(dealt, epoch.turn)
    stream = np.zeros(dealt, np.int64)
    stream[:read] = _common_stream(epoch, shuffle, read)
    by_slot = stream.reshape(rows, batch.micro_batch_size, batch.data_parallel_size)
    return by_slot.swapaxes(1, 2).reshape(-1)[: epoch.count]


def chained(iteration: Callable[[int], NDArray[Any]], *, turn: int, part: range) -> NDArray[Any]:
    """A part of the stream of iterations, of each of which `turn` samples are taken."""
    pieces: list[NDArray[Any]] = []
    for number in range(part.start // turn, ceil_div(part.stop, turn)):
        first = number * turn
        pieces.append(iteration(number)[max(0, part.start - first) : min(turn, part.stop - first)])
    return np.concatenate(pieces)


def _by_ranks(epoch: PipelineEpoch, shuffle: Shuffle) -> NDArray[Any]:
    """The table where every rank has a stream of its own."""
    pipeline = epoch.pipeline
    table = np.empty(epoch.count, np.int64)
    first = epoch.start // pipeline.batch.data_parallel_size
    shards = _shards(pipeline, shuffle)
    for rank in range(pipeline.batch.data_parallel_size):
        taken = rank_positions(pipeline.layout, range(epoch.count), pipeline.batch, rank)
        if taken.count:
            blocks, inside = np.divmod(np.arange(taken.count), taken.block)
            table[taken.start + blocks * taken.stride + inside] = chained(
                partial(shards, rank, epoch.iteration),
                turn=shard_turn(epoch, rank),
                part=range(first, first + taken.count),
            )
    return table


def _shards(pipeline: Pipeline, shuffle: Shuffle) -> Callable[[int, int, int], NDArray[Any]]:
    """Gives the samples of a rank, so many iterations after a first one."""
    ranks = pipeline.batch.data_parallel_size

    def own(rank: int, first: int, ahead: int) -> NDArray[Any]:
        places = shuffle.order(pipeline.shard_samples(rank), first + ahead)
        return places.astype(np.int64) * ranks + rank

    @cache
    def common(number: int) -> NDArray[Any]:
        return shuffle.order(pipeline.dataset_size, number)

    def dealt(rank: int, first: int, ahead: int) -> NDArray[Any]:
        return common(first + ahead)[rank::ranks]

    return own if pipeline.shuffles_shards else dealt


def shard_turn(epoch: PipelineEpoch, rank: int) -> int:
    """Samples that a rank takes of one iteration."""
    pipeline, samples = epoch.pipeline, epoch.pipeline.shard_samples(rank)
    if epoch.endless and pipeline.repeats_batches:
        return samples - samples % pipeline.batch.micro_batch_size
    return samples
