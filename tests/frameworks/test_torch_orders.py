import numpy as np
import pytest

from app.frameworks.torch_orders import RandomSampler
from app.sampling.table_order import TableOrder
from app.sampling.torch_permutation import randperm_words, torch_randperm
from tests.sampling.orders import filled

SEED = 5


def sampler(dataset_size: int, num_samples: int, *, replacement: bool = False) -> RandomSampler:
    return RandomSampler(
        dataset_size=dataset_size,
        num_samples=num_samples,
        generator="sampler",
        replacement=replacement,
    )


@pytest.mark.parametrize(
    ("dataset_size", "num_samples", "work"),
    [(100, 100, 100), (100, 5, 100), (100, 101, 200), (2**40, 5, 2**40)],
)
def test_an_epoch_takes_whole_permutations_however_little_it_reads(
    dataset_size: int, num_samples: int, work: int
) -> None:
    found = sampler(dataset_size, num_samples).work(0)

    assert found == work


def test_draws_take_no_permutation() -> None:
    found = sampler(2**40, 5, replacement=True).work(0)

    assert found == 5


@pytest.mark.parametrize("num_samples", [5, 10, 25])
def test_a_table_keeps_nothing_but_what_is_read(num_samples: int) -> None:
    order = sampler(10, num_samples).order(SEED, epoch=0)

    table = order.make() if isinstance(order, TableOrder) else np.empty(0)

    assert table.base is None
    assert table.shape == (num_samples,)


def test_an_epoch_goes_on_with_the_next_permutation_and_cuts_the_last_one() -> None:
    order = sampler(10, 25).order(SEED, epoch=0)

    samples = filled(order, start=0, count=25)

    words = randperm_words(10)
    permutations = [
        torch_randperm(10, seed=SEED, skipped_words=number * words).tolist() for number in range(3)
    ]
    assert samples == [*permutations[0], *permutations[1], *permutations[2][:5]]
