"""torch.randperm on the CPU, its random numbers in plain NumPy."""

from typing import Final

import numpy as np

from app.sampling.kernel_set import ShuffleTable
from app.sampling.mersenne_twister_numpy import generator_of

BLOCK: Final = 8192  # samples; what is drawn for them stays in the cache
HALF: Final = np.uint64(32)


def fill_torch_permutation(table: ShuffleTable, seed: int, skipped: int) -> None:
    """The branch for few samples: swap every position with one that is not before it.

    Args:
        table: Contiguous; overwritten by the permutation.
        seed: In [0, 2**32).
        skipped: Words to leave out.
    """
    table[:] = np.arange(table.size)
    generator, samples, last = generator_of(seed, skipped), table.data, table.size - 1
    for first in range(0, last, BLOCK):
        own = np.arange(first, min(first + BLOCK, last))
        words = generator.random_raw(own.size).astype(np.int64)
        partners = (own + words % (table.size - own)).tolist()
        for i, partner in enumerate(partners, first):
            samples[i], samples[partner] = samples[partner], samples[i]


def fill_large_torch_permutation(table: ShuffleTable, seed: int, skipped: int) -> None:
    """The branch for many samples: put every sample where one before it stands.

    Args:
        table: Contiguous; overwritten by the permutation.
        seed: In [0, 2**32).
        skipped: Words to leave out.
    """
    generator, samples = generator_of(seed, skipped), table.data
    for first in range(0, table.size, BLOCK):
        own = np.arange(first, min(first + BLOCK, table.size), dtype=np.uint64)
        words = generator.random_raw((own.size, 2))
        partners = ((words[:, 0] << HALF | words[:, 1]) % (own + np.uint64(1))).tolist()
        for i, partner in enumerate(partners, first):
            samples[i] = samples[partner]
            samples[partner] = i
