"""Every sample exactly once: shown by counting, not by argument."""

import numpy as np
import pytest

from app.sampling.keys import Purpose
from app.sampling.permutation import Permutation


def visits_every_sample_once(size: int) -> bool:
    sample_indices = np.empty(size, np.int64)
    order = Permutation.keyed(Purpose.SHUFFLE, seed=size, number=1, dataset_size=size)
    order.fill(sample_indices, start=0)
    visited = np.zeros(size, np.bool_)
    visited[sample_indices] = True
    return bool(visited.all())


def test_every_dataset_of_up_to_2000_samples_is_visited_once() -> None:
    broken = [size for size in range(1, 2001) if not visits_every_sample_once(size)]

    assert broken == []


@pytest.mark.parametrize("bits", range(11, 23))
def test_datasets_around_a_power_of_two_are_visited_once(bits: int) -> None:
    sizes = [2**bits - 1, 2**bits, 2**bits + 1]

    broken = [size for size in sizes if not visits_every_sample_once(size)]

    assert broken == []


def test_datasets_around_the_largest_table_are_visited_once() -> None:
    sizes = range(65_536 - 20, 65_536 + 20)

    broken = [size for size in sizes if not visits_every_sample_once(size)]

    assert broken == []
