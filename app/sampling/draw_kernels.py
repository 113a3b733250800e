"""Compiled kernel of the draws with replacement, a block of draws at a time."""

import numpy as np

from app.sampling.kernel import inlined, kernel
from app.sampling.kernel_set import Indices
from app.sampling.splitmix_kernels import GOLDEN_RATIO, finalised

BLOCK = 1024

u64 = np.uint64

LOW = u64(0xFFFFFFFF)
HALF = u64(32)


@inlined
def _high_product(x: np.uint64, y: np.uint64) -> np.uint64:
    """(x * y) >> 64 out of four 32-bit products."""
    low = (x & LOW) * (y & LOW)
    cross = (x >> HALF) * (y & LOW) + (low >> HALF)
    other_cross = (x & LOW) * (y >> HALF) + (cross & LOW)
    return (x >> HALF) * (y >> HALF) + (cross >> HALF) + (other_cross >> HALF)


@inlined
def _draw_below_2_32(
    block: Indices,
    z: np.uint64,
    increment: np.uint64,
    second_key: np.uint64,
    size: np.uint64,
    threshold: np.uint64,
) -> np.uint64:
    """Draw without regard to rejection; not 0 when any draw must be rejected."""
    rejected = u64(0)
    factor = size & LOW
    for i in range(block.size):
        x = finalised(z + u64(i) * increment, second_key)
        block[i] = ((x >> HALF) * factor + (((x & LOW) * factor) >> HALF)) >> HALF
        rejected |= u64(x * size < threshold)
    return rejected


@inlined
def _draw(
    block: Indices,
    z: np.uint64,
    increment: np.uint64,
    second_key: np.uint64,
    size: np.uint64,
    threshold: np.uint64,
) -> np.uint64:
    """Draw without regard to rejection; not 0 when any draw must be rejected."""
    rejected = u64(0)
    for i in range(block.size):
        x = finalised(z + u64(i) * increment, second_key)
        block[i] = _high_product(x, size)
        rejected |= u64(x * size < threshold)
    return rejected


@inlined
def _draw_again(
    block: Indices,
    z: np.uint64,
    increment: np.uint64,
    second_key: np.uint64,
    size: np.uint64,
    threshold: np.uint64,
) -> None:
    for i in range(block.size):
        x = finalised(z + u64(i) * increment, second_key)
        while x * size < threshold:
            x = finalised(x + GOLDEN_RATIO, second_key)
        block[i] = _high_product(x, size)


@kernel
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
    size = u64(dataset_size)
    threshold = (u64(0) - size) % size  # 2**64 mod size: so many products are one too many
    increment = u64(stride) * GOLDEN_RATIO
    for done in range(0, out.size, BLOCK):
        block = out[done : done + BLOCK]
        z = first_key + (u64(start) + u64(done) * u64(stride)) * GOLDEN_RATIO
        if size <= LOW:
            rejected = _draw_below_2_32(block, z, increment, second_key, size, threshold)
        else:
            rejected = _draw(block, z, increment, second_key, size, threshold)
        if rejected != u64(0):
            _draw_again(block, z, increment, second_key, size, threshold)
