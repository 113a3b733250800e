"""Compiled kernels of torch.randperm on the CPU, for tables below 2**32 samples."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import inlined, kernel
from app.sampling.kernel_set import ShuffleTable
from app.sampling.mersenne_twister_kernels import (
    STATE_WORDS,
    next_words,
    seeded_state,
    skip_words,
)
from app.sampling.prefetch_kernels import prefetch
from app.sampling.swap_kernels import AHEAD, swap

PAIRS = STATE_WORDS // 2

u32 = np.uint32
u64 = np.uint64
f64 = np.float64

MANTISSA = f64(2**52)  # added to an integer below 2**52, it leaves it in the low bits


@inlined
def _choose_partners(
    partners: NDArray[np.uint32],
    words: NDArray[np.uint32],
    sums: NDArray[np.float64],
    ramp: NDArray[np.float64],
    first: np.float64,
    dataset_size: np.float64,
) -> None:
    """Partner of i: i + word % (dataset_size - i).

    Processors divide vectors of doubles, but no vectors of integers. The quotient of two
    integers below 2**32 is no closer to an integer above it than 2**-32, so rounding to 53 bits
    never reaches that integer: the remainder is exact.
    """
    for k in range(STATE_WORDS):
        own = first + ramp[k]
        word, left = f64(words[k]), dataset_size - own
        sums[k] = (word - np.floor(word / left) * left) + own + MANTISSA
    bits = sums.view(np.uint64)
    for k in range(STATE_WORDS):
        partners[k] = u32(bits[k])


@kernel
def fill_torch_permutation(table: ShuffleTable, seed: int, skipped: int) -> None:
    """The branch for few samples: swap every position with one that is not before it.

    Args:
        table: uint32, contiguous, below 2**32 samples; overwritten by the permutation.
        seed: In [0, 2**32).
        skipped: Words to leave out.
    """
    for i in range(table.size):
        table[i] = i
    words = np.empty(STATE_WORDS, np.uint32)
    partners = np.zeros(STATE_WORDS + AHEAD, np.uint32)
    sums = np.empty(STATE_WORDS, np.float64)
    ramp = np.arange(STATE_WORDS).astype(np.float64)
    state = seeded_state(seed)
    place = skip_words(state, skipped)
    last = table.size - 1
    for first in range(0, last, STATE_WORDS):
        next_words(words, state, place)
        _choose_partners(partners, words, sums, ramp, f64(first), f64(table.size))
        swap(table, partners, min(STATE_WORDS, last - first), first, 1)


@kernel
def fill_large_torch_permutation(table: ShuffleTable, seed: int, skipped: int) -> None:
    """The branch for many samples: put every sample where one before it stands.

    Args:
        table: uint32, contiguous, below 2**32 samples; overwritten by the permutation.
        seed: In [0, 2**32).
        skipped: Words to leave out.
    """
    words = np.empty(STATE_WORDS, np.uint32)
    partners = np.zeros(PAIRS + AHEAD, np.uint32)
    state = seeded_state(seed)
    place = skip_words(state, skipped)
    for first in range(0, table.size, PAIRS):
        next_words(words, state, place)
        for k in range(PAIRS):
            word = (u64(words[2 * k]) << u64(32)) | u64(words[2 * k + 1])
            partners[k] = u32(word % u64(first + k + 1))
        for k in range(min(PAIRS, table.size - first)):
            prefetch(table, partners[k + AHEAD])
            table[first + k] = table[partners[k]]
            table[partners[k]] = first + k
