"""A tf.data pipeline: which transformations, in which order, and what comes out of them."""

from dataclasses import dataclass
from typing import Final

from app.arithmetic.integers import ceil_div
from app.arithmetic.spec import BatchGeometry
from app.sampling.layout import Layout

PIPELINES: Final = (
    "shard.shuffle.batch",
    "shuffle.shard.batch",
    "shuffle.batch.shard",
    "shard.shuffle.repeat.batch",
    "shard.shuffle.batch.repeat",
    "shuffle.shard.repeat.batch",
    "shuffle.shard.batch.repeat",
    "shuffle.repeat.shard.batch",
    "shuffle.repeat.batch.shard",
    "shuffle.batch.shard.repeat",
    "shuffle.batch.repeat.shard",
)
"""Orders of the transformations in which samples are shuffled before they are batched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Dataset.range(dataset_size) behind its transformations, one pipeline on every rank.

    Source: tensorflow 2.21.0, tensorflow/python/data/ops/dataset_ops.py (batch, repeat, shard,
    shuffle).

    >>> batch = BatchGeometry.of(
    ...     micro_batch_size=2, gradient_accumulation_steps=1, data_parallel_size=3
    ... )
    >>> pipeline = Pipeline(
    ...     order="shard.shuffle.batch", dataset_size=11, batch=batch, drop_remainder=True
    ... )
    >>> [pipeline.shard_samples(rank) for rank in range(3)], pipeline.pass_samples
    ([4, 4, 3], 10)

    Attributes:
        order: One of PIPELINES.
        dataset_size: Samples of the dataset.
        batch: Sizes of a micro-step.
        drop_remainder: Whether batch leaves out a batch that is not full.
    """

    order: str
    dataset_size: int
    batch: BatchGeometry
    drop_remainder: bool

    def before(self, first: str, second: str) -> bool:
        """Whether one transformation comes before another one; False where there is no such."""
        stages = self.order.split(".")
        return first in stages and second in stages and stages.index(first) < stages.index(second)

    @property
    def repeats(self) -> bool:
        """Whether there is a repeat."""
        return "repeat" in self.order

    @property
    def deals_batches(self) -> bool:
        """Whether shard deals out batches, not samples."""
        return self.before("batch", "shard")

    @property
    def shuffles_shards(self) -> bool:
        """Whether every rank shuffles a shard of its own."""
        return self.before("shard", "shuffle")

    @property
    def repeats_shards(self) -> bool:
        """Whether every rank repeats a shard of its own, be it of samples or of batches."""
        return self.before("shard", "repeat")

    @property
    def repeats_batches(self) -> bool:
        """Whether repeat comes after batch, so that a batch that is not full ends every pass."""
        return self.before("batch", "repeat")

    @property
    def layout(self) -> Layout:
        """How micro-steps fall to the ranks.

        Batches that are dealt out, or that are all full, are blocks. Samples that are dealt out
        go round the ranks, down to the last one.
        """
        blocks = self.deals_batches or self.drop_remainder
        return Layout.BLOCKED if blocks else Layout.STRIDED

    @property
    def equal_shards(self) -> bool:
        """Whether every rank has as many samples of a pass as the others."""
        return not self.dataset_size % self.batch.data_parallel_size

    def shard_samples(self, rank: int) -> int:
        """Samples of the shard of a rank, where samples are dealt out."""
        return ceil_div(self.dataset_size - rank, self.batch.data_parallel_size)

    @property
    def pass_samples(self) -> int:
        """Samples that batch makes of one pass, over all ranks."""
        return self.kept(self.dataset_size)

    def kept(self, samples: int) -> int:
        """Samples that stay in full batches, out of a stream that all ranks share; else all.

        >>> batch = BatchGeometry.of(
        ...     micro_batch_size=2, gradient_accumulation_steps=1, data_parallel_size=3
        ... )
        >>> pipeline = Pipeline(
        ...     order="shuffle.shard.batch", dataset_size=11, batch=batch, drop_remainder=True
        ... )
        >>> pipeline.kept(11), pipeline.kept(5)
        (10, 4)
        """
        size, ranks = self.batch.micro_batch_size, self.batch.data_parallel_size
        if not self.drop_remainder:
            return samples
        if self.deals_batches:
            return samples // size * size
        share, further = divmod(samples, ranks)
        full, more = share // size, (share + 1) // size
        return size * ((ranks - further) * full + further * more)

    @property
    def all_full(self) -> bool:
        """Whether no batch of a pass is smaller than the others."""
        size, ranks = self.batch.micro_batch_size, self.batch.data_parallel_size
        if self.drop_remainder:
            return True
        if self.deals_batches:
            return not self.dataset_size % size
        return not self.dataset_size % ranks and not self.dataset_size // ranks % size

    def rank_batches(self, rank: int) -> int:
        """Batches that a rank makes of one pass, or gets of it."""
        size = self.batch.micro_batch_size
        samples = self.dataset_size if self.deals_batches else self.shard_samples(rank)
        batches = samples // size if self.drop_remainder else ceil_div(samples, size)
        if self.deals_batches:
            return ceil_div(batches - rank, self.batch.data_parallel_size)
        return batches

    @property
    def equal_batches(self) -> bool:
        """Whether every rank has as many batches of a pass as the others."""
        last = self.batch.data_parallel_size - 1
        return self.rank_batches(0) == self.rank_batches(last)

    @property
    def epoch_samples(self) -> int:
        """Positions from one pass to the next, as rank 0 counts them in its stream."""
        if self.repeats_batches:
            return self.pass_samples
        if self.repeats_shards:
            return self.shard_samples(0) * self.batch.data_parallel_size
        return self.dataset_size
