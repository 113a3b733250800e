import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.index_shuffle import LEAST_DOMAIN, IndexShuffle
from app.sampling.layout import Progression
from app.sampling.rank_ranges import RankRanges
from app.sampling.sharded_stream import ShardedStream
from app.sampling.stream_reading import IN_TURN, RankByRank, StreamReading, WorkerByWorker
from tests.sampling.orders import filled
from tests.strategies import sparingly

MEMBERS = 16


@st.composite
def readings(draw: st.DrawFn, ranks: int) -> StreamReading:
    size = draw(st.integers(1, 4))
    workers = WorkerByWorker(
        ranks=ranks, micro_batch_size=size, workers=draw(st.integers(1, 4)), members=MEMBERS
    )
    rows = RankByRank(ranks=ranks, micro_batch_size=size)
    choices: list[StreamReading] = [IN_TURN, rows, workers]
    return draw(st.sampled_from(choices))


@st.composite
def streams(draw: st.DrawFn) -> ShardedStream:
    """Streams of tiny ranges; those that are read row by row begin with a row."""
    ranks = draw(st.integers(1, 3))
    reading = draw(readings(ranks))
    aligned = isinstance(reading, RankByRank)
    return ShardedStream(
        ranges=RankRanges(
            dataset_size=draw(st.integers(ranks, 12)), ranks=ranks, even=draw(st.booleans())
        ),
        seed=draw(st.none() | st.sampled_from([0, 7, 2**32 - 1])),
        reseeded=draw(st.booleans()),
        reading=reading,
        first_position=0 if aligned else draw(st.integers(0, 5)) * ranks,
    )


def room(order: ShardedStream) -> int:
    return MEMBERS * order.ranges.ranks - order.first_position


def sample_at(order: ShardedStream, stream_position: int) -> int:
    """A sample of the stream on its own: rank, pass, place in the pass."""
    member, rank = divmod(stream_position, order.ranges.ranks)
    mine = order.ranges.range_of(rank)
    number, place = divmod(member, len(mine))
    if order.seed is None:
        return mine[place]
    seed = (order.seed + (number if order.reseeded else 0)) % 2**32
    return mine[filled(IndexShuffle(size=len(mine), seed=seed), start=place, count=1)[0]]


def expected(order: ShardedStream) -> list[int]:
    positions = order.first_position + np.arange(room(order), dtype=np.int64)
    return [sample_at(order, each) for each in order.reading.stream_positions(positions).tolist()]


@sparingly
@given(order=streams())
def test_every_rank_goes_through_its_range_pass_after_pass(order: ShardedStream) -> None:
    found = filled(order, start=0, count=room(order))

    assert found == expected(order)


@sparingly
@given(data=st.data(), order=streams())
def test_a_slice_of_the_whole_is_the_whole_of_the_slice(
    data: st.DataObject, order: ShardedStream
) -> None:
    start, stride = data.draw(st.integers(0, room(order) - 1)), data.draw(st.integers(1, 9))
    count = len(range(start, room(order), stride))

    found = filled(order, start=start, count=count, stride=stride)

    assert found == expected(order)[start::stride]


@sparingly
@given(data=st.data(), order=streams())
def test_a_sample_is_found_wherever_it_stands(data: st.DataObject, order: ShardedStream) -> None:
    sample_index = data.draw(st.integers(0, order.ranges.dataset_size - 1))
    stop = data.draw(st.integers(0, room(order)))

    found = [*order.positions_of(sample_index, stop=stop)]

    here = enumerate(expected(order)[:stop])
    assert found == [position for position, each in here if each == sample_index]


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("seed", [None, 5])
def test_long_ranges_are_filled_rank_by_rank(seed: int | None, stride: int) -> None:
    order = ShardedStream(ranges=RankRanges(dataset_size=2300, ranks=2), seed=seed)
    positions = range(700, 700 + 2000 * stride, stride)

    found = filled(order, start=700, count=2000, stride=stride)

    assert found[::50] == [sample_at(order, position) for position in positions[::50]]


def test_seeds_of_later_passes_begin_again_at_zero() -> None:
    order = ShardedStream(ranges=RankRanges(dataset_size=30, ranks=1), seed=2**32 - 1)

    second_pass = filled(order, start=30, count=30)

    assert second_pass == filled(IndexShuffle(size=30, seed=0), start=0, count=30)


def test_a_pass_deep_in_a_stream_costs_no_more_than_the_first() -> None:
    order = ShardedStream(ranges=RankRanges(dataset_size=10**12, ranks=8), seed=1)

    works = [order.work(Progression(start, 8, 1000)) for start in (0, 10**18)]

    assert works[0] == works[1] < 10_000


@pytest.mark.parametrize(
    ("ranks", "part", "most"),
    [
        (1, Progression(0, 1, 20), 5 * LEAST_DOMAIN),
        (1, Progression(0, 1, 200), 25 * LEAST_DOMAIN),
        (3, Progression(0, 3, 30), 25 * LEAST_DOMAIN),
        (1, Progression(0, 10, 30, block=2), 22 * LEAST_DOMAIN),
    ],
)
def test_tiny_ranges_cost_a_table_for_each_pass(ranks: int, part: Progression, most: int) -> None:
    order = ShardedStream(ranges=RankRanges(dataset_size=10, ranks=ranks), seed=1)

    work = order.work(part)

    passes = len({each // 10 for each in part.positions()})
    assert passes * LEAST_DOMAIN <= work <= most


def test_the_order_of_the_dataset_costs_no_tables() -> None:
    order = ShardedStream(ranges=RankRanges(dataset_size=10, ranks=1), seed=None)

    assert order.work(Progression(0, 1, 100)) + order.search_work(stop=100) < LEAST_DOMAIN


def test_a_search_costs_every_pass_it_looks_through() -> None:
    order = ShardedStream(ranges=RankRanges(dataset_size=10, ranks=1), seed=1, first_position=5)

    work = order.search_work(stop=95)

    assert 10 * LEAST_DOMAIN < work < 14 * LEAST_DOMAIN


def test_a_sample_that_is_left_over_stands_nowhere() -> None:
    order = ShardedStream(ranges=RankRanges(dataset_size=11, ranks=3, even=True), seed=1)

    assert [*order.positions_of(10, stop=90)] == []


def test_without_a_shuffle_a_sample_stands_at_its_place_of_every_pass() -> None:
    order = ShardedStream(ranges=RankRanges(dataset_size=10, ranks=2), seed=None)

    found = [*order.positions_of(6, stop=22)]

    assert found == [3, 13]
