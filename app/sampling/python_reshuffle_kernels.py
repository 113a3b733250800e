"""Compiled kernel of several shuffles by one random.Random, for tables below 2**32 samples."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import kernel
from app.sampling.kernel_set import ShuffleTable
from app.sampling.mersenne_twister_kernels import STATE_WORDS, next_words, skip_words

i64 = np.int64
u32 = np.uint32


@kernel
def reshuffle(table: ShuffleTable, places: NDArray[np.int64], state: NDArray[np.uint32]) -> None:
    """Shuffle a sorted table as many times as there are places; the last shuffle is kept.

    Args:
        table: uint32, contiguous, below 2**32 samples; overwritten by the last permutation.
        places: int64; overwritten by where the last sample stands after each shuffle.
        state: uint32, shape (624,), freshly seeded; overwritten.
    """
    for i in range(table.size):
        table[i] = i
    words = np.empty(STATE_WORDS, np.uint32)
    start = skip_words(state, 0)
    used = STATE_WORDS
    for number in range(places.size):
        kept = number == places.size - 1
        place = i64(table.size - 1)
        shift, lowest = 32, i64(1) << 32  # the least number with as many bits as are left
        for left in range(table.size, 1, -1):
            while left < lowest:
                shift, lowest = shift - 1, lowest >> 1
            partner = i64(left)
            while partner >= left:
                if used == STATE_WORDS:
                    next_words(words, state, start)
                    used = 0
                partner = i64(words[used] >> u32(31 - shift))
                used += 1
            own = left - 1
            if place == own:
                place = partner
            elif place == partner:
                place = i64(own)
            if kept:
                table[own], table[partner] = table[partner], table[own]
        places[number] = place
