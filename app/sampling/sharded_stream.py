"""An epoch cut out of one stream: passes through the range of every rank, shuffled by Grain."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.integers import ceil_div
from app.sampling.index_shuffle import IndexShuffle
from app.sampling.kernel_set import Indices
from app.sampling.layout import Progression
from app.sampling.order import Identity, IndexSource
from app.sampling.rank_ranges import RankRanges
from app.sampling.stream_reading import IN_TURN, InTurn, StreamReading

_TOGETHER: Final = 2**16
"""Positions that are computed together; half a megabyte for each of a few arrays."""

_ALONE: Final = 1_024
"""Positions of a rank that are worth to be filled on their own."""

_PASS_WORK: Final = 1_024
"""What it takes to go on to the next pass, in indices: round keys are made, a table looked up."""

_SEEDS: Final = 2**32


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardedStream:
    """Positions of an epoch of a stream that goes on from pass to pass without a break.

    Stream position p belongs to rank p mod ranks, as its member p div ranks; the members of a
    rank are passes through its range, one after the other.

    Source: grain 0.2.18, `grain/_src/python/samplers.py` (IndexSampler) and
    `grain/_src/python/dataset/transformations/shuffle.py` (ShuffleMapDataset).

    >>> order = ShardedStream(ranges=RankRanges(dataset_size=10, ranks=2), seed=3)
    >>> out = np.empty(7, np.int64)
    >>> order.fill(out, start=1, stride=2)
    >>> out.tolist(), [*order.positions_of(9, stop=14)]
    ([9, 8, 5, 6, 7, 6, 5], [1])

    Attributes:
        ranges: What each rank goes through; a single range where all ranks share one stream.
        seed: Of the first pass, in [0, 2**32); None for the order of the dataset.
        reseeded: Whether every pass has a seed of its own, one more than that before it.
        reading: In which order the stream is read.
        first_position: Position at which the epoch begins.
    """

    ranges: RankRanges
    seed: int | None
    reseeded: bool = True
    reading: StreamReading = IN_TURN
    first_position: int = 0

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        first = self.first_position + start
        turn = self.ranges.ranks // gcd(self.ranges.ranks, stride)
        if self._long_ranges and turn * _ALONE <= len(out) + _ALONE:
            for number in range(turn):
                self._fill_for_one_rank(out[number::turn], first + number * stride, stride * turn)
            return
        for done in range(0, len(out), _TOGETHER):
            places = np.empty(min(_TOGETHER, len(out) - done), np.int64)
            Identity().fill(places, start=first + done * stride, stride=stride)
            stream_positions = self.reading.stream_positions(places)
            out[done : done + _TOGETHER] = self._samples(stream_positions)

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample, ascending."""
        rank = self.ranges.rank_of(sample_index)
        if rank < self.ranges.ranks:
            yield from sorted(self._places(sample_index, rank, stop))

    def work(self, part: Progression) -> int:
        """Values that are enciphered to fill a part, on average, and the turns of its passes."""
        blocks = ceil_div(part.skipped + part.count, part.block)
        passes = self._most_passes(max(0, blocks - 1) * part.stride + part.block)
        turns = min(part.count, passes * (2 if self.ranges.larger else 1))
        return self._work(part.count, passes=turns)

    def search_work(self, *, stop: int) -> int:
        """Every pass that is touched, with its table."""
        span = self.reading.span(range(self.first_position, self.first_position + stop))
        passes = self._most_passes(span.stop - span.start)
        return self._work(passes, passes=passes)

    def _work(self, count: int, *, passes: int) -> int:
        turns = passes * _PASS_WORK
        if self.seed is None:
            return count + turns
        return self._shuffled(self.ranges.least, 0).work(count, passes=passes) + turns

    @property
    def _long_ranges(self) -> bool:
        """Whether a rank reads many samples of a pass at once."""
        return isinstance(self.reading, InTurn) and self.ranges.least >= _ALONE

    def _most_passes(self, span: int) -> int:
        """Passes of one rank that so many consecutive stream positions touch at most."""
        return span // self.ranges.ranks // self.ranges.least + 2

    def _shuffled(self, size: int, number: int) -> IndexShuffle:
        """One pass through a range of so many samples."""
        seed = (self.seed or 0) + (number if self.reseeded else 0)
        return IndexShuffle(size=size, seed=seed % _SEEDS)

    def _source(self, size: int, number: int) -> IndexSource:
        return Identity() if self.seed is None else self._shuffled(size, number)

    def _fill_for_one_rank(self, out: Indices, first: int, stride: int) -> None:
        """Fill a buffer, contiguous or not, with members of the rank of its first position."""
        member, rank = divmod(first, self.ranges.ranks)
        mine, step, filled = self.ranges.range_of(rank), stride // self.ranges.ranks, 0
        values = np.empty(len(out), np.int64)
        while filled < len(out):
            number, position = divmod(member, len(mine))
            fitting = min(len(out) - filled, ceil_div(len(mine) - position, step))
            part = values[filled : filled + fitting]
            self._source(len(mine), number).fill(part, start=position, stride=step)
            filled += fitting
            member += fitting * step
        np.add(values, np.int64(mine.start), out=out, casting="unsafe")

    def _samples(self, stream_positions: NDArray[np.int64]) -> NDArray[np.int64]:
        member, rank = stream_positions // self.ranges.ranks, stream_positions % self.ranges.ranks
        sizes = self.ranges.sizes(rank)
        passes = member // sizes
        position = member - passes * sizes
        if self.seed is not None:
            self._shuffle(position, passes, sizes)
        return position + self.ranges.starts(rank)

    def _shuffle(
        self, position: NDArray[np.int64], passes: NDArray[np.int64], sizes: NDArray[np.int64]
    ) -> None:
        """Replace positions in passes by samples, for each pass and each size of a range."""
        number = passes % _SEEDS if self.reseeded else np.zeros_like(passes)
        kind = 2 * number + (sizes - self.ranges.least)
        for each in np.unique(kind).tolist():
            group = np.flatnonzero(kind == each)
            values = position[group]
            self._shuffled(self.ranges.least + each % 2, each // 2).shuffle(values)
            position[group] = values

    def _places(self, sample_index: int, rank: int, stop: int) -> Iterator[int]:
        """Positions of a sample of one rank, in the order of its passes."""
        positions = range(self.first_position, self.first_position + stop)
        span, ranks, mine = (
            self.reading.span(positions),
            self.ranges.ranks,
            self.ranges.range_of(rank),
        )
        first, last = (bound // ranks // len(mine) for bound in (span.start, span.stop))
        for number in range(first, last + 1):
            for position in self._positions_in_pass(sample_index - mine.start, len(mine), number):
                stream_position = (number * len(mine) + position) * ranks + rank
                place = self.reading.position_of(stream_position)
                if stream_position in span and place in positions:
                    yield place - self.first_position

    def _positions_in_pass(self, member: int, size: int, number: int) -> tuple[int, ...]:
        if self.seed is None:
            return (member,)
        return self._shuffled(size, number).positions_of(member)
