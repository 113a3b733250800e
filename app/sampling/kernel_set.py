"""The functions that do the long work of the native orders, whoever provides them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FillFeistel = Callable[[NDArray[np.int64], int, int, int, int, NDArray[np.uint32]], None]
ShuffledTable = Callable[[int, np.uint64], NDArray[np.uint16]]
FillDraws = Callable[[NDArray[np.int64], int, int, int, np.uint64, np.uint64], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelSet:
    """One provider's kernels; every provider writes the same indices, bit for bit.

    Attributes:
        name: The provider.
        fill_feistel: ``(out, start, stride, dataset_size, right_bits, keys)``: the permutation
            of a large dataset at start, start + stride, ...; keys uint32, one for every round.
        shuffled_table: ``(dataset_size, state)``: the permutation of a small dataset as a
            table, uint16, shape (dataset_size,).
        fill_draws: ``(out, start, stride, dataset_size, first_key, second_key)``: the draws
            with replacement number start, start + stride, ...
    """

    name: Literal["numba", "numpy"]
    fill_feistel: FillFeistel
    shuffled_table: ShuffledTable
    fill_draws: FillDraws
