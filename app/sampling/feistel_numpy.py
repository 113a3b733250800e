"""The permutation of a large dataset in plain NumPy."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel_set import Indices

BLOCK: Final = 8192  # positions; the temporaries of a block stay in the second-level cache


def fill_feistel(
    out: Indices,
    start: int,
    stride: int,
    dataset_size: int,
    right_bits: int,
    keys: NDArray[np.uint32],
) -> None:
    """Write the permutation at start, start + stride, ... into a contiguous buffer.

    Args:
        out: int64, or uint32 up to 2**32 samples; contiguous; every position must be below
            dataset_size.
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
        block[:] = values


def find_feistel(
    out: NDArray[np.int64],
    values: NDArray[np.int64],
    dataset_size: int,
    right_bits: int,
    keys: NDArray[np.uint32],
) -> None:
    """Write the positions at which values of the permutation stand.

    Args:
        out: int64, contiguous; another array than values.
        values: int64, contiguous, the shape of out; every value must be below dataset_size.
        dataset_size: Size of the permutation, in [65536, 2**63).
        right_bits: Bits of the right half.
        keys: uint32, one for every round, 8 or 12.
    """
    size = np.uint64(dataset_size)
    left_size = ((dataset_size - 1) >> right_bits) + 1
    for done in range(0, out.size, BLOCK):
        inside = values[done : done + BLOCK].astype(np.uint64)
        positions = _last_values(inside, left_size, right_bits, keys)
        while (outside := np.flatnonzero(positions >= size)).size:
            positions[outside] = _last_values(positions[outside], left_size, right_bits, keys)
        out[done : done + BLOCK] = positions


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


def _last_values(
    values: NDArray[np.uint64], left_size: int, right_bits: int, keys: NDArray[np.uint32]
) -> NDArray[np.uint64]:
    mask, size = np.uint32(2**right_bits - 1), np.uint64(left_size)
    left = values >> np.uint64(right_bits)
    right = values.astype(np.uint32) & mask
    for even_key, odd_key in keys.reshape(-1, 2)[::-1]:
        step = _mixed(left.astype(np.uint32), odd_key) >> np.uint32(32 - right_bits)
        right = (right - step) & mask
        scaled = (_mixed(right, even_key).astype(np.uint64) * size) >> np.uint64(32)
        left = (left + size - scaled) % size
    return (left << np.uint64(right_bits)) | right


def _mixed(half: NDArray[np.uint32], key: np.uint32) -> NDArray[np.uint32]:
    mixed = (half ^ key) * np.uint32(0x21F0AAAD)
    mixed = mixed ^ (mixed >> np.uint32(15))
    return mixed * np.uint32(0xD35A2D97)
