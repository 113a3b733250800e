"""Contiguous ranges of the dataset, one for every rank."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class RankRanges:
    """A dataset that is shared out in ranges whose sizes differ by one at most.

    Source: grain 0.2.18, `grain/_src/core/sharding.py`, `even_split`.

    >>> ranges = RankRanges(dataset_size=8, ranks=3)
    >>> [ranges.range_of(rank) for rank in range(3)], ranges.rank_of(5)
    ([range(0, 3), range(3, 6), range(6, 8)], 1)

    Attributes:
        dataset_size: Samples in the dataset, at least as many as ranks.
        ranks: How many ranges; the first ones are the larger ones.
        even: Whether what is left over belongs to nobody, so that all ranges are equal.
    """

    dataset_size: int
    ranks: int
    even: bool = False

    @property
    def least(self) -> int:
        """Samples of the smallest range."""
        return self.dataset_size // self.ranks

    @property
    def larger(self) -> int:
        """Ranges that have one sample more than the others."""
        return 0 if self.even else self.dataset_size % self.ranks

    @property
    def samples(self) -> int:
        """Samples of all ranges together."""
        return self.least * self.ranks + self.larger

    def range_of(self, rank: int) -> range:
        """Samples of one rank."""
        start = self.least * rank + min(rank, self.larger)
        return range(start, start + self.least + (rank < self.larger))

    def rank_of(self, sample_index: int) -> int:
        """Whose range holds a sample; `ranks` where it is left over."""
        in_larger = self.larger * (self.least + 1)
        if sample_index < in_larger:
            return sample_index // (self.least + 1)
        return self.larger + (sample_index - in_larger) // self.least

    def sizes(self, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Samples of the ranges of many ranks."""
        return self.least + (ranks < self.larger).astype(np.int64)

    def starts(self, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """First samples of the ranges of many ranks."""
        return self.least * ranks + np.minimum(ranks, self.larger)
