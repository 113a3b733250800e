"""The draws with replacement in plain NumPy."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel_set import Indices
from app.sampling.splitmix_numpy import GOLDEN_RATIO, finalised, states

BLOCK: Final = 8192  # draws; the temporaries of a block stay in the second-level cache
HALF: Final = np.uint64(32)
LOW: Final = np.uint64(2**32 - 1)


def fill_draws(
    out: Indices,
    start: int,
    stride: int,
    dataset_size: int,
    first_key: np.uint64,
    second_key: np.uint64,
) -> None:
    """Write the draws number start, start + stride, ... into a contiguous buffer.

    Args:
        out: int64, or uint32 up to 2**32 samples; contiguous.
        start: Number of the first draw.
        stride: From one draw to the next.
        dataset_size: Draws are uniform on [0, dataset_size), at most 2**63 - 1.
        first_key: uint64, where the sequence begins.
        second_key: uint64, mixed into every draw.
    """
    size, threshold = np.uint64(dataset_size), np.uint64(2**64 % dataset_size)
    for done in range(0, out.size, BLOCK):
        block = out[done : done + BLOCK]
        z = states(int(first_key), start=start + done * stride, stride=stride, count=block.size)
        x = finalised(z, int(second_key))
        while (rejected := np.flatnonzero(x * size < threshold)).size:
            x[rejected] = finalised(x[rejected] + np.uint64(GOLDEN_RATIO), int(second_key))
        block[:] = _high_product(x, size)


def _high_product(x: NDArray[np.uint64], y: np.uint64) -> NDArray[np.uint64]:
    """(x * y) >> 64 out of four 32-bit products."""
    low = (x & LOW) * (y & LOW)
    cross = (x >> HALF) * (y & LOW) + (low >> HALF)
    other_cross = (x & LOW) * (y >> HALF) + (cross & LOW)
    product: NDArray[np.uint64] = (x >> HALF) * (y >> HALF) + (cross >> HALF)
    return product + (other_cross >> HALF)
