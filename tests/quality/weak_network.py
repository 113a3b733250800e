"""Deliberately weak: the network of the native order with few rounds, and with exclusive or."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.sampling.keys import key_words
from tests.quality.wanted import Values, Wanted

Words = NDArray[np.uint64]

ORDERS_AT_ONCE = 2**16  # values; what they need stays in the cache
WORD = np.uint64(2**32 - 1)


@dataclass(frozen=True, slots=True)
class WeakNetwork:
    """The right half is moved by exclusive or instead of addition.

    Attributes:
        rounds: How many; the native order has 8, and 12 above 2**60.
    """

    rounds: int = 3

    @property
    def name(self) -> str:
        return f"{self.rounds} round{'s' * (self.rounds > 1)}, xor"

    def values(self, wanted: Wanted) -> Values:
        positions = wanted.positions
        at_once = max(1, ORDERS_AT_ONCE // positions.size)
        chunks = [
            self._chunk(wanted, wanted.seeds[first : first + at_once], positions)
            for first in range(0, len(wanted.seeds), at_once)
        ]
        return np.concatenate(chunks).view(np.int64)

    def _chunk(self, wanted: Wanted, seeds: Sequence[int], positions: Words) -> Words:
        keys = hashed_words(wanted, seeds)[:, : self.rounds]
        values = self._permuted(positions.reshape(1, -1), wanted.size, keys.T[..., None])
        outside = np.nonzero(values >= np.uint64(wanted.size))
        while outside[0].size:
            again = self._permuted(values[outside], wanted.size, keys[outside[0]].T)
            values[outside] = again
            outside = tuple(axis[again >= np.uint64(wanted.size)] for axis in outside)
        return values.reshape(len(seeds), *positions.shape)

    def _permuted(self, values: Words, size: int, keys: Words) -> Words:
        """All rounds; keys come round by round, each to be broadcast to the values."""
        bits = ((size - 1).bit_length() + 1) // 2
        left_size, right_bits = np.uint64(-(-size >> bits)), np.uint64(bits)
        left, right = values >> right_bits, values & np.uint64(2**bits - 1)
        for r, key in enumerate(keys):
            if r % 2:
                right = right ^ (mixed(left, key) >> np.uint64(32 - bits))
            else:
                moved = mixed(right, key) * left_size >> np.uint64(32)
                left = (left + moved) % left_size
        return left << right_bits | right


def hashed_words(wanted: Wanted, seeds: Sequence[int]) -> Words:
    """The key words that the native order has, a row for every seed."""
    rows = [
        key_words(wanted.purpose, seed=seed, number=wanted.number, dataset_size=wanted.size)
        for seed in seeds
    ]
    return np.array(rows, np.uint64)


def mixed(half: Words, keys: Words) -> Words:
    """The mixer of the native order, on words of 64 bits that hold 32."""
    hashed = (half ^ keys) * np.uint64(0x21F0AAAD) & WORD
    return (hashed ^ hashed >> np.uint64(15)) * np.uint64(0xD35A2D97) & WORD
