"""Compiled kernels of the permutation: values of positions, and positions of values."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.feistel_block_kernels import (
    CONSTANTS,
    KEYS,
    LEFT_OFFSETS,
    LEFT_SIZE,
    RIGHT_OFFSETS,
    VECTORS,
    fill_block_8,
    fill_block_12,
    find_block_8,
    find_block_12,
    positions_together,
)
from app.sampling.feistel_rounds_kernels import FEW_ROUNDS
from app.sampling.kernel import inlined, kernel
from app.sampling.kernel_set import Indices

NARROW = 4  # bytes of a uint32; what fits goes through few rounds, and LLVM drops the others

u32 = np.uint32
u64 = np.uint64


@inlined
def _mixed(half: np.uint32, key: np.uint32) -> np.uint32:
    mixed = u32(u32(half ^ key) * u32(0x21F0AAAD))
    mixed = u32(mixed ^ (mixed >> u32(15)))
    return u32(mixed * u32(0xD35A2D97))


@inlined
def _left_step(right: np.uint32, key: np.uint32, left_size: np.uint32) -> np.uint32:
    return u32((u64(_mixed(right, key)) * u64(left_size)) >> u64(32))


@inlined
def _right_step(left: np.uint32, key: np.uint32, right_bits: np.uint64) -> np.uint32:
    return u32(_mixed(left, key) >> (u32(32) - u32(right_bits)))


@inlined
def _right_mask(right_bits: np.uint64) -> np.uint32:
    return u32((u64(1) << right_bits) - u64(1))


@inlined
def _value_after(
    value: np.uint64, left_size: np.uint32, right_bits: np.uint64, keys: NDArray[np.uint32]
) -> np.uint64:
    mask = _right_mask(right_bits)
    left, right = u32(value >> right_bits), u32(u32(value) & mask)
    for r in range(0, keys.size, 2):
        moved = u32(left + _left_step(right, keys[r], left_size))
        left = min(moved, u32(moved - left_size))  # wraps upwards when it was in range
        right = u32(u32(right + _right_step(left, keys[r + 1], right_bits)) & mask)
    return (u64(left) << right_bits) | u64(right)


@inlined
def _value_before(
    value: np.uint64, left_size: np.uint32, right_bits: np.uint64, keys: NDArray[np.uint32]
) -> np.uint64:
    mask = _right_mask(right_bits)
    left, right = u32(value >> right_bits), u32(u32(value) & mask)
    for r in range(keys.size - 2, -1, -2):
        right = u32(u32(right - _right_step(left, keys[r + 1], right_bits)) & mask)
        moved = u32(left - _left_step(right, keys[r], left_size))
        left = min(moved, u32(moved + left_size))  # wraps downwards when it was in range
    return (u64(left) << right_bits) | u64(right)


@inlined
def _walk(
    values: Indices,
    dataset_size: np.uint64,
    left_size: np.uint32,
    right_bits: np.uint64,
    keys: NDArray[np.uint32],
) -> None:
    """Take values outside the dataset through all rounds until they are inside."""
    for i in range(values.size):
        value = u64(values[i])
        while value >= dataset_size:
            value = _value_after(value, left_size, right_bits, keys)
        values[i] = value


@inlined
def _walk_back(
    positions: NDArray[np.int64],
    dataset_size: np.uint64,
    left_size: np.uint32,
    right_bits: np.uint64,
    keys: NDArray[np.uint32],
) -> None:
    """The same backwards."""
    for i in range(positions.size):
        position = u64(positions[i])
        while position >= dataset_size:
            position = _value_before(position, left_size, right_bits, keys)
        positions[i] = position


@inlined
def _place_of(lane: int, lanes: int) -> int:
    """Which position of its vector a lane holds, so that 64-bit values are written in order.

    Interleaving writes the first two lanes of every four into the first half of a vector's
    values, the others into the second half.
    """
    return lanes // 2 * (lane // 2 % 2) + lane // 4 * 2 + lane % 2


@inlined
def _constants(left_size: np.uint32, keys: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """What every block needs of the network."""
    constants = np.empty(CONSTANTS, np.uint32)
    constants[LEFT_SIZE] = left_size
    constants[KEYS : KEYS + keys.size] = keys
    return constants


@inlined
def _put_offsets(
    constants: NDArray[np.uint32], stride: np.uint64, right_bits: np.uint64, itemsize: int
) -> None:
    """Add how far the position of every lane of a block is from the block's first one."""
    lanes = positions_together() // VECTORS
    for i in range(positions_together()):
        place = i
        if itemsize != NARROW:
            place = i - i % lanes + _place_of(i % lanes, lanes)
        offset = u64(place) * stride
        constants[RIGHT_OFFSETS + i] = u32(offset) & _right_mask(right_bits)
        constants[LEFT_OFFSETS + i] = u32(offset >> right_bits)


@kernel
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
        keys: uint32, one for every round, 8 or 12.
    """
    size, bits, together = u64(dataset_size), u64(right_bits), positions_together()
    left_size = u32(((size - u64(1)) >> bits) + u64(1))
    constants = _constants(left_size, keys)
    _put_offsets(constants, u64(stride), bits, out.itemsize)
    # less than a block goes through a buffer; the last block of more overlaps the one before it
    room = out if out.size >= together else np.empty(together, out.dtype)
    for begin in range(0, out.size, together):
        first = min(begin, room.size - together)
        position = u64(start) + u64(first) * u64(stride)
        left, right = u32(position >> bits), u32(u32(position) & _right_mask(bits))
        if keys.size == FEW_ROUNDS or room.itemsize == NARROW:
            outside = fill_block_8(room, first, left, right, constants, bits)
        else:
            outside = fill_block_12(room, first, left, right, constants, bits)
        if outside != u64(0):
            members = room[first : min(first + together, out.size)]
            _walk(members, size, left_size, bits, keys)
    if out.size < together:
        out[:] = room[: out.size]


@kernel
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
    size, bits, together = u64(dataset_size), u64(right_bits), positions_together()
    left_size = u32(((size - u64(1)) >> bits) + u64(1))
    constants = _constants(left_size, keys)
    whole = values.size - values.size % together
    for first in range(0, whole, together):
        if keys.size == FEW_ROUNDS:
            outside = find_block_8(out, values, first, constants, bits)
        else:
            outside = find_block_12(out, values, first, constants, bits)
        if outside != u64(0):
            _walk_back(out[first : first + together], size, left_size, bits, keys)
    for i in range(whole, values.size):
        out[i] = _value_before(u64(values[i]), left_size, bits, keys)
    _walk_back(out[whole:], size, left_size, bits, keys)
