import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.block_shuffle import block_sizes, py1br_shuffle, py1e_shuffle
from app.sampling.shard_spans import Spans
from tests.strategies import sparingly

SHARDS = Spans.of_shards([10] * 40)
"""Small shards, so that samples can only mix by way of blocks."""


def test_bounds_of_block_sizes_are_rounded_down() -> None:
    assert block_sizes(7) == range(5, 8)


@sparingly
@given(block_size=st.integers(20, 60), epoch=st.integers(0, 9))
def test_py1e_spreads_a_shard_over_no_more_than_its_range(block_size: int, epoch: int) -> None:
    order = py1e_shuffle(SHARDS, 1, seed=0, epoch=epoch, block_size=block_size)

    places = [np.flatnonzero(order // 10 == shard) for shard in range(40)]

    # every shard that is passed on the way may itself reach into the range from both sides
    assert max(place.max() - place.min() for place in places) < 3 * block_size


def test_shards_larger_than_their_range_stay_together_in_py1e() -> None:
    order = py1e_shuffle(SHARDS, 1, seed=0, epoch=0, block_size=4)

    assert all(len({*order[start : start + 10] // 10}) == 1 for start in range(0, 400, 10))


def test_py1br_mixes_shards_within_its_blocks() -> None:
    order = py1br_shuffle(SHARDS, 1, seed=0, epoch=0, block_size=100)

    assert all(len({*order[start : start + 50] // 10}) > 5 for start in range(0, 400, 50))


def test_the_smallest_block_of_py1br_shuffles_nothing() -> None:
    order = py1br_shuffle(Spans.of_shards([400]), 1, seed=0, epoch=0, block_size=2)

    assert order.tolist() == [*range(400)]
