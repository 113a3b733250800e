"""Which positions of an epoch a rank takes: affine arithmetic, no memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain
from typing import NamedTuple

from app.arithmetic.integers import ceil_div
from app.arithmetic.spec import BatchGeometry


class Layout(Enum):
    """How the positions of a micro-step fall to the ranks.

    Attributes:
        STRIDED: Consecutive positions go round the ranks.
        BLOCKED: A rank takes as many consecutive positions as fill its micro-batch.
    """

    STRIDED = auto()
    BLOCKED = auto()


class Place(NamedTuple):
    """Where a sample of a step is processed.

    Attributes:
        rank: In [0, data_parallel_size).
        micro_step: In [0, gradient_accumulation_steps).
        slot: In [0, micro_batch_size).
    """

    rank: int
    micro_step: int
    slot: int


@dataclass(frozen=True, slots=True)
class Progression:
    """Positions start, start + stride, ...: `count` of them; or blocks of positions so far apart.

    >>> Progression(start=1, stride=4, count=3).positions()
    range(1, 13, 4)
    >>> Progression(start=2, stride=6, count=5, block=2, skipped=1).positions()
    [3, 8, 9, 14, 15]

    Attributes:
        start: First position of the first block.
        stride: From the first position of a block to that of the next.
        count: How many positions.
        block: Consecutive positions of a block.
        skipped: Positions of the first block that are left out, in [0, block).
    """

    start: int
    stride: int
    count: int
    block: int = 1
    skipped: int = 0

    def part(self, first: int, stop: int) -> "Progression":
        """The members [first, stop), counted within this progression.

        >>> Progression(start=1, stride=4, count=10).part(2, 5)
        Progression(start=9, stride=4, count=3, block=1, skipped=0)
        """
        blocks, skipped = divmod(self.skipped + first, self.block)
        start = self.start + blocks * self.stride
        return Progression(start, self.stride, stop - first, self.block, skipped)

    def positions(self) -> Sequence[int]:
        """The positions themselves; a lazy range where a block is a single position."""
        if self.block == 1:
            return range(self.start, self.start + self.count * self.stride, self.stride)
        blocks = ceil_div(self.skipped + self.count, self.block)
        starts = range(self.start, self.start + blocks * self.stride, self.stride)
        members = chain.from_iterable(range(start, start + self.block) for start in starts)
        return [*members][self.skipped : self.skipped + self.count]


def strided(positions: range, *, rank: int, data_parallel_size: int) -> Progression:
    """Positions of one rank when consecutive positions go round the ranks.

    A global batch that every rank shares equally starts at a multiple of data_parallel_size, so
    the positions of a rank run on with the same stride across steps.

    >>> strided(range(8, 18), rank=3, data_parallel_size=4).positions()
    range(11, 19, 4)

    Args:
        positions: A contiguous range that starts at a multiple of data_parallel_size.
        rank: In [0, data_parallel_size).
        data_parallel_size: Number of ranks.
    """
    first = positions.start + rank
    count = ceil_div(positions.stop - first, data_parallel_size)
    return Progression(first, data_parallel_size, count)


def blocked(positions: range, *, rank: int, batch: BatchGeometry) -> Progression:
    """Positions of one rank when every micro-step gives each rank a block of its own.

    >>> batch = BatchGeometry.of(
    ...     micro_batch_size=2, gradient_accumulation_steps=1, data_parallel_size=3
    ... )
    >>> blocked(range(6, 15), rank=1, batch=batch).positions()
    [8, 9, 14]

    Args:
        positions: A contiguous range that starts with a micro-step.
        rank: In [0, data_parallel_size).
        batch: Sizes of a micro-step.
    """
    size, ahead = batch.micro_batch_size, rank * batch.micro_batch_size
    rows, rest = divmod(positions.stop - positions.start, batch.row_samples)
    count = rows * size + min(max(rest - ahead, 0), size)
    return Progression(positions.start + ahead, batch.row_samples, count, size)


def contiguous(positions: range) -> Progression:
    """Every position of a contiguous range, in order.

    >>> contiguous(range(8, 18)).positions()
    range(8, 18)
    """
    return Progression(positions.start, 1, positions.stop - positions.start)


def rank_positions(
    layout: Layout, positions: range, batch: BatchGeometry, rank: int
) -> Progression:
    """Positions that a rank takes of a range that starts with a micro-step."""
    if layout is Layout.BLOCKED:
        return blocked(positions, rank=rank, batch=batch)
    return strided(positions, rank=rank, data_parallel_size=batch.data_parallel_size)


def place_in_step(layout: Layout, position_in_step: int, batch: BatchGeometry) -> Place:
    """Who processes a position of a step, and when.

    >>> batch = BatchGeometry.of(
    ...     micro_batch_size=2, gradient_accumulation_steps=2, data_parallel_size=4
    ... )
    >>> place_in_step(Layout.STRIDED, 9, batch), place_in_step(Layout.BLOCKED, 9, batch)
    (Place(rank=1, micro_step=1, slot=0), Place(rank=0, micro_step=1, slot=1))
    """
    micro_step, inner = divmod(position_in_step, batch.row_samples)
    if layout is Layout.BLOCKED:
        rank, slot = divmod(inner, batch.micro_batch_size)
    else:
        slot, rank = divmod(inner, batch.data_parallel_size)
    return Place(rank, micro_step, slot)
