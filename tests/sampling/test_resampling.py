from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.resampling import Resampling, resampled, shard_shares
from app.sampling.shard_spans import Spans
from tests.strategies import sparingly

sizes = st.lists(st.integers(1, 9), min_size=1, max_size=8)
epoch_sizes = st.integers(1, 99)
granularities = st.integers(1, 12)


@sparingly
@given(sizes=sizes, epoch_size=epoch_sizes, granularity=granularities)
def test_shares_add_up_to_the_epoch(sizes: list[int], epoch_size: int, granularity: int) -> None:
    how = Resampling(epoch_size=epoch_size, granularity=granularity)

    shares = shard_shares(np.array(sizes), how, seed=1)

    assert shares.sum() == epoch_size


@sparingly
@given(sizes=sizes, epoch_size=epoch_sizes, granularity=granularities)
def test_a_shard_gives_its_whole_repeats_and_at_most_one_more(
    sizes: list[int], epoch_size: int, granularity: int
) -> None:
    how = Resampling(epoch_size=epoch_size, granularity=granularity)
    repeats = epoch_size // sum(sizes)

    shares = shard_shares(np.array(sizes), how, seed=1)

    assert all(
        repeats * size <= share <= (repeats + 1) * size
        for size, share in zip(sizes, shares, strict=True)
    )


@sparingly
@given(sizes=sizes, epoch_size=epoch_sizes)
def test_a_sample_is_used_as_often_as_any_other_or_once_more(
    sizes: list[int], epoch_size: int
) -> None:
    epoch = resampled(Spans.of_shards(sizes), Resampling(epoch_size=epoch_size), seed=3, epoch=4)

    uses = Counter(dict.fromkeys(range(sum(sizes)), 0))
    uses.update(epoch.samples.tolist())

    assert {*uses.values()} <= {epoch_size // sum(sizes), epoch_size // sum(sizes) + 1}


@sparingly
@given(sizes=sizes, epoch_size=epoch_sizes)
def test_units_of_the_shuffle_are_as_many_samples(sizes: list[int], epoch_size: int) -> None:
    epoch = resampled(Spans.of_shards(sizes), Resampling(epoch_size=epoch_size), seed=3, epoch=4)

    assert (epoch.shards.sizes.sum(), len(epoch.samples)) == (epoch_size, epoch_size)


def test_an_epoch_that_does_not_vary_is_the_same_again() -> None:
    how = Resampling(epoch_size=7, shares_vary=False, samples_vary=False)

    first, second = (
        resampled(Spans.of_shards([10, 10]), how, seed=0, epoch=epoch).samples.tolist()
        for epoch in (0, 5)
    )

    assert first == second


def test_an_epoch_that_varies_is_another_one() -> None:
    how = Resampling(epoch_size=7)

    first, second = (
        resampled(Spans.of_shards([10, 10]), how, seed=0, epoch=epoch).samples.tolist()
        for epoch in (0, 5)
    )

    assert first != second
