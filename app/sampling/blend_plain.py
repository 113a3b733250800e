"""The datasets of a blend in plain Python."""

import numpy as np
from numpy.typing import NDArray


def fill_dataset_numbers(out: NDArray[np.int16], shares: NDArray[np.float64]) -> None:
    """Write the number of the dataset that each position of a blend is taken from.

    >>> numbers = np.empty(5, np.int16)
    >>> fill_dataset_numbers(numbers, np.array([0.5, 0.3, 0.2]))
    >>> numbers.tolist()
    [0, 1, 2, 0, 1]

    Args:
        out: int16, contiguous; is filled to its end.
        shares: float64, positive, one for every dataset; at most 32,766 of them.
    """
    wanted: list[float] = shares.tolist()
    taken = [0.0] * len(wanted)
    # on some forty datasets or fewer, lists are faster than arrays as short as these
    for position in range(out.size):
        reached = max(float(position), 1.0)
        behind = [share * reached - part for share, part in zip(wanted, taken, strict=True)]
        chosen = behind.index(max(behind))  # the first one among equals
        out[position] = chosen
        taken[chosen] += 1.0
