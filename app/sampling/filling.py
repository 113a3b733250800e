"""Reads an order at the positions of a progression."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.sampling.layout import Progression
from app.sampling.order import IndexSource

Sample = TypeVar("Sample", bound=np.int64 | np.uint32)


def filled(order: IndexSource, part: Progression) -> NDArray[np.int64]:
    """Sample indices at the positions of a part.

    >>> from app.sampling.order import Identity
    >>> filled(Identity(), Progression(start=2, stride=6, count=5, block=2, skipped=1)).tolist()
    [3, 8, 9, 14, 15]

    Returns:
        int64, shape (part.count,).
    """
    return filled_with(order, part, np.int64)


def filled_with(
    order: IndexSource, part: Progression, sample_type: type[Sample]
) -> NDArray[Sample]:
    """Sample indices at the positions of a part, in a type that holds them all.

    >>> from app.sampling.order import Identity
    >>> filled_with(Identity(), Progression(start=2, stride=6, count=2), np.uint32)
    array([2, 8], dtype=uint32)

    Returns:
        int64 or uint32, shape (part.count,): an array of its own.
    """
    out = np.empty(part.count, sample_type)
    if part.block == 1 and part.count:
        order.fill(out, start=part.start, stride=part.stride)
    elif part.count:
        _fill_by_blocks(order, out, part)
    return out


def _fill_by_blocks(order: IndexSource, out: NDArray[Sample], part: Progression) -> None:
    """Fill what begins in the middle of a block, then whole blocks, then what is left."""
    head = min(-part.skipped % part.block, part.count)
    order.fill(out[:head], start=part.start + part.skipped)
    rest = part.part(head, part.count)
    whole = rest.count // rest.block
    _fill_blocks(order, out[head : head + whole * rest.block].reshape(whole, rest.block), rest)
    tail = rest.part(whole * rest.block, rest.count)
    order.fill(out[part.count - tail.count :], start=tail.start)


def _fill_blocks(order: IndexSource, out: NDArray[Sample], blocks: Progression) -> None:
    """Fill whole blocks by row or by column, whichever takes fewer calls."""
    if len(out) <= blocks.block:
        for number, row in enumerate(out):
            order.fill(row, start=blocks.start + number * blocks.stride)
        return
    column = np.empty(len(out), out.dtype)
    for slot in range(blocks.block):
        order.fill(column, start=blocks.start + slot, stride=blocks.stride)
        out[:, slot] = column
