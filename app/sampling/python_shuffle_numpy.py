"""random.Random.shuffle itself."""

import random
from collections.abc import MutableSequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel_set import ShuffleTable

VERSION = 3  # of the state that random.Random hands out and takes back


def fill_python_shuffle(table: ShuffleTable, state: NDArray[np.uint32]) -> None:
    """Swap every position, from the last one on, with one that is not behind it.

    Args:
        table: Contiguous; overwritten by the permutation.
        state: uint32, shape (624,), freshly seeded.
    """
    table[:] = np.arange(table.size)
    generator = random.Random()  # noqa: S311 - an order, no secret
    generator.setstate((VERSION, (*state.tolist(), state.size), None))
    generator.shuffle(cast(MutableSequence[int], table.data))
