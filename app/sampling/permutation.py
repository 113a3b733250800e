"""The native permutation: a keyed bijection of [0, dataset_size) with random access."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.sampling.backend import backend
from app.sampling.feistel import Feistel
from app.sampling.kernel_set import KernelSet
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

    def fill(self, out: NDArray[np.int64], *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer.

        Args:
            out: int64, contiguous; is filled to its end.
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
        return self.form.position_of(sample_index)
