"""Swaps of a compiled shuffle, their partners known ahead."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import inlined
from app.sampling.kernel_set import ShuffleTable
from app.sampling.prefetch_kernels import prefetch

AHEAD = 32  # swaps; so many misses of the cache are under way at the same time


@inlined
def swap(
    table: ShuffleTable, partners: NDArray[np.uint32], count: int, first: int, step: int
) -> None:
    """Swap elements number first, first + step, ... with their partners, one after another.

    Args:
        table: uint32, contiguous.
        partners: uint32, shape at least (count + AHEAD,): whom to swap with; what stands behind
            the first `count` is only asked for ahead.
        count: How many swaps.
        first: Which element is swapped first.
        step: From one element to the next.
    """
    for k in range(count):
        prefetch(table, partners[k + AHEAD])
        own, other = first + k * step, partners[k]
        table[own], table[other] = table[other], table[own]
