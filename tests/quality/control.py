"""The control: NumPy's own orders, which the tests must find nothing wrong with."""

from dataclasses import dataclass

import numpy as np

from app.sampling.keys import Purpose
from tests.quality.wanted import Values, Wanted

PERMUTED_UP_TO = 2**16  # larger ones take too long to shuffle as a whole for a few values
FEW = 50  # times as many are in the dataset


@dataclass(frozen=True, slots=True)
class ControlSource:
    """`numpy.random.Generator`: permutation, choice without replacement, integers.

    Attributes:
        stream: Orders of another stream have nothing in common with these.
    """

    stream: int = 0
    name: str = "numpy"

    def values(self, wanted: Wanted) -> Values:
        values = np.empty(wanted.shape, np.int64)
        for seed, blocks in zip(wanted.seeds, values, strict=True):
            blocks[:] = self._blocks(wanted, seed)
        return values

    def _blocks(self, wanted: Wanted, seed: int) -> Values:
        purpose = list(Purpose).index(wanted.purpose)
        key = [self.stream, seed, wanted.number, wanted.size, purpose]
        generator = np.random.default_rng(key)
        shape = wanted.shape[1:]
        if wanted.purpose is Purpose.WITH_REPLACEMENT:
            return generator.integers(wanted.size, size=shape)
        few = wanted.size > FEW * wanted.positions.size
        if wanted.size <= PERMUTED_UP_TO or not few:
            order = generator.permutation(wanted.size)
            return order[wanted.positions.view(np.int64)]
        return generator.choice(wanted.size, size=shape, replace=False)
