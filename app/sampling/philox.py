"""Philox4x32-10 as TensorFlow's data operations use it: a keyed stream with random access."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.sampling.backend import backend
from app.sampling.kernel_set import KernelSet

BLOCK_WORDS: Final = 4


def philox_words(
    key: int, counter_high: int, *, start: int, count: int, kernels: KernelSet | None = None
) -> NDArray[np.uint32]:
    """Words number start, start + 1, ... of the stream that two seeds of 64 bits open.

    Block number b of the stream is Philox4x32-10 of a counter that holds b in its low 64 bits and
    the second seed in its high 64 bits; the four words of a block follow one another.

    Sources: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; TensorFlow
    2.21.0, xla/tsl/lib/random/philox_random.h. Verified against the known answers of Random123
    and StatelessRandomUniformFullIntV2 of TensorFlow 2.21.0.

    >>> [f"{word:08x}" for word in philox_words(0, 0, start=0, count=4)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    >>> [f"{word:08x}" for word in philox_words(0, 0, start=3, count=1)]
    ['9b00dbd8']

    Args:
        key: The first seed, in [0, 2**64).
        counter_high: The second seed, in [0, 2**64).
        start: Number of the first word; start + count is at most 2**66.
        count: How many words.
        kernels: What computes them; None: what this process uses. The words are the same.

    Returns:
        uint32, shape (count,). Time is a few nanoseconds per word, wherever they begin.
    """
    first_block, offset = divmod(start, BLOCK_WORDS)
    blocks = np.empty((-(-(offset + count) // BLOCK_WORDS), BLOCK_WORDS), np.uint32)
    fill = (kernels or backend().kernels).fill_philox_blocks
    fill(blocks, np.uint64(key), np.uint64(counter_high), np.uint64(first_block))
    return blocks.reshape(-1)[offset : offset + count]
