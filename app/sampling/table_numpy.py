"""The permutation of a small dataset, its random numbers in plain NumPy."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.splitmix_numpy import finalised, states


def shuffled_table(dataset_size: int, state: np.uint64) -> NDArray[np.uint16]:
    """The whole permutation of [0, dataset_size) as a table.

    >>> shuffled_table(4, np.uint64(0)).tolist()
    [3, 2, 1, 0]

    Args:
        dataset_size: Size of the permutation, in [1, 65536).
        state: uint64, the state of the generator before its first step.

    Returns:
        uint16, shape (dataset_size,): the sample index at every position.
    """
    table = list(range(dataset_size))
    numbers = finalised(states(int(state), start=0, stride=1, count=dataset_size))
    sizes = np.arange(1, dataset_size + 1, dtype=np.uint64)
    chosen = (((numbers >> np.uint64(16)) * sizes) >> np.uint64(48)).tolist()
    for last in range(dataset_size - 1, 0, -1):
        table[last], table[chosen[last]] = table[chosen[last]], table[last]
    return np.array(table, dtype=np.uint16)
