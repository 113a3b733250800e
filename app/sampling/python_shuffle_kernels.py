"""Compiled kernel of random.Random.shuffle, for tables below 2**32 samples."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import inlined, kernel
from app.sampling.kernel_set import ShuffleTable
from app.sampling.mersenne_twister_kernels import STATE_WORDS, next_words, skip_words
from app.sampling.swap_kernels import AHEAD, swap

i64 = np.int64
u32 = np.uint32
u64 = np.uint64


@inlined
def _choose_partners(partners: NDArray[np.uint32], words: NDArray[np.uint32], left: int) -> int:
    """Partners of the samples left - 1, left - 2, ...; how many of them the words yield.

    A partner has as many bits as the number of samples that are left, and is drawn again until
    it is less. It is written in any case, and counted when it is less: a jump instead would be
    guessed wrong every third time.
    """
    shift = 32
    while left >> (32 - shift):
        shift -= 1
    lowest = 1 << (31 - shift)  # the least number with as many bits
    used, found = 0, 0
    while used < STATE_WORDS and left > 1:
        if left < lowest:
            shift, lowest = shift + 1, lowest >> 1
        stop = min(STATE_WORDS, used + max(1, left - lowest))
        for k in range(used, stop):
            partner = i64(words[k] >> (u32(shift) & u32(31)))
            partners[found] = partner
            less = int(u64(partner - left) >> u64(63))  # the sign of the difference
            found += less
            left -= less
        used = stop
    return found


@kernel
def fill_python_shuffle(table: ShuffleTable, state: NDArray[np.uint32]) -> None:
    """Swap every position, from the last one on, with one that is not behind it.

    Args:
        table: uint32, contiguous, below 2**32 samples; overwritten by the permutation.
        state: uint32, shape (624,), freshly seeded; overwritten.
    """
    for i in range(table.size):
        table[i] = i
    words = np.empty(STATE_WORDS, np.uint32)
    partners = np.zeros(STATE_WORDS + AHEAD, np.uint32)
    place = skip_words(state, 0)
    left = table.size
    while left > 1:
        next_words(words, state, place)
        found = _choose_partners(partners, words, left)
        swap(table, partners, found, left - 1, -1)
        left -= found
