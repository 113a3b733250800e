"""How the values of a dataset are put into few cells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.quality.wanted import Values


@dataclass(frozen=True, slots=True)
class Cells:
    """Values in [0, size) by their upper end, or by their remainder.

    >>> Cells(10, 4).labels(np.arange(10)).tolist()
    [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]
    >>> Cells(10, 4, low=True).labels(np.arange(10)).tolist()
    [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]

    Attributes:
        size: How many values there are.
        number: How many cells.
        low: By the remainder, not by the upper end.
    """

    size: int
    number: int
    low: bool = False

    @property
    def width(self) -> int:
        """Neighbouring values in a cell, unless it is the last one."""
        return -(-self.size // self.number)

    def labels(self, values: Values) -> Values:
        """The cell of every value."""
        return values % self.number if self.low else values // self.width

    def members(self) -> NDArray[np.float64]:
        """How many values each cell has."""
        cells = np.arange(self.number, dtype=np.float64)
        if self.low:
            larger = (cells < self.size % self.number).astype(np.float64)
            return larger + self.size // self.number
        return np.clip(self.size - cells * self.width, 0, self.width)

    def shares(self) -> NDArray[np.float64]:
        """How likely each cell is, if all values are."""
        return self.members() / self.size

    def shares_without_zero(self) -> NDArray[np.float64]:
        """The same for values that are never 0, as differences of unequal values are."""
        members = self.members()
        members[0] -= 1
        return members / (self.size - 1)

    def pairs(self) -> int:
        """Ordered pairs of unequal values that share a cell."""
        members = self.size // self.number if self.low else self.width
        full, rest = divmod(self.size, members)
        if self.low:
            larger = self.size - self.number * members
            return larger * (members + 1) * members + (self.number - larger) * members * (
                members - 1
            )
        return full * members * (members - 1) + rest * (rest - 1)
