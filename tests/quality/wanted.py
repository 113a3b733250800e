"""What a family of tests asks a source for: the same places of many orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.sampling.keys import Purpose

Values = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Blocks of positions, the same of one order for every seed.

    Attributes:
        size: The dataset size, N.
        seeds: One order each.
        count: Values of a block.
        starts: First position of every block; blocks do not overlap.
        number: The pass or epoch of all the orders.
        stride: From one position of a block to the next.
        purpose: What the orders are for.
    """

    size: int
    seeds: Sequence[int]
    count: int
    starts: tuple[int, ...] = (0,)
    number: int = 0
    stride: int = 1
    purpose: Purpose = Purpose.SHUFFLE

    @property
    def positions(self) -> NDArray[np.uint64]:
        """Shape: blocks, values of a block."""
        steps = np.arange(self.count, dtype=np.uint64) * np.uint64(self.stride)
        return np.array(self.starts, np.uint64)[:, None] + steps

    @property
    def shape(self) -> tuple[int, int, int]:
        """Seeds, blocks of each, values of a block."""
        return len(self.seeds), len(self.starts), self.count


class Source(Protocol):
    """Something that makes orders: the native order, the control, or a weak variant."""

    @property
    def name(self) -> str:
        """What it is, for the table."""

    def values(self, wanted: Wanted) -> Values:
        """The values at the wanted places: int64, of the wanted shape."""
