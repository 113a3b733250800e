"""Compiled kernel of Philox4x32-10.

J. Salmon, M. Moraes, R. Dror and D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import kernel

ROUNDS = 10

u32 = np.uint32
u64 = np.uint64

LOW = u64(0xFFFFFFFF)
HALF = u64(32)


@kernel
def fill_philox_blocks(
    out: NDArray[np.uint32], key: np.uint64, counter_high: np.uint64, first_block: np.uint64
) -> None:
    """Write the blocks number first_block, first_block + 1, ... into a contiguous buffer.

    Args:
        out: uint32, contiguous, shape (blocks, 4).
        key: uint64.
        counter_high: uint64, the high half of every counter.
        first_block: uint64, the low half of the first counter.
    """
    for number in range(out.shape[0]):
        counter = first_block + u64(number)
        a, b = counter & LOW, counter >> HALF
        c, d = counter_high & LOW, counter_high >> HALF
        first_key, second_key = key & LOW, key >> HALF
        for _ in range(ROUNDS):
            first, second = a * u64(0xD2511F53), c * u64(0xCD9E8D57)
            a, b = (second >> HALF) ^ b ^ first_key, second & LOW
            c, d = (first >> HALF) ^ d ^ second_key, first & LOW
            first_key = (first_key + u64(0x9E3779B9)) & LOW
            second_key = (second_key + u64(0xBB67AE85)) & LOW
        out[number, 0], out[number, 1] = u32(a), u32(b)
        out[number, 2], out[number, 3] = u32(c), u32(d)
