"""Compiled SplitMix64: the constants and the finaliser that tables and draws share."""

import numpy as np

from app.sampling.kernel import inlined

u64 = np.uint64

GOLDEN_RATIO = u64(0x9E3779B97F4A7C15)  # the increment of SplitMix64, 2**64 / golden ratio


@inlined
def finalised(z: np.uint64, second_key: np.uint64) -> np.uint64:
    """Finaliser of SplitMix64 with a second key in its middle; a second key of 0 is the original.

    Args:
        z: uint64, the state.
        second_key: uint64, combined by exclusive or.

    Returns:
        uint64.
    """
    z = (z ^ (z >> u64(30))) * u64(0xBF58476D1CE4E5B9)
    z = z ^ second_key
    z = (z ^ (z >> u64(27))) * u64(0x94D049BB133111EB)
    return z ^ (z >> u64(31))
