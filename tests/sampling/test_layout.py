from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.spec import BatchGeometry
from app.sampling.layout import (
    Layout,
    Place,
    Progression,
    blocked,
    contiguous,
    place_in_step,
    rank_positions,
    strided,
)
from tests.strategies import geometries, sparingly

small = st.integers(0, 50)
ranks = st.integers(1, 12)
layouts = st.sampled_from(Layout)
small_geometries = geometries(most=60)


@st.composite
def progressions(draw: st.DrawFn) -> Progression:
    """Single positions, or blocks of which the first may be begun."""
    block = draw(st.just(1) | st.integers(1, 6))
    return Progression(
        start=draw(small | st.integers(0, 2**62)),
        stride=block + draw(st.integers(0, 12)),
        count=draw(small),
        block=block,
        skipped=draw(st.integers(0, block - 1)),
    )


def walked(progression: Progression) -> Iterator[int]:
    """The positions, one after another."""
    block_start, inner = progression.start, progression.skipped
    for _ in range(progression.count):
        yield block_start + inner
        inner += 1
        if inner == progression.block:
            block_start, inner = block_start + progression.stride, 0


@given(progression=progressions())
def test_the_positions_are_those_that_a_walk_comes_by(progression: Progression) -> None:
    positions = progression.positions()

    assert [*positions] == [*walked(progression)]


@given(progression=progressions(), data=st.data())
def test_a_part_is_the_slice_of_the_positions(
    progression: Progression, data: st.DataObject
) -> None:
    stop = data.draw(st.integers(0, progression.count))
    first = data.draw(st.integers(0, stop))

    part = progression.part(first, stop)

    assert part.count == stop - first
    assert [*part.positions()] == [*progression.positions()[first:stop]]


@given(layout=layouts, rows=small | st.integers(0, 2**55), count=small, batch=small_geometries)
def test_the_ranks_together_take_every_position_once(
    layout: Layout, rows: int, count: int, batch: BatchGeometry
) -> None:
    start = rows * batch.row_samples
    positions = range(start, start + count)

    taken = [
        rank_positions(layout, positions, batch, rank).positions()
        for rank in range(batch.data_parallel_size)
    ]

    assert sorted(position for each in taken for position in each) == [*positions]


@given(layout=layouts, steps=small, count=small, batch=small_geometries)
def test_a_rank_takes_the_positions_that_are_placed_with_it(
    layout: Layout, steps: int, count: int, batch: BatchGeometry
) -> None:
    start = steps * batch.global_batch_size
    placed: dict[int, list[int]] = {rank: [] for rank in range(batch.data_parallel_size)}
    for position in range(start, start + count):
        place = place_in_step(layout, position % batch.global_batch_size, batch)
        placed[place.rank].append(position)

    for rank, positions in placed.items():
        taken = rank_positions(layout, range(start, start + count), batch, rank)

        assert [*taken.positions()] == positions


@sparingly
@given(layout=layouts, batch=small_geometries)
def test_every_place_of_a_full_step_is_taken_once(layout: Layout, batch: BatchGeometry) -> None:
    positions = range(batch.global_batch_size)

    places = {place_in_step(layout, position, batch) for position in positions}

    assert places == {
        Place(rank, micro_step, slot)
        for rank in range(batch.data_parallel_size)
        for micro_step in range(batch.gradient_accumulation_steps)
        for slot in range(batch.micro_batch_size)
    }


@sparingly
@given(layout=layouts, batch=small_geometries, step=st.integers(0, 50))
def test_a_rank_fills_its_slots_in_the_order_of_its_positions(
    layout: Layout, batch: BatchGeometry, step: int
) -> None:
    start = step * batch.global_batch_size
    positions = range(start, start + batch.global_batch_size)
    turns = [
        (micro_step, slot)
        for micro_step in range(batch.gradient_accumulation_steps)
        for slot in range(batch.micro_batch_size)
    ]

    for rank in range(batch.data_parallel_size):
        taken = rank_positions(layout, positions, batch, rank).positions()
        places = [place_in_step(layout, position - start, batch) for position in taken]

        assert places == [Place(rank, *turn) for turn in turns]


@sparingly
@given(rows=small, batch=small_geometries, data=st.data())
def test_a_rank_takes_consecutive_positions_of_a_row_that_falls_to_it_in_blocks(
    rows: int, batch: BatchGeometry, data: st.DataObject
) -> None:
    rank = data.draw(st.integers(0, batch.data_parallel_size - 1))
    row = range(rows * batch.row_samples, (rows + 1) * batch.row_samples)

    taken = blocked(row, rank=rank, batch=batch).positions()

    assert [*taken] == [*row[rank * batch.micro_batch_size :][: batch.micro_batch_size]]


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


@pytest.mark.parametrize("layout", Layout)
def test_the_share_of_a_rank_is_as_near_at_the_far_end_of_a_huge_epoch(layout: Layout) -> None:
    batch = BatchGeometry.of(
        micro_batch_size=2**20, gradient_accumulation_steps=1, data_parallel_size=2
    )

    share = rank_positions(layout, range(2**63 - 1), batch, 1)

    assert share.count == 2**62 - 1
    assert share.part(share.count - 1, share.count).positions()[0] == 2**63 - 1 - (
        1 if layout is Layout.BLOCKED else 2
    )
