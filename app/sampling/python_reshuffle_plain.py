"""Several shuffles by one random.Random itself."""

import random

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel_set import ShuffleTable

VERSION = 3  # of the state that random.Random hands out and takes back


def reshuffle(table: ShuffleTable, places: NDArray[np.int64], state: NDArray[np.uint32]) -> None:
    """Shuffle a sorted table as many times as there are places; the last shuffle is kept.

    Args:
        table: Contiguous; overwritten by the last permutation.
        places: int64; overwritten by where the last sample stands after each shuffle.
        state: uint32, shape (624,), freshly seeded.
    """
    generator = random.Random()  # noqa: S311 - an order, no secret
    generator.setstate((VERSION, (*state.tolist(), state.size), None))
    for number in range(len(places)):
        samples = list(range(table.size))
        generator.shuffle(samples)
        places[number] = samples.index(table.size - 1)
        table[:] = samples
