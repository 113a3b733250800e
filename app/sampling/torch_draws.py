"""The draws of torch.randint on the CPU, from any place of its generator's stream."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel_set import KernelSet
from app.sampling.mersenne_twister import raw_words

WIDE_FROM: Final = 2**28
HALF: Final = np.uint64(32)
_TOGETHER: Final = 2**14
"""Draws that are made of their words together: few enough to stay in a cache."""


def torch_randint(
    count: int,
    *,
    dataset_size: int,
    seed: int,
    skipped_words: int = 0,
    wide_from: int = WIDE_FROM,
    kernels: KernelSet | None = None,
) -> NDArray[np.int64]:
    """``torch.randint(dataset_size, (count,), generator=torch.Generator().manual_seed(seed))``.

    Source: torch 2.13.0, torch/include/ATen/core/DistributionsHelper.h
    (uniform_int_from_to_distribution). Verified against torch 2.5.1, 2.6.0, 2.7.1 and 2.13.0.

    >>> torch_randint(5, dataset_size=10, seed=5).tolist()
    [1, 4, 7, 5, 6]
    >>> third = 2 * draw_words(10)
    >>> torch_randint(1, dataset_size=10, seed=5, skipped_words=third).tolist()
    [7]

    Args:
        count: How many draws.
        dataset_size: Draws are in [0, dataset_size), at most 2**63.
        seed: Any integer; its low 32 bits count.
        skipped_words: 32-bit words that were drawn from the generator before, in [0, 2**63).
        wide_from: The size from which on a draw takes two words: 2**28, up to torch 2.6
            it was 2**32.
        kernels: What computes the words; None: what this process uses. The draws are the same.

    Returns:
        int64, shape (count,). Besides it 4 bytes per draw are allocated where a draw takes one
        word, and nothing but a megabyte where it takes two.
    """
    words_per_draw = draw_words(dataset_size, wide_from)
    words = raw_words(
        seed, skipped_words=skipped_words, count=count * words_per_draw, kernels=kernels
    )
    # two words are as large as a draw, which takes their place
    draws = words.view(np.uint64) if words_per_draw > 1 else np.empty(count, np.uint64)
    for first in range(0, count, _TOGETHER):
        stop = min(first + _TOGETHER, count)
        drawn = words[first * words_per_draw : stop * words_per_draw].astype(np.uint64)
        if words_per_draw > 1:
            drawn = drawn[0::2] << HALF | drawn[1::2]  # the first word is the high one
        draws[first:stop] = drawn % np.uint64(dataset_size)
    return draws.view(np.int64)


def draw_words(dataset_size: int, wide_from: int = WIDE_FROM) -> int:
    """32-bit words that one draw takes from the generator.

    >>> draw_words(2**28 - 1), draw_words(2**28), draw_words(2**28, wide_from=2**32)
    (1, 2, 1)

    Args:
        dataset_size: Draws are in [0, dataset_size).
        wide_from: The size from which on a draw takes two words.
    """
    return 2 if dataset_size >= wide_from else 1
