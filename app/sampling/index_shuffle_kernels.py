"""Compiled kernel of Grain's index shuffle: blocks of indices through four rounds of SIMON."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import inlined, kernel

BLOCK = 1024  # indices; both halves and the slots stay in the first-level cache

u32 = np.uint32
u64 = np.uint64


@inlined
def _low_mask(word_bits: np.uint64) -> np.uint32:
    return u32((u64(1) << word_bits) - u64(1))


@inlined
def _round(half: np.uint32, word_bits: np.uint32) -> np.uint32:
    """SIMON's round function; bits above the word are left for the caller to clear."""
    # the masks tell LLVM that no shift reaches the width, so that it needs no guard
    by_1 = u32(half << u32(1)) | u32(half >> u32(u32(word_bits - u32(1)) & u32(31)))
    by_2 = u32(half << u32(2)) | u32(half >> u32(u32(word_bits - u32(2)) & u32(31)))
    by_8 = u32(half << u32(8)) | u32(half >> u32(u32(word_bits - u32(8)) & u32(31)))
    return u32(u32(by_1 & by_8) ^ by_2)


@inlined
def _run_rounds(
    left: NDArray[np.uint32],
    right: NDArray[np.uint32],
    word_bits: np.uint64,
    keys: NDArray[np.uint32],
) -> None:
    mask, bits = _low_mask(word_bits), u32(word_bits)
    first, second, third, fourth = keys[0], keys[1], keys[2], keys[3]
    for i in range(left.size):
        x, y = right[i], left[i]
        y = u32(u32(y ^ _round(x, bits) ^ first) & mask)
        x = u32(u32(x ^ _round(y, bits) ^ second) & mask)
        y = u32(u32(y ^ _round(x, bits) ^ third) & mask)
        x = u32(u32(x ^ _round(y, bits) ^ fourth) & mask)
        right[i], left[i] = x, y


@inlined
def _settle(
    block: NDArray[np.int64],
    slots: NDArray[np.int64],
    left: NDArray[np.uint32],
    right: NDArray[np.uint32],
    size: np.uint64,
    word_bits: np.uint64,
) -> int:
    """Write every value to its slot, and move those outside the range to the front.

    A value outside is written over in a later round. Returns how many there are.
    """
    outside = 0
    for i in range(left.size):
        value = (u64(left[i]) << word_bits) | u64(right[i])
        slot = slots[i]
        block[slot] = value
        left[outside], right[outside], slots[outside] = left[i], right[i], slot
        outside += int(value >= size)
    return outside


@kernel
def shuffle_indices(
    indices: NDArray[np.int64], size: int, word_bits: int, keys: NDArray[np.uint32]
) -> None:
    """Replace every index by the one that stands in its place.

    Args:
        indices: int64, contiguous; each in [0, size).
        size: Size of the range, in [1, 2**63).
        word_bits: Bits of each half, in [8, 32]; two to this many bits of an index are looked at.
        keys: uint32, one for each of the four rounds.
    """
    bits, mask = u64(word_bits), u64(_low_mask(u64(word_bits)))
    lefts = np.empty(BLOCK, np.uint32)
    rights = np.empty(BLOCK, np.uint32)
    slots = np.empty(BLOCK, np.int64)
    for done in range(0, indices.size, BLOCK):
        block = indices[done : done + BLOCK]
        for i in range(block.size):
            index = u64(block[i])
            lefts[i] = u32((index >> bits) & mask)
            rights[i] = u32(index & mask)
            slots[i] = i
        outside = block.size
        while outside:
            left, right = lefts[:outside], rights[:outside]
            _run_rounds(left, right, bits, keys)
            outside = _settle(block, slots, left, right, u64(size), bits)
