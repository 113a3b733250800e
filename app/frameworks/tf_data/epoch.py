"""One epoch of a tf.data pipeline: which part of which stream it reads."""

from dataclasses import dataclass

from app.arithmetic.integers import ceil_div
from app.frameworks.tf_data.pipeline import Pipeline
from app.sampling.layout import Layout

_POOL_WORK = 100
"""What it takes to begin the shuffle of a shard, in samples that are shuffled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineEpoch:
    """One epoch of a pipeline, in positions.

    Attributes:
        pipeline: The pipeline.
        start: Position of the stream at which the epoch begins, a multiple of a micro-step.
        count: Positions of the epoch.
        iteration: Number of the iteration in which that stream begins.
        endless: Whether it goes on with the next iteration where one ends.
    """

    pipeline: Pipeline
    start: int
    count: int
    iteration: int
    endless: bool

    @property
    def turn(self) -> int:
        """Samples from one iteration to the next in a stream that all ranks share."""
        only_full = self.endless and self.pipeline.repeats_batches
        return self.pipeline.pass_samples if only_full else self.pipeline.dataset_size

    @property
    def drifts(self) -> bool:
        """Whether the ranks repeat shards of unequal size, so that none of them shares a stream."""
        pipeline = self.pipeline
        own = pipeline.repeats_shards and not pipeline.repeats_batches
        return self.endless and own and not pipeline.equal_shards

    @property
    def across(self) -> bool:
        """Whether the blocks of a micro-step are dealt out of it sample by sample."""
        return self.pipeline.layout is Layout.BLOCKED and not self.pipeline.deals_batches

    @property
    def shuffling_work(self) -> int:
        """What it takes to shuffle the epoch, in samples: all iterations that it touches."""
        pools = self.pipeline.batch.data_parallel_size if self.pipeline.shuffles_shards else 1
        touched = ceil_div(self.count, self.turn) + 1 if self.endless else 1
        return touched * (self.pipeline.dataset_size + pools * _POOL_WORK)
