"""Compiled kernel of a shuffle buffer, for tables below 2**32 samples."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import kernel
from app.sampling.kernel_set import ShuffleTable
from app.sampling.swap_kernels import AHEAD, swap


@kernel
def swap_partners(table: ShuffleTable, partners: NDArray[np.uint32], first: int) -> None:
    """Swap positions first, first + 1, ... with their partners, one after another.

    Args:
        table: uint32, contiguous; overwritten.
        partners: uint32, contiguous, one for every position that is swapped.
        first: First of these positions.
    """
    asked_ahead = max(0, partners.size - AHEAD)
    swap(table, partners, asked_ahead, first, 1)
    for k in range(asked_ahead, partners.size):
        own, other = first + k, partners[k]
        table[own], table[other] = table[other], table[own]
