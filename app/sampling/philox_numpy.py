"""Philox4x32-10 in plain NumPy, a round of many blocks at a time."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

ROUNDS: Final = 10
FIRST_MULTIPLIER: Final = np.uint64(0xD2511F53)
SECOND_MULTIPLIER: Final = np.uint64(0xCD9E8D57)
FIRST_STEP: Final = 0x9E3779B9
SECOND_STEP: Final = 0xBB67AE85

TOGETHER: Final = 4096  # blocks; their temporaries stay in the second-level cache
HALF: Final = np.uint64(32)
LOW: Final = np.uint64(2**32 - 1)


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
    for done in range(0, len(out), TOGETHER):
        part = out[done : done + TOGETHER]
        counters = first_block + np.arange(done, done + len(part), dtype=np.uint64)
        a, b = counters & LOW, counters >> HALF
        c, d = (np.full(len(part), half) for half in (counter_high & LOW, counter_high >> HALF))
        for number in range(ROUNDS):
            first, second = a * FIRST_MULTIPLIER, c * SECOND_MULTIPLIER
            first_key, second_key = _round_keys(int(key), number)
            a, b = second >> HALF ^ b ^ first_key, second & LOW
            c, d = first >> HALF ^ d ^ second_key, first & LOW
        part[:] = np.stack([a, b, c, d], axis=1)


def _round_keys(key: int, number: int) -> tuple[np.uint64, np.uint64]:
    return (
        np.uint64((key + number * FIRST_STEP) % 2**32),
        np.uint64(((key >> 32) + number * SECOND_STEP) % 2**32),
    )
