"""Compiled kernel of the small permutation: a keyed Fisher-Yates shuffle."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import kernel
from app.sampling.splitmix_kernels import GOLDEN_RATIO, finalised

u64 = np.uint64


@kernel
def shuffled_table(dataset_size: int, state: np.uint64) -> NDArray[np.uint16]:
    """The whole permutation of [0, dataset_size) as a table.

    Args:
        dataset_size: Size of the permutation, in [1, 65536).
        state: uint64, the state of the generator before its first step.

    Returns:
        uint16, shape (dataset_size,): the sample index at every position.
    """
    table = np.arange(dataset_size).astype(np.uint16)
    for last in range(dataset_size - 1, 0, -1):
        z = finalised(state + u64(last) * GOLDEN_RATIO, u64(0))
        chosen = ((z >> u64(16)) * u64(last + 1)) >> u64(48)
        table[last], table[chosen] = table[chosen], table[last]
    return table
