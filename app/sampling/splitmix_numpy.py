"""SplitMix64 over NumPy arrays; arithmetic of arrays wraps without a warning."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

GOLDEN_RATIO: Final = 0x9E3779B97F4A7C15
WORDS: Final = 2**64


def states(first_key: int, *, start: int, stride: int, count: int) -> NDArray[np.uint64]:
    """States number start, start + stride, ... of a generator.

    >>> states(5, start=0, stride=1, count=2).tolist()
    [5, 11400714819323198490]

    Args:
        first_key: State number 0, in [0, 2**64).
        start: Number of the first state.
        stride: From one state to the next.
        count: How many states.

    Returns:
        uint64, shape (count,).
    """
    increment = np.uint64(stride * GOLDEN_RATIO % WORDS)
    first = np.uint64((first_key + start * GOLDEN_RATIO) % WORDS)
    return first + np.arange(count, dtype=np.uint64) * increment


def finalised(z: NDArray[np.uint64], second_key: int = 0) -> NDArray[np.uint64]:
    """Finaliser of SplitMix64 with a second key in its middle; 0 is the original.

    >>> hex(finalised(np.array([0x9E3779B97F4A7C15], np.uint64))[0])
    '0xe220a8397b1dcdaf'

    Args:
        z: uint64, the states.
        second_key: In [0, 2**64), combined by exclusive or.

    Returns:
        uint64, shaped like z.
    """
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = z ^ np.uint64(second_key)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
