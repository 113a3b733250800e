"""The permutation of a large dataset: a Feistel network with random access in both directions."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel_set import Indices, KernelSet

MANY_ROUNDS_ABOVE: Final = 2**60


@dataclass(frozen=True, slots=True, eq=False)
class Feistel:
    """A permutation of [0, dataset_size) that is computed, not stored.

    A position is split into a left half with ``left_size`` values and a right half of
    ``right_bits`` bits. Rounds add a hash of one half to the other, by turns. A value outside the
    dataset goes through all rounds again until it is inside.

    Attributes:
        dataset_size: Size of the permutation, in [65536, 2**63).
        keys: uint32, read-only, one for every round: 8, or 12 above 2**60.
        kernels: What computes it.
    """

    dataset_size: int
    keys: NDArray[np.uint32]
    kernels: KernelSet

    @classmethod
    def keyed(cls, words: NDArray[np.uint32], *, dataset_size: int, kernels: KernelSet) -> Self:
        """The network of 16 key words."""
        rounds = 12 if dataset_size > MANY_ROUNDS_ABOVE else 8
        return cls(dataset_size, words[:rounds], kernels)

    @property
    def right_bits(self) -> int:
        """Bits of the right half: half the bits of the largest position, rounded up."""
        return ((self.dataset_size - 1).bit_length() + 1) // 2

    @property
    def left_size(self) -> int:
        """Values of the left half: as few as make room for every position."""
        return ((self.dataset_size - 1) >> self.right_bits) + 1

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        self.kernels.fill_feistel(out, start, stride, self.dataset_size, self.right_bits, self.keys)

    def positions_of(self, sample_indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """The positions of samples: the rounds backwards, until they end inside the dataset."""
        out = np.empty_like(sample_indices)
        self.kernels.find_feistel(
            out, sample_indices, self.dataset_size, self.right_bits, self.keys
        )
        return out
