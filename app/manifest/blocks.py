"""Computes sample indices block by block, so that memory is O(block) whatever is asked."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from app.manifest.selection import Selection
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
) -> Iterator[NDArray[np.int64]]:
    """Sample indices of the members [first, stop) of a selection.

    Yields:
        int64, shape (n,), 1 <= n <= block_indices; each block is an array of its own.
    """
    members = selection.members
    stop = members.count if stop is None else stop
    order = selection.order()
    while first < stop:
        part = affordable(order, members.part(first, min(stop, first + block_indices)))
        yield filled(order, part)
        first += part.count


def filled(order: Order, part: Progression) -> NDArray[np.int64]:
    """Sample indices at the positions of a part.

    Returns:
        int64, shape (part.count,).
    """
    out = np.empty(part.count, np.int64)
    if part.count:
        order.fill(out, start=part.start, stride=part.stride)
    return out


def listed_positions(part: Progression) -> NDArray[np.int64]:
    """The positions of a part, in the order in which they are listed.

    Returns:
        int64, shape (part.count,).
    """
    if not part.count:  # an empty part may stand behind the last int64
        return np.empty(0, np.int64)
    return np.arange(part.count, dtype=np.int64) * part.stride + part.start


def affordable(order: Order, part: Progression) -> Progression:
    """The longest start of a part, by halving, that may be computed at once; at least one member.

    How long it is follows from the stride and the count alone.
    """
    while part.count > 1 and order.work(part) > WORK_PER_BLOCK:
        part = part.part(0, part.count // 2)
    return part
