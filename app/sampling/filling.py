"""Reads an order at the positions of a progression."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.layout import Progression
from app.sampling.order import IndexSource


def filled(order: IndexSource, part: Progression) -> NDArray[np.int64]:
    """Sample indices at the positions of a part.

    >>> from app.sampling.order import Identity
    >>> filled(Identity(), Progression(start=2, stride=6, count=5, block=2, skipped=1)).tolist()
    [3, 8, 9, 14, 15]

    Returns:
        int64, shape (part.count,).
    """
    out = np.empty(part.count, np.int64)
    if not part.count:
        return out
    if part.block == 1:
        order.fill(out, start=part.start, stride=part.stride)
        return out
    head = min(-part.skipped % part.block, part.count)
    order.fill(out[:head], start=part.start + part.skipped)
    rest = part.part(head, part.count)
    whole = rest.count // rest.block
    _fill_blocks(order, out[head : head + whole * rest.block].reshape(whole, rest.block), rest)
    tail = rest.part(whole * rest.block, rest.count)
    order.fill(out[part.count - tail.count :], start=tail.start)
    return out


def _fill_blocks(order: IndexSource, out: NDArray[np.int64], blocks: Progression) -> None:
    """Fill whole blocks by row or by column, whichever takes fewer calls."""
    if len(out) <= blocks.block:
        for number, row in enumerate(out):
            order.fill(row, start=blocks.start + number * blocks.stride)
        return
    column = np.empty(len(out), np.int64)
    for slot in range(blocks.block):
        order.fill(column, start=blocks.start + slot, stride=blocks.stride)
        out[:, slot] = column
