"""The permutation of torch.randperm on the CPU, from any place of its generator's stream."""

from typing import Final

import numpy as np

from app.sampling.kernel_set import KernelSet, ShuffleTable
from app.sampling.mersenne_twister import DISTINCT_SEEDS
from app.sampling.shuffle_table import sample_type, shuffling_kernels

LARGE_FROM: Final = (2**32 - 1) // 20


def torch_randperm(
    dataset_size: int,
    *,
    seed: int,
    skipped_words: int = 0,
    large_branch: bool = True,
    kernels: KernelSet | None = None,
) -> ShuffleTable:
    """``torch.randperm(dataset_size, generator=torch.Generator().manual_seed(seed))``.

    Source: torch 2.13.0, aten/src/ATen/native/TensorFactories.cpp (randperm_cpu). Verified
    against torch 2.5.1, 2.6.0, 2.7.1 and 2.13.0.

    >>> torch_randperm(10, seed=42).tolist()
    [2, 6, 1, 8, 4, 5, 0, 9, 3, 7]
    >>> once = randperm_words(10)
    >>> torch_randperm(10, seed=0, skipped_words=once).tolist()  # the second one of a generator
    [3, 9, 4, 2, 7, 8, 6, 0, 5, 1]

    Args:
        dataset_size: Size of the permutation, not negative.
        seed: Any integer; its low 32 bits count.
        skipped_words: 32-bit words that were drawn from the generator before, in [0, 2**63).
        large_branch: Whether 214,748,364 samples and more are permuted in a way of their own, as
            since torch 2.6.
        kernels: What permutes; None: what this process uses. The sample indices are the same.

    Returns:
        Shape (dataset_size,), uint32 up to 2**32 samples, else int64; nothing else is allocated
        but a few kilobytes. Time is about 10 ns per sample and 0.3 ns per skipped word. From
        2**32 samples on plain Python permutes, some 100 times slower.
    """
    kernels = kernels or shuffling_kernels(dataset_size)
    fill = (
        kernels.fill_large_torch_permutation
        if large_branch and dataset_size >= LARGE_FROM
        else kernels.fill_torch_permutation
    )
    table = np.empty(dataset_size, sample_type(dataset_size))
    fill(table, seed % DISTINCT_SEEDS, skipped_words)
    return table


def randperm_words(dataset_size: int, *, large_branch: bool = True) -> int:
    """32-bit words that one call of torch.randperm draws from its generator.

    >>> randperm_words(10), randperm_words(1), randperm_words(214_748_364)
    (9, 0, 429496728)

    Args:
        dataset_size: Size of the permutation, not negative.
        large_branch: Whether many samples are permuted in a way of their own, as since torch 2.6.
    """
    if large_branch and dataset_size >= LARGE_FROM:
        return 2 * dataset_size
    return max(0, dataset_size - 1)
