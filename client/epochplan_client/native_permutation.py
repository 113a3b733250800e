"""The native permutation of a dataset, computed with NumPy from docs/native-order.md."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from epochplan_client.native_keys import key_words, long_word
from epochplan_client.split_mix import Words, finalised, states

_TABLE_BELOW: Final = 65_536
_MANY_ROUNDS_ABOVE: Final = 2**60
_TABLES_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Permutation:
    """The samples of a dataset, each of them once.

    >>> from epochplan_client.native_keys import SHUFFLE
    >>> Permutation(SHUFFLE, seed=42, number=7, dataset_size=10**12).at(range(3)).tolist()
    [687343491314, 675643532158, 14469450742]

    Attributes:
        purpose: Of its key.
        seed: In [0, 2**64).
        number: The pass or the epoch.
        dataset_size: In [1, 2**63).
    """

    purpose: bytes
    seed: int
    number: int
    dataset_size: int

    def at(self, positions: range) -> Words:
        """The samples at some positions, each in [0, dataset_size).

        Returns:
            uint64, shape (len(positions),).
        """
        words = key_words(
            self.purpose, seed=self.seed, number=self.number, dataset_size=self.dataset_size
        )
        if self.dataset_size < _TABLE_BELOW:
            table = shuffled_table(self.dataset_size, long_word(words, 0))
            return table[positions.start : positions.stop : positions.step].astype(np.uint64)
        rounds = 12 if self.dataset_size > _MANY_ROUNDS_ABOVE else 8
        network = Network.of(self.dataset_size, words[:rounds])
        start, step = np.uint64(positions.start), np.uint64(positions.step)
        return network.walked(np.arange(len(positions), dtype=np.uint64) * step + start)


@lru_cache(maxsize=_TABLES_KEPT)
def shuffled_table(dataset_size: int, state: int) -> NDArray[np.uint16]:
    """A small dataset, shuffled as a whole (Fisher and Yates).

    >>> shuffled_table(4, 0).tolist()
    [3, 2, 1, 0]
    """
    numbers = finalised(states(state, range(dataset_size))) >> np.uint64(16)
    choices = np.arange(1, dataset_size + 1, dtype=np.uint64)
    partners: list[int] = ((numbers * choices) >> np.uint64(48)).tolist()
    table = list(range(dataset_size))
    for place in range(dataset_size - 1, 0, -1):
        partner = partners[place]
        table[place], table[partner] = table[partner], table[place]
    return np.array(table, np.uint16)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A Feistel network over halves that are not equally large.

    Attributes:
        size: Values below it are samples.
        right_bits: Bits of the right half.
        left_size: Values of the left half.
        keys: uint32, one for every round, an even number of them.
    """

    size: int
    right_bits: int
    left_size: int
    keys: NDArray[np.uint32]

    @classmethod
    def of(cls, size: int, keys: NDArray[np.uint32]) -> "Network":
        """The network for so many samples, at least 65,536."""
        right_bits = ((size - 1).bit_length() + 1) // 2
        return cls(size, right_bits, -(-size // 2**right_bits), keys)

    def walked(self, values: Words) -> Words:
        """The samples at some positions: all rounds, again where they end beyond the dataset."""
        found = self._all_rounds(values)
        size = np.uint64(self.size)
        while len(beyond := np.flatnonzero(found >= size)):
            found[beyond] = self._all_rounds(found[beyond])
        return found

    def _all_rounds(self, values: Words) -> Words:
        bits, mask = np.uint64(self.right_bits), np.uint32(2**self.right_bits - 1)
        shift, size = np.uint32(32 - self.right_bits), np.uint64(self.left_size)
        left = values >> bits
        right = (values & np.uint64(mask)).astype(np.uint32)
        for even, odd in self.keys.reshape(-1, 2):
            left += (_mixed(right, even).astype(np.uint64) * size) >> np.uint64(32)
            # both terms are below the size: one subtraction is the remainder
            left -= size * (left >= size)
            right += _mixed(left.astype(np.uint32), odd) >> shift
            right &= mask
        return (left << bits) | right


def _mixed(half: NDArray[np.uint32], key: np.uint32) -> NDArray[np.uint32]:
    mixed = half ^ key
    mixed *= np.uint32(0x21F0AAAD)
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0xD35A2D97)
    return mixed
