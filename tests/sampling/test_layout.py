from hypothesis import given
from hypothesis import strategies as st

from app.sampling.layout import Progression, contiguous, strided

small = st.integers(0, 50)
ranks = st.integers(1, 12)
progressions = st.builds(Progression, small | st.integers(0, 2**62), ranks, small)


@given(progression=progressions)
def test_a_progression_has_as_many_positions_as_it_counts(progression: Progression) -> None:
    positions = progression.positions()

    assert len(positions) == progression.count


@given(progression=progressions, data=st.data())
def test_a_part_is_the_slice_of_the_positions(
    progression: Progression, data: st.DataObject
) -> None:
    stop = data.draw(st.integers(0, progression.count))
    first = data.draw(st.integers(0, stop))

    part = progression.part(first, stop)

    assert [*part.positions()] == [*progression.positions()[first:stop]]


@given(turns=small | st.integers(0, 2**60), count=small, data_parallel_size=ranks)
def test_the_ranks_together_take_every_position_once(
    turns: int, count: int, data_parallel_size: int
) -> None:
    start = turns * data_parallel_size
    positions = range(start, start + count)

    taken = [
        strided(positions, rank=rank, data_parallel_size=data_parallel_size).positions()
        for rank in range(data_parallel_size)
    ]

    assert sorted(position for each in taken for position in each) == [*positions]


@given(turns=small, count=small, data_parallel_size=ranks)
def test_the_shares_of_the_ranks_differ_by_at_most_one(
    turns: int, count: int, data_parallel_size: int
) -> None:
    start = turns * data_parallel_size
    positions = range(start, start + count)

    shares = [
        strided(positions, rank=rank, data_parallel_size=data_parallel_size).count
        for rank in range(data_parallel_size)
    ]

    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= 1


@given(turns=small, count=small, data_parallel_size=ranks, data=st.data())
def test_a_rank_takes_the_positions_that_are_its_own_modulo_the_ranks(
    turns: int, count: int, data_parallel_size: int, data: st.DataObject
) -> None:
    rank = data.draw(st.integers(0, data_parallel_size - 1))
    start = turns * data_parallel_size

    taken = strided(
        range(start, start + count), rank=rank, data_parallel_size=data_parallel_size
    ).positions()

    assert all(position % data_parallel_size == rank for position in taken)


@given(start=small, count=small)
def test_every_position_of_a_range_in_order_is_the_range(start: int, count: int) -> None:
    progression = contiguous(range(start, start + count))

    assert progression.positions() == range(start, start + count)
