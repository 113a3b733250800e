import pytest
from hypothesis import given

from app.sampling.feistel import Feistel
from app.sampling.keys import Purpose, key_words
from app.sampling.numpy_set import NUMPY_SET
from tests.sampling.strategies import edge_sizes, large_sizes


def network(size: int) -> Feistel:
    words = key_words(Purpose.SHUFFLE, seed=1, number=2, dataset_size=size)
    return Feistel.keyed(words, dataset_size=size, kernels=NUMPY_SET)


@given(size=large_sizes | edge_sizes)
def test_the_halves_make_room_for_every_position_and_few_more(size: int) -> None:
    halves = network(size)

    assert size <= halves.left_size * 2**halves.right_bits < size + 2**halves.right_bits


@given(size=large_sizes | edge_sizes)
def test_each_half_fits_a_32_bit_word(size: int) -> None:
    halves = network(size)

    assert max(halves.left_size, 2**halves.right_bits) <= 2**32


@pytest.mark.parametrize(("size", "rounds"), [(65_536, 8), (2**60, 8), (2**60 + 1, 12)])
def test_very_large_datasets_go_through_more_rounds(size: int, rounds: int) -> None:
    assert network(size).keys.size == rounds
