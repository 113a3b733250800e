"""The native permutation: a keyed bijection of [0, dataset_size) with random access."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.sampling.backend import backend
from app.sampling.feistel import Feistel
from app.sampling.kernel_set import Indices, KernelSet
from app.sampling.keys import Purpose, key_words, long_key_words
from app.sampling.table import TABLE_LIMIT, Table


@dataclass(frozen=True, slots=True)
class Permutation:
    """An order without repetition; algorithm ``epochplan-1``, see docs/native-order.md.

    >>> order = Permutation.keyed(Purpose.SHUFFLE, seed=42, number=7, dataset_size=10**12)
    >>> out = np.empty(3, np.int64)
    >>> order.fill(out, start=0)
    >>> out.tolist()
    [687343491314, 675643532158, 14469450742]
    >>> order.position_of(675643532158)
    1

    Attributes:
        form: A table below 65,536 samples, a Feistel network from there on.
    """

    form: Table | Feistel

    @classmethod
    def keyed(
        cls,
        purpose: Purpose,
        *,
        seed: int,
        number: int,
        dataset_size: int,
        kernels: KernelSet | None = None,
    ) -> Self:
        """The permutation of one pass or epoch.

        Args:
            purpose: SHUFFLE or RANDOM_SAMPLE.
            seed: The seed of the run, in [0, 2**64).
            number: The pass or the epoch, not negative; taken modulo 2**64.
            dataset_size: Samples in the dataset, in [1, 2**63).
            kernels: What computes it; None: what this process uses. The indices are the same.
        """
        words = key_words(purpose, seed=seed, number=number, dataset_size=dataset_size)
        kernels = kernels or backend().kernels
        if dataset_size < TABLE_LIMIT:
            return cls(Table(dataset_size, long_key_words(words)[0], kernels))
        return cls(Feistel.keyed(words, dataset_size=dataset_size, kernels=kernels))

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer.

        Args:
            out: int64, or uint32 up to 2**32 samples; contiguous; is filled to its end.
            start: The first position.
            stride: From one position to the next, at least 1. Every position must be below
                dataset_size.
        """
        self.form.fill(out, start=start, stride=stride)

    def position_of(self, sample_index: int) -> int:
        """The one position of a sample, in [0, dataset_size).

        Args:
            sample_index: In [0, dataset_size).
        """
        return int(self.positions_of(np.array([sample_index], np.int64))[0])

    def positions_of(self, sample_indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """The positions of many samples at once: the inverse of fill.

        >>> order = Permutation.keyed(Purpose.SHUFFLE, seed=42, number=7, dataset_size=10**12)
        >>> order.positions_of(np.array([675643532158, 687343491314])).tolist()
        [1, 0]

        Args:
            sample_indices: int64, contiguous, one dimension; each in [0, dataset_size).

        Returns:
            int64, the shape of sample_indices.
        """
        return self.form.positions_of(sample_indices)
