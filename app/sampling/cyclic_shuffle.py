"""Megatron's cyclic sampling: endless passes, each shuffled with its number as the seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.integers import ceil_div
from app.sampling.kernel_set import Indices, ShuffleTable
from app.sampling.layout import Progression
from app.sampling.memo import TABLES
from app.sampling.torch_permutation import torch_randperm

_TURN_WORK: Final = 4_096
"""What it takes to go on to the next pass, in samples that are shuffled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclicShuffle:
    """The sample that stands at each position of a pass.

    A row is what all ranks read in one micro-step. Without data sharding one shuffle deals its
    positions to the ranks in turn. With it every rank has a bucket of consecutive samples, all
    of them shuffled alike; a row has a block of positions for every rank.

    A pass takes whole rows of the dataset. Without data sharding the shuffle is longer than that
    by what is left of whole micro-batches, and the first ranks may find one micro-batch more in
    it than the others. In an unbroken run such a rank reads it at the beginning of the next
    pass, in place of what the other ranks leave off with: from then on the ranks are a
    micro-step apart.

    Source: Megatron-LM core_v0.16.1, megatron/training/datasets/data_samplers.py
    (MegatronPretrainingRandomSampler) under training.py (cyclic_iter).

    >>> shuffle = CyclicShuffle(
    ...     dataset_size=16, micro_batch_size=2, data_parallel_size=2, sharded=True
    ... )
    >>> out = np.empty(8, np.int64)
    >>> shuffle.fill(out, number=1, start=0)
    >>> out.tolist(), list(shuffle.positions_of(13, number=1))
    ([5, 4, 13, 12, 2, 6, 10, 14], [2])

    Attributes:
        dataset_size: Samples in the dataset, at least as many as a row has.
        micro_batch_size: Samples of a rank in a row.
        data_parallel_size: Number of ranks.
        sharded: Whether every rank has a bucket of its own.
    """

    dataset_size: int
    micro_batch_size: int
    data_parallel_size: int
    sharded: bool

    @property
    def row_samples(self) -> int:
        """Positions of a row."""
        return self.micro_batch_size * self.data_parallel_size

    @property
    def pass_samples(self) -> int:
        """Positions of a pass."""
        return self.dataset_size - self.dataset_size % self.row_samples

    @property
    def bucket_samples(self) -> int:
        """Samples that each rank chooses from, where every rank has its own."""
        return self.pass_samples // self.data_parallel_size

    @property
    def table_size(self) -> int:
        """Samples that are shuffled together."""
        if self.sharded:
            return self.bucket_samples
        return self.dataset_size - self.dataset_size % self.micro_batch_size

    @property
    def late_ranks(self) -> int:
        """How many ranks, counted from 0, find one micro-batch more than the others.

        >>> CyclicShuffle(
        ...     dataset_size=14, micro_batch_size=2, data_parallel_size=4, sharded=False
        ... ).late_ranks
        2
        """
        if self.sharded:
            return 0
        missing = self.row_samples + self.pass_samples - self.table_size
        return max(0, self.data_parallel_size - missing)

    def fill(self, out: Indices, *, number: int, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer.

        Args:
            out: int64, contiguous; is filled to its end.
            number: The pass.
            start: Position of the first one, within the pass.
            stride: From one position to the next; none may lie outside the pass.
        """
        positions = start + stride * np.arange(len(out), dtype=np.int64)
        if self.sharded:
            out[:] = self._of_buckets(positions, self._table(number))
            return
        out[:] = self._table(number)[positions]
        late = (positions < self.row_samples) & (
            positions % self.data_parallel_size < self._late_ranks_in(number)
        )
        if late.any():
            out[late] = self._table(number - 1)[positions[late] + self.pass_samples]

    def positions_of(self, sample_index: int, *, number: int) -> list[int]:
        """Positions of a pass that hold a sample, ascending: none, one or two.

        Args:
            sample_index: In [0, dataset_size).
            number: The pass.
        """
        if self.sharded:
            return self._positions_in_bucket(sample_index, number)
        late = self._late_ranks_in(number)
        found = [place for place in self._places(sample_index, number) if place < self.pass_samples]
        if not late:
            return found
        ahead = [place - self.pass_samples for place in self._places(sample_index, number - 1)]
        own = [place for place in found if not self._is_late(place, late)]
        return sorted(own + [place for place in ahead if self._is_late(place, late)])

    def _of_buckets(self, positions: NDArray[np.int64], table: ShuffleTable) -> NDArray[np.int64]:
        rows, places = np.divmod(positions, self.row_samples)
        ranks, slots = np.divmod(places, self.micro_batch_size)
        chosen = table[rows * self.micro_batch_size + slots].astype(np.int64)
        samples: NDArray[np.int64] = ranks * self.bucket_samples + chosen
        return samples

    def _positions_in_bucket(self, sample_index: int, number: int) -> list[int]:
        rank, chosen = divmod(sample_index, self.bucket_samples)
        if rank >= self.data_parallel_size:
            return []
        row, slot = divmod(self._places(chosen, number)[0], self.micro_batch_size)
        return [row * self.row_samples + rank * self.micro_batch_size + slot]

    def _late_ranks_in(self, number: int) -> int:
        """Ranks that begin a pass with a micro-batch of the pass before.

        Where a pass is a single row, a rank that has read two of them is a whole pass ahead, and
        leaves one out.
        """
        is_single = self.pass_samples == self.row_samples
        return self.late_ranks if number and not (is_single and number % 2 == 0) else 0

    def _is_late(self, place: int, late_ranks: int) -> bool:
        return 0 <= place < self.row_samples and place % self.data_parallel_size < late_ranks

    def _places(self, sample_index: int, number: int) -> list[int]:
        places: list[int] = np.flatnonzero(self._table(number) == sample_index).tolist()
        return places

    def _table(self, number: int) -> ShuffleTable:
        size = self.table_size
        return TABLES.get(
            ("torch-randperm", size, number), lambda: torch_randperm(size, seed=number)
        )


@dataclass(frozen=True, slots=True)
class CyclicOrder:
    """An epoch that is cut out of endless passes.

    >>> shuffle = CyclicShuffle(
    ...     dataset_size=5, micro_batch_size=1, data_parallel_size=2, sharded=False
    ... )
    >>> order = CyclicOrder(shuffle, first_position=2)
    >>> out = np.empty(5, np.int64)
    >>> order.fill(out, start=0)
    >>> out.tolist()
    [1, 3, 2, 4, 2]

    Attributes:
        shuffle: Of each pass.
        first_position: Where in the chain of passes the epoch begins.
    """

    shuffle: CyclicShuffle
    first_position: int

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        period, filled, place = self.shuffle.pass_samples, 0, self.first_position + start
        while filled < len(out):
            number, position = divmod(place, period)
            fitting = min(len(out) - filled, ceil_div(period - position, stride))
            part = out[filled : filled + fitting]
            self.shuffle.fill(part, number=number, start=position, stride=stride)
            filled += fitting
            place += fitting * stride

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample, ascending."""
        period = self.shuffle.pass_samples
        for number in range(self.first_position // period, self._passes_until(stop)):
            for place in self.shuffle.positions_of(sample_index, number=number):
                position = number * period + place - self.first_position
                if 0 <= position < stop:
                    yield position

    def work(self, part: Progression) -> int:
        """An index is looked up on its own.

        The passes at both ends are accounted for as a whole, elsewhere; those between them are
        shuffled as they are reached.
        """
        period = self.shuffle.pass_samples
        span = max(0, part.count - 1) * part.stride // part.block
        return part.count + self._turn_work(min(part.count, span // period + 2))

    def search_work(self, *, stop: int) -> int:
        """Every pass that is touched is shuffled and looked through."""
        touched = self._passes_until(stop) - self.first_position // self.shuffle.pass_samples
        return 2 * touched * self.shuffle.table_size + self._turn_work(touched)

    def _passes_until(self, stop: int) -> int:
        return ceil_div(self.first_position + stop, self.shuffle.pass_samples)

    def _turn_work(self, touched: int) -> int:
        return max(0, touched - 2) * (self.shuffle.table_size + _TURN_WORK)
