"""Grain's index shuffle in plain NumPy."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 8192  # indices; the temporaries of a block stay in the second-level cache
LONG_WALKS_BELOW: Final = 2**14  # indices; from here on a walk has fewer than four steps on average


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
    if size <= LONG_WALKS_BELOW:
        indices[:] = _table_of_walks(size, word_bits, keys)[indices]
        return
    for done in range(0, indices.size, BLOCK):
        block = indices[done : done + BLOCK]
        values = _after_rounds(block.view(np.uint64), word_bits, keys)
        outside = np.flatnonzero(values >= np.uint64(size))
        while outside.size:
            walked = _after_rounds(values[outside], word_bits, keys)
            values[outside] = walked
            outside = outside[walked >= np.uint64(size)]
        block[:] = values.view(np.int64)


def _table_of_walks(size: int, word_bits: int, keys: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Every index of a small range at once: where one is walked far, all are walked together."""
    domain = np.arange(4**word_bits, dtype=np.uint64)
    after = _after_rounds(domain, word_bits, keys).astype(np.int64)
    table = after[:size].copy()
    # a value inside stays, one outside goes on; squaring this doubles how far it goes
    after[:size] = np.arange(size)
    while (table >= size).any():
        table = after[table]
        after = after[after]
    return table


def _after_rounds(
    values: NDArray[np.uint64], word_bits: int, keys: NDArray[np.uint32]
) -> NDArray[np.uint64]:
    mask = np.uint32(2**word_bits - 1)
    left = (values >> np.uint64(word_bits)).astype(np.uint32) & mask
    right = values.astype(np.uint32) & mask
    for first, second in keys.reshape(2, 2):
        left ^= (_round(right, word_bits) ^ first) & mask
        right ^= (_round(left, word_bits) ^ second) & mask
    return (left.astype(np.uint64) << np.uint64(word_bits)) | right


def _round(half: NDArray[np.uint32], word_bits: int) -> NDArray[np.uint32]:
    """SIMON's round function; bits above the word are left for the caller to clear."""
    by_1, by_2, by_8 = (_turned(half, turn, word_bits) for turn in (1, 2, 8))
    return (by_1 & by_8) ^ by_2


def _turned(half: NDArray[np.uint32], turn: int, word_bits: int) -> NDArray[np.uint32]:
    return (half << np.uint32(turn)) | (half >> np.uint32(word_bits - turn))
