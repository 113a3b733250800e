"""Grain's index shuffle: a keyed reordering of a range with random access, its defect included.

Source: grain 0.2.18, `grain/_src/python/experimental/index_shuffle/index_shuffle.cc`: the SIMON
block cipher (Beaulieu and others, https://eprint.iacr.org/2013/404) with a round key from
`std::seed_seq` for each of four rounds; a value outside the range is enciphered again.

The cipher has an even number of bits, at least 16, from the logarithm of the largest index rounded
up. The largest index 2**b of an even b of at least 16 has one bit more: the cipher does not see it,
so indices 0 and 2**b lead to the same sample, and sample 2**b is never reached.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.integers import ceil_div
from app.sampling.backend import backend_name
from app.sampling.index_shuffle_numpy import shuffle_indices
from app.sampling.kernel_set import Indices
from app.sampling.memo import TABLES
from app.sampling.seed_seq import four_seed_words

LEAST_DOMAIN: Final = 2**16
TABLE_LIMIT: Final = 2**14
"""Up to here a sample is on average four or more walks away, and a table costs no more."""

ShuffleIndices = Callable[[NDArray[np.int64], int, int, NDArray[np.uint32]], None]


@dataclass(frozen=True, slots=True)
class IndexShuffle:
    """The sample that stands at each position of one pass through a range.

    >>> shuffled = IndexShuffle(size=10, seed=42)
    >>> out = np.empty(10, np.int64)
    >>> shuffled.fill(out, start=0)
    >>> out.tolist()
    [8, 6, 7, 9, 0, 5, 1, 2, 4, 3]
    >>> shuffled.positions_of(9)
    (3,)
    >>> IndexShuffle(size=2**16 + 1, seed=42).unreached
    range(65536, 65537)

    Attributes:
        size: Samples of the range, in [1, 2**63).
        seed: Of this pass, in [0, 2**32).
    """

    size: int
    seed: int

    @property
    def word_bits(self) -> int:
        """Bits of each half of the cipher, in [8, 32].

        The logarithm is the double that Grain takes, so close above a power of two from 2**50 on
        it rounds down to it, and further indices than the largest one are not told apart.
        """
        bits = math.ceil(math.log2(self.size - 1)) if self.size > 1 else 0
        return max(LEAST_DOMAIN.bit_length() - 1, bits + bits % 2) // 2

    @property
    def domain(self) -> int:
        """Values that the cipher tells apart: 4**word_bits."""
        return 1 << 2 * self.word_bits

    @property
    def unreached(self) -> range:
        """Samples that stand at no position; empty but for the defect."""
        return range(min(self.domain, self.size), self.size)

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer.

        Args:
            out: int64, contiguous; is filled to its end.
            start: The first position.
            stride: From one position to the next, at least 1. Every position must be below size.
        """
        places = np.arange(len(out), dtype=np.int64)
        places *= np.int64(stride)
        places += np.int64(start)
        self.shuffle(places)
        out[:] = places

    def shuffle(self, positions: NDArray[np.int64]) -> None:
        """Replace positions, in any order, by the samples that stand there.

        Args:
            positions: int64, contiguous; each in [0, size).
        """
        if self.size <= TABLE_LIMIT:
            positions[:] = self._table()[positions]
        else:
            self._compute(positions)

    def sample_at(self, position: int) -> int:
        """The sample at one position, without a table and without compiled code.

        >>> IndexShuffle(size=2**16 + 1, seed=7).sample_at(0)
        8812

        Args:
            position: In [0, size).
        """
        sample_index = self._value_after(position)
        while sample_index >= self.size:
            sample_index = self._value_after(sample_index)
        return sample_index

    def positions_of(self, sample_index: int) -> tuple[int, ...]:
        """The positions of a sample, ascending: one, but none or two where the defect strikes.

        Args:
            sample_index: In [0, size).
        """
        if self.size <= TABLE_LIMIT:
            return (int(np.flatnonzero(self._table() == sample_index)[0]),)
        if sample_index in self.unreached:
            return ()
        position = self._value_before(sample_index)
        while position >= self.size:
            position = self._value_before(position)
        return tuple(range(position, self.size, self.domain))

    def work(self, count: int, *, passes: int = 1) -> int:
        """Values that are enciphered to know the samples at so many positions, on average.

        >>> IndexShuffle(size=10, seed=0).work(1), IndexShuffle(size=2**20 + 2, seed=0).work(100)
        (65537, 400)

        Args:
            count: How many positions.
            passes: Passes of this size that they fall into, each with a seed of its own.
        """
        if self.size <= TABLE_LIMIT:
            return passes * LEAST_DOMAIN + count
        return ceil_div(count * self.domain, min(self.size, self.domain))

    def _value_after(self, value: int) -> int:
        bits, mask = self.word_bits, (1 << self.word_bits) - 1
        left, right = value >> bits & mask, value & mask
        first, second, third, fourth = four_seed_words(self.seed).tolist()
        for even_key, odd_key in ((first, second), (third, fourth)):
            left ^= (_round(right, bits) ^ even_key) & mask
            right ^= (_round(left, bits) ^ odd_key) & mask
        return left << bits | right

    def _value_before(self, value: int) -> int:
        bits, mask = self.word_bits, (1 << self.word_bits) - 1
        left, right = value >> bits, value & mask
        first, second, third, fourth = four_seed_words(self.seed).tolist()
        for odd_key, even_key in ((fourth, third), (second, first)):
            right ^= (_round(left, bits) ^ odd_key) & mask
            left ^= (_round(right, bits) ^ even_key) & mask
        return left << bits | right

    def _table(self) -> NDArray[np.uint16]:
        return TABLES.get(("index-shuffle", self.size, self.seed), self._computed_table)

    def _computed_table(self) -> NDArray[np.uint16]:
        table = np.arange(self.size, dtype=np.int64)
        self._compute(table)
        return table.astype(np.uint16)

    def _compute(self, positions: NDArray[np.int64]) -> None:
        _shuffle_indices()(positions, self.size, self.word_bits, four_seed_words(self.seed))


def _round(half: int, word_bits: int) -> int:
    """SIMON's round function; bits above the word are left for the caller to clear."""
    by_1, by_2, by_8 = (half << turn | half >> (word_bits - turn) for turn in (1, 2, 8))
    return by_1 & by_8 ^ by_2


@cache
def _shuffle_indices() -> ShuffleIndices:
    if backend_name() == "numpy":
        return shuffle_indices
    # imported here because it takes half a second, which plans without indices need not pay
    compiled: ShuffleIndices = import_module("app.sampling.index_shuffle_kernels").shuffle_indices
    return compiled
