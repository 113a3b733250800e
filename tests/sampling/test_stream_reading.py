from itertools import chain, zip_longest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.stream_reading import InTurn, RankByRank, StreamReading, WorkerByWorker
from tests.strategies import sparingly

small = st.integers(1, 5)
workers_of_ranks = st.builds(
    WorkerByWorker,
    ranks=small,
    micro_batch_size=small,
    workers=small,
    members=st.integers(5, 70),
)
rows_of_ranks = st.builds(RankByRank, ranks=small, micro_batch_size=small)
LENGTH = 60


def read(reading: StreamReading, count: int) -> list[int]:
    found: list[int] = reading.stream_positions(np.arange(count, dtype=np.int64)).tolist()
    return found


def loaded_by_workers(reading: WorkerByWorker) -> list[int]:
    """Members of one rank, as a list of workers takes them and hands them over."""
    size = reading.micro_batch_size
    own = [range(worker, reading.members, reading.workers) for worker in range(reading.workers)]
    batches = [[mine[i : i + size] for i in range(0, len(mine), size)] for mine in own]
    turns = chain.from_iterable(zip_longest(*batches, fillvalue=range(0)))
    return [*chain.from_iterable(turns)]


@sparingly
@given(reading=workers_of_ranks)
def test_workers_take_members_in_turn_and_hand_over_micro_batches_in_turn(
    reading: WorkerByWorker,
) -> None:
    found = read(reading, reading.members * reading.ranks)

    mine = [position // reading.ranks for position in found if position % reading.ranks == 0]
    assert mine == loaded_by_workers(reading)


@sparingly
@given(reading=workers_of_ranks)
def test_all_ranks_have_workers_that_do_the_same(reading: WorkerByWorker) -> None:
    found = np.array(read(reading, reading.members * reading.ranks))

    by_rank = found.reshape(-1, reading.ranks) - np.arange(reading.ranks)
    assert np.all(by_rank == by_rank[:, :1])


def test_rows_are_listed_rank_by_rank() -> None:
    found = read(RankByRank(ranks=2, micro_batch_size=3), 12)

    assert found == [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]


@sparingly
@given(reading=workers_of_ranks | rows_of_ranks | st.just(InTurn()))
def test_a_stream_position_is_found_where_it_is_read(reading: StreamReading) -> None:
    count = reading.members * reading.ranks if isinstance(reading, WorkerByWorker) else LENGTH

    found = [reading.position_of(each) for each in read(reading, count)]

    assert found == [*range(count)]


@sparingly
@given(data=st.data(), reading=workers_of_ranks | rows_of_ranks | st.just(InTurn()))
def test_a_span_holds_everything_that_is_read(data: st.DataObject, reading: StreamReading) -> None:
    count = reading.members * reading.ranks if isinstance(reading, WorkerByWorker) else LENGTH
    start, stop = sorted(data.draw(st.tuples(*[st.integers(0, count)] * 2)))

    span = reading.span(range(start, stop))

    assert set(read(reading, count)[start:stop]) <= {*span}


@pytest.mark.parametrize("members", [10, 2**40])
def test_rounds_may_be_longer_than_an_array_can_count(members: int) -> None:
    reading = WorkerByWorker(
        ranks=1, micro_batch_size=2**62, workers=min(members, 2**20), members=members
    )

    found = read(reading, 3)

    expected = {10: [0, 1, 2], 2**40: [0, 2**20, 2**21]}
    assert found == expected[members]


@pytest.mark.parametrize(
    ("reading", "positions", "span"),
    [
        (RankByRank(ranks=2, micro_batch_size=3), range(7, 13), range(6, 18)),
        (WorkerByWorker(ranks=1, micro_batch_size=2, workers=3, members=10), range(5), range(6)),
        (
            WorkerByWorker(ranks=1, micro_batch_size=2, workers=3, members=10),
            range(7, 9),
            range(6, 10),
        ),
    ],
)
def test_a_span_is_made_of_whole_rows_or_rounds(
    reading: StreamReading, positions: range, span: range
) -> None:
    found = reading.span(positions)

    assert found == span


def test_a_member_of_a_full_round_is_found_in_the_micro_batch_of_its_worker() -> None:
    reading = WorkerByWorker(ranks=1, micro_batch_size=2, workers=3, members=10)

    found = [reading.position_of(member) for member in range(6)]

    assert found == [0, 2, 4, 1, 3, 5]
