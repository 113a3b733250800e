"""The order that Python's own random.shuffle brings samples into."""

import random
from typing import Final

import numpy as np

from app.sampling.kernel_set import KernelSet, ShuffleTable
from app.sampling.shuffle_table import sample_type, shuffling_kernels

STATE_WORDS: Final = 624


def python_shuffled(count: int, *, seed: int, kernels: KernelSet | None = None) -> ShuffleTable:
    """``samples = list(range(count)); random.Random(seed).shuffle(samples)``, as an array.

    Source: Python 3.11, Lib/random.py (shuffle, _randbelow_with_getrandbits); the same in every
    version since 3.2. Verified against the interpreter that runs.

    >>> python_shuffled(10, seed=42).tolist()
    [7, 3, 2, 8, 5, 6, 9, 4, 0, 1]

    Args:
        count: How many samples, not negative.
        seed: Any integer, of any size; its sign does not count.
        kernels: What shuffles; None: what this process uses. The sample indices are the same.

    Returns:
        Shape (count,), uint32 up to 2**32 samples, else int64; nothing else is allocated but a
        few kilobytes. Time is about 15 ns per sample. From 2**32 samples on plain Python
        shuffles, some 100 times slower.
    """
    # Python spreads the seed over the state, and hands the state out
    words = random.Random(seed).getstate()[1][:STATE_WORDS]  # noqa: S311 - an order, no secret
    fill = (kernels or shuffling_kernels(count)).fill_python_shuffle
    table = np.empty(count, sample_type(count))
    fill(table, np.array(words, np.uint32))
    return table
