"""How long the slices are that ranks read of one of Grain's datasets, and how they end."""

from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

from app.arithmetic.integers import ceil_div
from app.frameworks.grain.stream import GrainStream, LoaderStream
from app.sampling.layout import Layout
from app.sampling.stream_reading import IN_TURN, RankByRank, StreamReading


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicedStream(GrainStream):
    """What ranks read of one MapDataset, each a slice with a stride.

    Source: grain 0.2.18, `grain/_src/python/dataset/transformations/slice.py` and `batch.py`, and
    `grain/_src/python/dataset/elastic_iterator.py`.

    >>> from app.arithmetic.spec import BatchGeometry
    >>> from app.sampling.rank_ranges import RankRanges
    >>> batch = BatchGeometry.of(
    ...     micro_batch_size=2, gradient_accumulation_steps=1, data_parallel_size=3
    ... )
    >>> stream = SlicedStream(
    ...     ranges=RankRanges(dataset_size=5, ranks=1),
    ...     batch=batch,
    ...     num_epochs=1,
    ...     drop_remainder=True,
    ... )
    >>> [stream.members_of(rank) for rank in range(3)], stream.ahead, stream.samples
    ([2, 2, 1], 2, 4)
    """

    def members_of(self, rank: int) -> int:
        """Stream positions of one rank."""
        return max(0, ceil_div(self.length - rank, self.batch.data_parallel_size))

    @property
    def layout(self) -> Layout:
        """Blocks where a last micro-step may be full for some ranks, and dropped by the others."""
        return Layout.BLOCKED if self.drop_remainder else Layout.STRIDED

    @property
    def rows(self) -> int:
        """Micro-steps that are full for every rank."""
        return self.members_of(self.batch.data_parallel_size - 1) // self.batch.micro_batch_size

    @property
    def ahead(self) -> int:
        """Ranks that have a full micro-batch more than the others."""
        size, ranks = self.batch.micro_batch_size, self.batch.data_parallel_size
        return max(0, self.length - ((self.rows + 1) * size - 1) * ranks)

    @property
    def samples(self) -> int:
        """Samples that all ranks load until the stream ends."""
        if not self.drop_remainder:
            return self.length
        ranks = self.rows * self.batch.data_parallel_size + self.ahead
        return ranks * self.batch.micro_batch_size

    @property
    def reading(self) -> StreamReading:
        """In which order its positions are loaded."""
        if self.drop_remainder:
            return RankByRank(
                ranks=self.batch.data_parallel_size, micro_batch_size=self.batch.micro_batch_size
            )
        return IN_TURN

    @property
    def most_steps(self) -> int:
        """Full steps that can be taken before its end."""
        return self.rows // self.batch.gradient_accumulation_steps

    @property
    def rounded_ranks(self) -> tuple[int, ...]:
        """Ranks whose number of micro-batches is rounded to a wrong one."""
        size, ends = self.batch.micro_batch_size, {0, self.batch.data_parallel_size - 1}
        return tuple(
            rank
            for rank in sorted(ends)
            if self.rounded_micro_batches(rank) != ceil_div(self.members_of(rank), size)
        )

    def rounded_micro_batches(self, rank: int) -> int:
        """Micro-batches of a rank as Grain counts them: with a division of doubles."""
        return ceil(self.members_of(rank) / self.batch.micro_batch_size)


AnyStream: TypeAlias = LoaderStream | SlicedStream
"""What the ranks of a run read."""
