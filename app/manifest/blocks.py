"""Computes sample indices block by block, so that memory is O(block) whatever is asked."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.grid import StepGrid
from app.manifest.index_type import IndexType
from app.manifest.selection import Selection
from app.sampling.filling import filled_with
from app.sampling.kernel_set import Indices
from app.sampling.layout import Progression
from app.sampling.order import Order

BLOCK_INDICES = 32_768
"""Indices of a block: 256 KiB as int64."""

WORK_PER_BLOCK = 2**23
"""Most indices, tables included, that are computed for one block of more than one index."""


def index_blocks(
    selection: Selection,
    *,
    first: int = 0,
    stop: int | None = None,
    block_indices: int = BLOCK_INDICES,
    index_type: IndexType = IndexType.INT64,
) -> Iterator[Indices]:
    """Sample indices of the members [first, stop) of a selection, computed in a type that fits.

    Yields:
        int64 or uint32, shape (n,), 1 <= n <= block_indices; each block is an array of its own.
    """
    members = selection.members
    stop = members.count if stop is None else stop
    order = selection.order()
    while first < stop:
        part = affordable(order, members.part(first, min(stop, first + block_indices)))
        yield filled_with(order, part, index_type.computed_type)
        first += part.count


def listed_positions(part: Progression) -> NDArray[np.int64]:
    """The positions of a part, in the order in which they are listed.

    Returns:
        int64, shape (part.count,).
    """
    if not part.count:  # an empty part may stand behind the last int64
        return np.empty(0, np.int64)
    numbers = np.arange(part.count, dtype=np.int64)
    if part.block == 1:
        return part.start + numbers * part.stride
    blocks, inner = np.divmod(numbers + part.skipped, part.block)
    return part.start + blocks * part.stride + inner


def listed_steps(grid: StepGrid, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """The steps that take ascending positions of an epoch.

    Returns:
        int64, the shape of positions.
    """
    steps = np.empty_like(positions)
    starts = [stretch.start for stretch in grid.stretches]
    bounds = [*np.searchsorted(positions, starts).tolist(), len(positions)]
    for stretch, (first, stop) in zip(grid.stretches, pairwise(bounds), strict=True):
        turns = (positions[first:stop] - stretch.start) // stretch.step_samples
        steps[first:stop] = turns + stretch.first_step
    return steps


def affordable(order: Order, part: Progression) -> Progression:
    """The longest start of a part, by halving, that may be computed at once; at least one member.

    How long it is follows from the stride and the count alone.
    """
    while part.count > 1 and order.work(part) > WORK_PER_BLOCK:
        part = part.part(0, part.count // 2)
    return part
