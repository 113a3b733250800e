"""SplitMix64 with random access, over arrays."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

INCREMENT: Final = 0x9E3779B97F4A7C15
_WORDS: Final = 2**64


def states(first: int, places: range) -> Words:
    """The states at some places of the sequence that begins with a word.

    >>> states(5, range(0, 2)).tolist()
    [5, 11400714819323198490]
    """
    start = np.uint64((first + places.start * INCREMENT) % _WORDS)
    step = np.uint64(places.step * INCREMENT % _WORDS)
    return np.arange(len(places), dtype=np.uint64) * step + start


def finalised(states_: Words, key: int = 0) -> Words:
    """The numbers that follow from states; a key in the middle makes another sequence of them.

    >>> hex(finalised(np.array([INCREMENT], np.uint64))[0])
    '0xe220a8397b1dcdaf'
    """
    z = states_ ^ (states_ >> np.uint64(30))
    z *= np.uint64(0xBF58476D1CE4E5B9)
    z ^= np.uint64(key)
    z ^= z >> np.uint64(27)
    z *= np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return z
