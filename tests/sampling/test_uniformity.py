"""Every order equally often. The seeds are the first natural numbers, whatever comes of them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.sampling.keys import Purpose
from app.sampling.permutation import Permutation


def heads(*, size: int, seeds: int, positions: int) -> NDArray[np.int64]:
    """The first positions of one order for every seed, a row each."""
    rows = np.empty((seeds, positions), np.int64)
    for seed, row in enumerate(rows):
        order = Permutation.keyed(Purpose.SHUFFLE, seed=seed, number=0, dataset_size=size)
        order.fill(row, start=0)
    return rows


def largest_deviation(observed: NDArray[np.int64], *, cells: int) -> float:
    """Largest absolute z of counts whose cells are equally likely; a row is an experiment."""
    trials = observed.sum(axis=-1, keepdims=True)
    deviations = (observed - trials / cells) / np.sqrt(trials / cells * (1 - 1 / cells))
    return float(np.abs(deviations).max())


def is_odd(order: NDArray[np.int64]) -> bool:
    """Parity of a permutation: that of its size less the number of its cycles."""
    links, unseen, cycles = order.tolist(), set(range(order.size)), 0
    while unseen:
        sample_index, cycles = unseen.pop(), cycles + 1
        while (sample_index := links[sample_index]) in unseen:
            unseen.remove(sample_index)
    return (order.size - cycles) % 2 == 1


def test_all_120_orders_of_five_samples_are_equally_likely() -> None:
    rows = heads(size=5, seeds=60_000, positions=5)

    orders = np.bincount(rows @ 5 ** np.arange(5))

    observed = orders[orders > 0]
    assert observed.size == 120
    assert largest_deviation(observed, cells=120) < 4


@pytest.mark.parametrize("size", [10, 100])
def test_every_sample_is_equally_likely_at_every_position(size: int) -> None:
    rows = heads(size=size, seeds=30_000, positions=size)

    observed = np.array([np.bincount(column, minlength=size) for column in rows.T])

    assert largest_deviation(observed, cells=size) < 4


def test_a_large_dataset_is_spread_evenly_over_every_position() -> None:
    rows = heads(size=65_537, seeds=50_000, positions=8)

    observed = np.array([np.bincount(column * 64 // 65_537, minlength=64) for column in rows.T])

    assert largest_deviation(observed, cells=64) < 4


@pytest.mark.parametrize("size", [5, 65_535, 65_536, 65_537])
def test_both_parities_occur(size: int) -> None:
    parities = {is_odd(row) for row in heads(size=size, seeds=12, positions=size)}

    assert parities == {True, False}
