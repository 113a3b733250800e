"""The orders under test, as the service makes them."""

import numpy as np

from app.sampling.draws import Draws
from app.sampling.keys import Purpose
from app.sampling.permutation import Permutation
from tests.quality.wanted import Values, Wanted


class NativeSource:
    """`epochplan-1`, see docs/native-order.md."""

    name = "native"

    def values(self, wanted: Wanted) -> Values:
        values = np.empty(wanted.shape, np.int64)
        for seed, blocks in zip(wanted.seeds, values, strict=True):
            order = keyed(wanted, seed)
            for start, block in zip(wanted.starts, blocks, strict=True):
                order.fill(block, start=start, stride=wanted.stride)
        return values


def keyed(wanted: Wanted, seed: int) -> Permutation | Draws:
    """The order of one seed."""
    if wanted.purpose is Purpose.WITH_REPLACEMENT:
        return Draws.keyed(seed=seed, number=wanted.number, dataset_size=wanted.size)
    return Permutation.keyed(
        wanted.purpose, seed=seed, number=wanted.number, dataset_size=wanted.size
    )
