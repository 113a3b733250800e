"""The native draws with replacement, computed with NumPy from docs/native-order.md."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from epochplan_client.native_keys import WITH_REPLACEMENT, key_words, long_word
from epochplan_client.split_mix import INCREMENT, Words, finalised, states

_HALF: Final = np.uint64(32)
_LOW: Final = np.uint64(2**32 - 1)


@dataclass(frozen=True, slots=True)
class Draws:
    """Independent draws of one epoch, each of them to be had on its own.

    >>> Draws(seed=1, number=2, dataset_size=10**12).at(range(0, 2 * 10**9, 10**9)).tolist()
    [734239305202, 275070288186]

    Attributes:
        seed: In [0, 2**64).
        number: The epoch.
        dataset_size: In [1, 2**63).
    """

    seed: int
    number: int
    dataset_size: int

    def at(self, positions: range) -> Words:
        """The draws with some numbers.

        Returns:
            uint64, shape (len(positions),), each in [0, dataset_size).
        """
        words = key_words(
            WITH_REPLACEMENT, seed=self.seed, number=self.number, dataset_size=self.dataset_size
        )
        key = long_word(words, 2)
        drawn = finalised(states(long_word(words, 0), positions), key)
        size, unfair = np.uint64(self.dataset_size), np.uint64(2**64 % self.dataset_size)
        while len(rejected := np.flatnonzero(drawn * size < unfair)):
            drawn[rejected] = finalised(drawn[rejected] + np.uint64(INCREMENT), key)
        return upper_half(drawn, self.dataset_size)


def upper_half(words: Words, factor: int) -> Words:
    """The upper 64 bits of products of 128.

    >>> upper_half(np.array([2**63, 2**64 - 1], np.uint64), 6).tolist()
    [3, 5]
    """
    high, low = np.uint64(factor >> 32), np.uint64(factor & 0xFFFFFFFF)
    lower, upper = words & _LOW, words >> _HALF
    middle = upper * low + ((lower * low) >> _HALF)
    other = lower * high + (middle & _LOW)
    product: Words = upper * high + (middle >> _HALF) + (other >> _HALF)
    return product
