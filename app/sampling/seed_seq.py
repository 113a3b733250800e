"""`std::seed_seq`: how C++ spreads a seed over several words."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

WORD_MASK: Final = 2**32 - 1
_COUNT: Final = 4


def four_seed_words(seed: int) -> NDArray[np.uint32]:
    """The words that `std::seed_seq{seed}` generates into a range of four.

    Source: ISO C++ 2020, [rand.util.seedseq], `generate` for n = 4 words out of s = 1: there t = 1,
    p = 1 and q = 2, and both loops run over m = 4 words.

    >>> four_seed_words(42).tolist()
    [735521182, 3707395978, 3290902861, 980519533]

    Args:
        seed: In [0, 2**32).

    Returns:
        uint32, shape (4,).
    """
    words = [0x8B8B8B8B] * _COUNT
    addends = (1, 1 + seed, 2, 3)  # the first is the number of words that the seed has
    for k in range(_COUNT):
        mixed = _scrambled(words[k] ^ words[(k + 1) % _COUNT] ^ words[k - 1]) * 1664525
        added = mixed + addends[k]
        words[(k + 1) % _COUNT] = (words[(k + 1) % _COUNT] + mixed) & WORD_MASK
        words[(k + 2) % _COUNT] = (words[(k + 2) % _COUNT] + added) & WORD_MASK
        words[k] = added & WORD_MASK
    for k in range(_COUNT):
        total = (words[k] + words[(k + 1) % _COUNT] + words[k - 1]) & WORD_MASK
        mixed = _scrambled(total) * 1566083941 & WORD_MASK
        taken = (mixed - k) & WORD_MASK
        words[(k + 1) % _COUNT] ^= mixed
        words[(k + 2) % _COUNT] ^= taken
        words[k] = taken
    return np.array(words, np.uint32)


def _scrambled(word: int) -> int:
    return word ^ word >> 27
