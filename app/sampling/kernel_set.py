"""The functions that do the long work of the orders, whoever provides them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64 | np.uint32]
"""Sample indices in a buffer that an order fills."""

FillFeistel = Callable[[Indices, int, int, int, int, NDArray[np.uint32]], None]
FindFeistel = Callable[[NDArray[np.int64], NDArray[np.int64], int, int, NDArray[np.uint32]], None]
ShuffledTable = Callable[[int, np.uint64], NDArray[np.uint16]]
FillDraws = Callable[[Indices, int, int, int, np.uint64, np.uint64], None]

ShuffleTable = NDArray[np.uint32 | np.int64]
FillWords = Callable[[NDArray[np.uint32], int, int], None]
FillTorchPermutation = Callable[[ShuffleTable, int, int], None]
FillPhiloxBlocks = Callable[[NDArray[np.uint32], np.uint64, np.uint64, np.uint64], None]
FillPythonShuffle = Callable[[ShuffleTable, NDArray[np.uint32]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelSet:
    """One provider's kernels; every provider writes the same indices, bit for bit.

    Attributes:
        name: The provider.
        fill_feistel: ``(out, start, stride, dataset_size, right_bits, keys)``: the permutation
            of a large dataset at start, start + stride, ...; keys uint32, one for every round.
        find_feistel: ``(out, values, dataset_size, right_bits, keys)``: the positions at which
            values of that permutation stand.
        shuffled_table: ``(dataset_size, state)``: the permutation of a small dataset as a
            table, uint16, shape (dataset_size,).
        fill_draws: ``(out, start, stride, dataset_size, first_key, second_key)``: the draws
            with replacement number start, start + stride, ...
        fill_words: ``(out, seed, skipped)``: the words of mt19937, seeded with 32 bits, after
            the skipped ones.
        fill_torch_permutation: ``(table, seed, skipped)``: torch.randperm of few samples, after
            the skipped words of its generator.
        fill_large_torch_permutation: ``(table, seed, skipped)``: the same of many samples.
        fill_python_shuffle: ``(table, state)``: the order of random.Random.shuffle; state
            uint32, shape (624,), freshly seeded, may be overwritten. Compiled shuffles take
            tables of uint32 only, below 2**32 samples.
        fill_philox_blocks: ``(out, key, counter_high, first_block)``: blocks of Philox4x32-10,
            uint32, shape (blocks, 4).
    """

    name: Literal["numba", "numpy"]
    fill_feistel: FillFeistel
    find_feistel: FindFeistel
    shuffled_table: ShuffledTable
    fill_draws: FillDraws
    fill_words: FillWords
    fill_torch_permutation: FillTorchPermutation
    fill_large_torch_permutation: FillTorchPermutation
    fill_python_shuffle: FillPythonShuffle
    fill_philox_blocks: FillPhiloxBlocks
