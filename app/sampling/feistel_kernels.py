"""Compiled kernel of the permutation: a block of positions through one round after another.

numba widens 32-bit arithmetic to 64 bits wherever a shift or a product depends on a variable,
and a chain of eight rounds waits for each multiplication. So every round runs over a block that
stays in the first-level cache, in loops that LLVM turns into vectors.
"""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import inlined, kernel

BLOCK = 1024  # positions; even, because products are taken two to a 64-bit word

u32 = np.uint32
u64 = np.uint64


@inlined
def _mixed(half: np.uint32, key: np.uint32) -> np.uint32:
    mixed = u32(u32(half ^ key) * u32(0x21F0AAAD))
    mixed = u32(mixed ^ (mixed >> u32(15)))
    return u32(mixed * u32(0xD35A2D97))


@inlined
def _low_mask(right_bits: np.uint64) -> np.uint32:
    return u32((u64(1) << right_bits) - u64(1))


@inlined
def _right_shift(right_bits: np.uint64) -> np.uint32:
    # the mask tells LLVM that the shift stays below the width, so that it needs no guard
    return u32(u32(32) - u32(right_bits)) & u32(31)


@inlined
def _split(
    left: NDArray[np.uint32],
    right: NDArray[np.uint32],
    first: np.uint64,
    stride: np.uint64,
    right_bits: np.uint64,
) -> None:
    mask = u64(_low_mask(right_bits))
    for i in range(left.size):
        position = first + u64(i) * stride
        left[i] = u32(position >> right_bits)
        right[i] = u32(position & mask)


@inlined
def _scale(hashes: NDArray[np.uint32], left_size: np.uint32) -> None:
    """Replace every hash h by (h * left_size) >> 32, two to a 64-bit word."""
    pairs = hashes.view(np.uint64)
    low = u64(0xFFFFFFFF)
    factor = u64(left_size) & low
    for i in range(pairs.size):
        pair = pairs[i]
        lower = ((pair & low) * factor) >> u64(32)
        upper = ((pair >> u64(32)) * factor) & ~low
        pairs[i] = lower | upper


@inlined
def _run_rounds(
    left: NDArray[np.uint32],
    right: NDArray[np.uint32],
    hashes: NDArray[np.uint32],
    left_size: np.uint32,
    right_bits: np.uint64,
    keys: NDArray[np.uint32],
) -> None:
    mask, shift = _low_mask(right_bits), _right_shift(right_bits)
    whole_pairs = (left.size + 1) & ~1
    for r in range(0, keys.size, 2):
        even_key, odd_key = keys[r], keys[r + 1]
        for i in range(left.size):
            hashes[i] = _mixed(right[i], even_key)
        _scale(hashes[:whole_pairs], left_size)
        for i in range(left.size):
            moved = u32(left[i] + hashes[i])
            moved = min(moved, u32(moved - left_size))  # wraps upwards when it was in range
            left[i] = moved
            step = u32(_mixed(moved, odd_key) >> (shift & u32(31)))
            right[i] = u32(u32(right[i] + step) & mask)


@inlined
def _join(
    block: NDArray[np.int64],
    left: NDArray[np.uint32],
    right: NDArray[np.uint32],
    right_bits: np.uint64,
) -> np.uint64:
    """Write the values of a block; the largest of them."""
    largest = u64(0)
    for i in range(block.size):
        value = (u64(left[i]) << right_bits) | u64(right[i])
        largest = max(largest, value)
        block[i] = value
    return largest


@inlined
def _next_value(
    value: np.uint64, left_size: np.uint32, right_bits: np.uint64, keys: NDArray[np.uint32]
) -> np.uint64:
    mask, shift = _low_mask(right_bits), _right_shift(right_bits)
    left, right = u32(value >> right_bits), u32(value & u64(mask))
    for r in range(0, keys.size, 2):
        scaled = (u64(_mixed(right, keys[r])) * u64(left_size)) >> u64(32)
        left = u32(left + u32(scaled))
        left = min(left, u32(left - left_size))
        step = u32(_mixed(left, keys[r + 1]) >> shift)
        right = u32(u32(right + step) & mask)
    return (u64(left) << right_bits) | u64(right)


@inlined
def _walk(
    block: NDArray[np.int64],
    dataset_size: np.uint64,
    left_size: np.uint32,
    right_bits: np.uint64,
    keys: NDArray[np.uint32],
) -> None:
    for i in range(block.size):
        value = u64(block[i])
        while value >= dataset_size:
            value = _next_value(value, left_size, right_bits, keys)
        block[i] = value


@kernel
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
    size, bits = u64(dataset_size), u64(right_bits)
    left_size = u32(((size - u64(1)) >> bits) + u64(1))
    lefts = np.empty(BLOCK, np.uint32)
    rights = np.empty(BLOCK, np.uint32)
    hashes = np.empty(BLOCK, np.uint32)
    for done in range(0, out.size, BLOCK):
        block = out[done : done + BLOCK]
        left, right = lefts[: block.size], rights[: block.size]
        _split(left, right, u64(start) + u64(done) * u64(stride), u64(stride), bits)
        _run_rounds(left, right, hashes, left_size, bits, keys)
        if _join(block, left, right, bits) >= size:
            _walk(block, size, left_size, bits, keys)
