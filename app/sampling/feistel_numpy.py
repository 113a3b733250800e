"""The permutation of a large dataset in plain NumPy."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 8192  # positions; the temporaries of a block stay in the second-level cache


def fill_feistel(
    out: NDArray[np.int64],
    start: int,
    stride: int,
    dataset_size: int,
    right_bits: int,
    keys: NDArray[np.uint32],
) -> None:
    """Write the permutation at start, start + stride, ... into a contiguous buffer.

    Args:
        out: int64, contiguous; every position must be below dataset_size.
        start: The first position.
        stride: From one position to the next.
        dataset_size: Size of the permutation, in [65536, 2**63).
        right_bits: Bits of the right half.
        keys: uint32, one for every round.
    """
    size = np.uint64(dataset_size)
    left_size = ((dataset_size - 1) >> right_bits) + 1
    for done in range(0, out.size, BLOCK):
        block = out[done : done + BLOCK]
        steps = np.arange(block.size, dtype=np.uint64) * np.uint64(stride)
        values = _next_values(np.uint64(start + done * stride) + steps, left_size, right_bits, keys)
        while (outside := np.flatnonzero(values >= size)).size:
            values[outside] = _next_values(values[outside], left_size, right_bits, keys)
        block[:] = values.view(np.int64)


def _next_values(
    values: NDArray[np.uint64], left_size: int, right_bits: int, keys: NDArray[np.uint32]
) -> NDArray[np.uint64]:
    mask = np.uint32(2**right_bits - 1)
    left = values >> np.uint64(right_bits)
    right = values.astype(np.uint32) & mask
    for even_key, odd_key in keys.reshape(-1, 2):
        scaled = (_mixed(right, even_key).astype(np.uint64) * np.uint64(left_size)) >> np.uint64(32)
        left = (left + scaled) % np.uint64(left_size)
        step = _mixed(left.astype(np.uint32), odd_key) >> np.uint32(32 - right_bits)
        right = (right + step) & mask
    return (left << np.uint64(right_bits)) | right


def _mixed(half: NDArray[np.uint32], key: np.uint32) -> NDArray[np.uint32]:
    mixed = (half ^ key) * np.uint32(0x21F0AAAD)
    mixed = mixed ^ (mixed >> np.uint32(15))
    return mixed * np.uint32(0xD35A2D97)
