"""The order in which a shuffle buffer hands out a stream of samples."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.sampling import buffer_shuffle_plain
from app.sampling.backend import backend_name
from app.sampling.kernel_set import ShuffleTable
from app.sampling.philox import philox_words
from app.sampling.shuffle_table import COMPILED_BELOW, sample_type

SWAPPED_TOGETHER: Final = 2**16
"""Positions whose partners are computed together: their words stay in the second-level cache."""

SwapPartners = Callable[[ShuffleTable, NDArray[Any], int], None]


def buffer_shuffled(
    count: int, *, buffer_size: int, seeds: tuple[int, int], skipped_words: int = 0
) -> ShuffleTable:
    """Samples 0, 1, ... as they leave a buffer that is refilled from the stream.

    One of the samples that wait leaves at a time, chosen by one word of Philox modulo their
    number. The place of the chosen one is taken by the one that has waited longest, so that the
    buffer is a window of a Fisher-Yates shuffle that runs forward.

    Source: TensorFlow, tensorflow/core/kernels/data/shuffle_dataset_op.cc (read as of 2.13) and
    tensorflow/core/kernels/random_shuffle_op.cc, where the whole tensor waits; both verified
    against TensorFlow 2.21.0.

    >>> buffer_shuffled(10, buffer_size=3, seeds=(87654321, 1)).tolist()
    [0, 3, 2, 4, 5, 7, 6, 9, 1, 8]

    Args:
        count: Samples of the stream, not negative.
        buffer_size: Samples that wait together, at least 1.
        seeds: Key and upper half of the counter of the generator, each in [0, 2**64).
        skipped_words: Words of the generator that were drawn before.

    Returns:
        Shape (count,), uint32 up to 2**32 samples, else int64; little else is allocated. Time is
        about 10 ns per sample, and some ten times more from 2**32 samples on.
    """
    table: ShuffleTable = np.arange(count).astype(sample_type(count))
    swap = _compiled_swap() if count < COMPILED_BELOW else buffer_shuffle_plain.swap_partners
    for first in range(0, count, SWAPPED_TOGETHER):
        together = min(SWAPPED_TOGETHER, count - first)
        words = philox_words(*seeds, start=skipped_words + first, count=together)
        swap(table, _partners(words, first, count, min(buffer_size, count)), first)
    return table


def _partners(words: NDArray[np.uint32], first: int, count: int, buffer_size: int) -> ShuffleTable:
    """Whom positions first, first + 1, ... are swapped with; 32 bits divide much faster."""
    ahead = np.arange(len(words))
    waiting = np.minimum(count - first - ahead, buffer_size)
    if count < COMPILED_BELOW:
        places: NDArray[np.uint32] = (first + ahead).astype(np.uint32)
        return places + words % waiting.astype(np.uint32)
    return first + ahead + words % waiting


@cache
def _compiled_swap() -> SwapPartners:
    if backend_name() == "numpy":
        return buffer_shuffle_plain.swap_partners
    # imported here because it takes half a second, which plans without indices need not pay
    compiled: SwapPartners = import_module("app.sampling.buffer_shuffle_kernels").swap_partners
    return compiled
