"""Draws with replacement: independent, uniform, and each one to be had on its own."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from app.sampling.backend import backend
from app.sampling.kernel_set import Indices, KernelSet
from app.sampling.keys import Purpose, key_words, long_key_words

SCAN_BLOCK: Final = 65_536  # draws; half a megabyte, whatever the range that is scanned


@dataclass(frozen=True, slots=True)
class Draws:
    """An order with repetition; algorithm ``epochplan-1``, see docs/native-order.md.

    >>> draws = Draws.keyed(seed=1, number=2, dataset_size=10**12)
    >>> out = np.empty(2, np.int64)
    >>> draws.fill(out, start=0, stride=10**9)
    >>> out.tolist()
    [734239305202, 275070288186]

    Attributes:
        dataset_size: Draws are uniform on [0, dataset_size).
        first_key: uint64, where the sequence begins.
        second_key: uint64, mixed into every draw.
        kernels: What computes them.
    """

    dataset_size: int
    first_key: np.uint64
    second_key: np.uint64
    kernels: KernelSet

    @classmethod
    def keyed(
        cls, *, seed: int, number: int, dataset_size: int, kernels: KernelSet | None = None
    ) -> Self:
        """The draws of one epoch.

        Args:
            seed: The seed of the run, in [0, 2**64).
            number: The epoch, not negative; taken modulo 2**64.
            dataset_size: Samples in the dataset, in [1, 2**63).
            kernels: What computes them; None: what this process uses. The indices are the same.
        """
        words = key_words(
            Purpose.WITH_REPLACEMENT, seed=seed, number=number, dataset_size=dataset_size
        )
        first_key, second_key = long_key_words(words)[:2]
        return cls(dataset_size, first_key, second_key, kernels or backend().kernels)

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the draws number start, start + stride, ... into a contiguous buffer.

        Args:
            out: int64, or uint32 up to 2**32 samples; contiguous; is filled to its end.
            start: Number of the first draw, in [0, 2**63).
            stride: From one draw to the next, in [1, 2**63).
        """
        self.kernels.fill_draws(
            out, start, stride, self.dataset_size, self.first_key, self.second_key
        )

    def positions_of(self, sample_index: int, *, start: int, stop: int) -> NDArray[np.int64]:
        """Numbers of the draws in [start, stop) that hit a sample, found by looking at each.

        >>> draws = Draws.keyed(seed=1, number=2, dataset_size=3)
        >>> draws.positions_of(2, start=0, stop=10).tolist()
        [2, 5, 9]

        Args:
            sample_index: In [0, dataset_size).
            start: Number of the first draw to look at.
            stop: Number of the first draw not to look at.

        Returns:
            int64, strictly increasing. Memory is a block and the answer.
        """
        found = [np.empty(0, np.int64)]
        buffer = np.empty(min(SCAN_BLOCK, stop - start), np.int64)
        for first in range(start, stop, SCAN_BLOCK):
            block = buffer[: stop - first]
            self.fill(block, start=first)
            hits = np.flatnonzero(block == sample_index)
            if hits.size:
                found.append(hits + first)
        return np.concatenate(found)
