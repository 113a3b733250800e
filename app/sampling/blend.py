"""Blends: several datasets drawn from in turn, each in proportion to its share."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.sampling.backend import backend_name
from app.sampling.blend_plain import fill_dataset_numbers
from app.sampling.kernel_set import Indices, ShuffleTable
from app.sampling.layout import Progression
from app.sampling.memo import TABLES
from app.sampling.order import Order
from app.sampling.shuffle_table import sample_type

FillDatasetNumbers = Callable[[NDArray[np.int16], NDArray[np.float64]], None]


@dataclass(frozen=True, slots=True)
class Blend:
    """Which sample of which dataset stands at each position of a blend.

    Every position takes the next sample of the dataset that is furthest behind its share. The
    samples that are taken of the first dataset are numbered first, then those of the second, and
    so on: together they are [0, size).

    Source: megatron-core 0.16.1, megatron/core/datasets/helpers.cpp (build_blending_indices and
    build_exhaustive_blending_indices, which agree as long as no dataset is exhausted) and
    blended_dataset.py. The shares are compared as doubles, so their last bit counts.

    >>> blend = Blend.weighted([5, 3, 2], size=10)
    >>> blend.dataset_numbers().tolist(), blend.counts()
    ([0, 1, 2, 0, 1, 0, 2, 0, 1, 0], [5, 3, 2])
    >>> blend.sample_indices().tolist()
    [0, 5, 8, 1, 6, 2, 9, 3, 7, 4]

    Attributes:
        shares: One for every dataset, positive; their sum is 1 but for rounding.
        size: Positions of the blend, at least 1.
    """

    shares: tuple[float, ...]
    size: int

    @classmethod
    def weighted(cls, weights: Sequence[float], *, size: int) -> Self:
        """The blend of weights as a person gives them.

        Megatron divides them by their sum twice, which may change the last bit.

        Args:
            weights: Positive; their sum and their shares must be doubles above 0.
            size: Positions of the blend.
        """
        return cls(_normalised(_normalised(weights)), size)

    @classmethod
    def of_sizes(cls, sizes: Sequence[int], *, size: int) -> Self:
        """The blend of whole datasets, in proportion to their sizes.

        Args:
            sizes: Samples of each dataset, positive.
            size: Positions of the blend, at most the sum of the sizes.
        """
        return cls(_normalised(sizes), size)

    @property
    def comparisons(self) -> int:
        """What it takes to compute the blend: shares that are compared."""
        return self.size * len(self.shares)

    def dataset_numbers(self) -> NDArray[np.int16]:
        """Number of the dataset at every position.

        Returns:
            int16, shape (size,).
        """
        numbers = np.empty(self.size, np.int16)
        _fill_dataset_numbers()(numbers, np.array(self.shares))
        return numbers

    def counts(self) -> list[int]:
        """Samples that are taken of each dataset."""
        counts: list[int] = TABLES.get(
            ("blend-counts", self.shares, self.size),
            lambda: np.bincount(self.dataset_numbers(), minlength=len(self.shares)),
        ).tolist()
        return counts

    def sample_indices(self) -> ShuffleTable:
        """The sample at every position, in the numbering of all.

        Returns:
            Shape (size,), uint32 up to 2**32 samples, else int64; read-only: a permutation of
            [0, size), computed once.
        """
        return TABLES.get(("blend", self.shares, self.size), self._computed_indices)

    def position_of(self, sample_index: int) -> int:
        """The one position of a sample.

        Args:
            sample_index: In [0, size).
        """
        return int(np.flatnonzero(self.sample_indices() == sample_index)[0])

    def _computed_indices(self) -> ShuffleTable:
        indices = np.empty(self.size, sample_type(self.size))
        # a stable sort puts the positions of every dataset together, each in its own order
        by_dataset = np.argsort(self.dataset_numbers(), kind="stable")
        indices[by_dataset] = np.arange(self.size)
        return indices


@dataclass(frozen=True, slots=True)
class BlendedOrder:
    """An order of positions of a blend, turned into the samples that stand there.

    >>> from app.sampling.order import Identity, PassOrder
    >>> in_order = PassOrder(
    ...     dataset_size=10,
    ...     first_position=2,
    ...     order_of=lambda _: Identity(),
    ...     table_size=0,
    ...     fresh_order_per_pass=False,
    ... )
    >>> order = BlendedOrder(in_order, Blend.weighted([5, 3, 2], size=10))
    >>> out = np.empty(3, np.int64)
    >>> order.fill(out, start=0)
    >>> out.tolist(), list(order.positions_of(6, stop=8))
    ([8, 1, 6], [2])

    Attributes:
        order: Which position of the blend stands at each position of an epoch.
        blend: Which sample stands at each of its positions.
    """

    order: Order
    blend: Blend

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        places = np.empty(len(out), np.int64)
        self.order.fill(places, start=start, stride=stride)
        out[:] = self.blend.sample_indices()[places]

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample, ascending."""
        return self.order.positions_of(self.blend.position_of(sample_index), stop=stop)

    def work(self, part: Progression) -> int:
        """Every index is looked up once more; the blend is accounted for as a whole, elsewhere."""
        return part.count + self.order.work(part)

    def search_work(self, *, stop: int) -> int:
        """The blend is computed and looked through."""
        return self.blend.size + self.blend.comparisons + self.order.search_work(stop=stop)


def _normalised(weights: Sequence[float]) -> tuple[float, ...]:
    """Weights divided by their sum, as NumPy adds them up (megatron/core/datasets/utils.py)."""
    doubles = np.array(weights, dtype=np.float64)
    return tuple((doubles / np.sum(doubles)).tolist())


@cache
def _fill_dataset_numbers() -> FillDatasetNumbers:
    if backend_name() == "numpy":
        return fill_dataset_numbers
    # imported here because it takes half a second, which plans without indices need not pay
    compiled: FillDatasetNumbers = import_module("app.sampling.blend_kernels").fill_dataset_numbers
    return compiled
