"""Compiled kernel of a blend: which dataset is furthest behind its share at every position."""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import kernel


@kernel
def fill_dataset_numbers(out: NDArray[np.int16], shares: NDArray[np.float64]) -> None:
    """Write the number of the dataset that each position of a blend is taken from.

    Args:
        out: int16, contiguous; is filled to its end.
        shares: float64, positive, one for every dataset; at most 32,766 of them.
    """
    taken = np.zeros(shares.size, np.float64)
    for position in range(out.size):
        reached = max(float(position), 1.0)
        chosen = 0
        furthest = shares[0] * reached - taken[0]
        for number in range(1, shares.size):
            behind = shares[number] * reached - taken[number]
            if behind > furthest:
                chosen, furthest = number, behind
        out[position] = chosen
        taken[chosen] += 1.0
