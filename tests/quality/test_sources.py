"""The weak variants are what they say, and no more of their network is weak than that."""

from itertools import pairwise

import numpy as np
import pytest

from app.sampling.keys import Purpose
from tests.quality.control import ControlSource
from tests.quality.differences import first_difference, frequency, modular
from tests.quality.native import NativeSource
from tests.quality.two_samples import kolmogorov_smirnov, mann_whitney, uniform
from tests.quality.wanted import Source, Wanted
from tests.quality.weak_network import WeakNetwork
from tests.quality.weak_small import NaiveShuffle, OneKey, Rotation, UnmixedDraws

ORDERS: list[Source] = [
    NativeSource(),
    ControlSource(),
    WeakNetwork(3),
    NaiveShuffle(),
    OneKey(),
    Rotation(),
]


@pytest.mark.parametrize("source", ORDERS, ids=lambda source: source.name)
def test_a_whole_order_visits_every_sample_once(source: Source) -> None:
    size = 300

    orders = source.values(Wanted(size=size, seeds=(1, 2), count=size))

    assert np.sort(orders[:, 0]).tolist() == [list(range(size))] * 2


@pytest.mark.parametrize("source", ORDERS, ids=lambda source: source.name)
def test_blocks_are_parts_of_the_whole(source: Source) -> None:
    whole = source.values(Wanted(size=300, seeds=(7,), count=300))[0, 0]

    blocks = source.values(Wanted(size=300, seeds=(7,), count=10, starts=(3, 90), stride=2))

    assert blocks[0].tolist() == [whole[3:23:2].tolist(), whole[90:110:2].tolist()]


def test_unmixed_draws_are_scaled_multiples_of_the_golden_ratio() -> None:
    size = 3 * 2**61
    wanted = Wanted(size=size, seeds=(5,), count=4, purpose=Purpose.WITH_REPLACEMENT)

    draws = UnmixedDraws().values(wanted)[0, 0].tolist()

    steps = {(after - before) % size for before, after in pairwise(draws)}
    golden = 0x9E3779B97F4A7C15 * size >> 64
    assert steps <= {golden, golden + 1}


def test_differences_stay_in_range_at_the_largest_sizes() -> None:
    size = 2**63 - 1
    ends = np.array([0, size - 1])

    differences = modular(ends, ends[::-1].copy(), size)

    assert differences.tolist() == [1, size - 1]


def test_consecutive_values_are_rejected() -> None:
    values = np.arange(40_000).reshape(1, 1, -1)

    outcome = first_difference(values, 10**6)

    assert outcome.p < 1e-100


def test_values_of_one_part_of_the_dataset_are_rejected() -> None:
    values = np.arange(40_000).reshape(1, 1, -1)

    outcome = frequency(values, 10**6)

    assert outcome.p < 1e-100


def test_samples_apart_are_told_apart() -> None:
    lower, upper = np.arange(100.0), np.arange(100.0) + 100

    outcomes = [kolmogorov_smirnov(lower, upper), mann_whitney(lower, upper)]

    assert [outcome.p < 1e-20 for outcome in outcomes] == [True, True]


def test_a_sample_is_like_itself() -> None:
    sample = np.arange(100.0)

    outcomes = [kolmogorov_smirnov(sample, sample), mann_whitney(sample, sample)]

    assert [outcome.p for outcome in outcomes] == [pytest.approx(1), pytest.approx(1)]


def test_squares_of_uniform_numbers_are_not_uniform() -> None:
    squares = (np.arange(1000) / 1000) ** 2

    outcome = uniform(squares)

    assert outcome.p < 1e-20
