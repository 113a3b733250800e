"""The permutation of a small dataset: a shuffled table, kept in a memo."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel_set import KernelSet
from app.sampling.memo import TABLES

TABLE_LIMIT: Final = 65_536


@dataclass(frozen=True, slots=True)
class Table:
    """A permutation of [0, dataset_size) that is shuffled as a whole when it is first needed.

    A Feistel network is not uniform where its halves have only a few values.

    Attributes:
        dataset_size: Size of the permutation, in [1, 65536).
        state: uint64, seeds the shuffle.
        kernels: What computes it.
    """

    dataset_size: int
    state: np.uint64
    kernels: KernelSet

    def fill(self, out: NDArray[np.int64], *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        out[:] = self._sample_indices()[start : start + out.size * stride : stride]

    def position_of(self, sample_index: int) -> int:
        """The position of a sample, found by looking at every one."""
        return int(np.flatnonzero(self._sample_indices() == sample_index)[0])

    def _sample_indices(self) -> NDArray[np.uint16]:
        return TABLES.get(
            ("shuffled", self.dataset_size, int(self.state)),
            lambda: self.kernels.shuffled_table(self.dataset_size, self.state),
        )
