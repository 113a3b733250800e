"""The permutation of a small dataset: a shuffled table, kept in a memo."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel_set import Indices, KernelSet
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

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        out[:] = self._sample_indices()[start : start + out.size * stride : stride]

    def positions_of(self, sample_indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """The positions of samples, out of the table turned round."""
        table = self._sample_indices()
        positions = np.empty(self.dataset_size, np.int64)
        positions[table] = np.arange(self.dataset_size)
        return positions[sample_indices]

    def _sample_indices(self) -> NDArray[np.uint16]:
        return TABLES.get(
            ("shuffled", self.dataset_size, int(self.state)),
            lambda: self.kernels.shuffled_table(self.dataset_size, self.state),
        )
