import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.manifest.blocks import (
    WORK_PER_BLOCK,
    affordable,
    index_blocks,
    listed_positions,
    listed_steps,
)
from app.manifest.selection import Selection, select
from app.sampling.layout import Progression
from tests.manifest.plans import FAR, moderate, plan_of, selections
from tests.manifest.reading import indices_of, steps_of


@moderate
@given(selection=selections(), block_indices=st.integers(1, 50))
def test_the_blocks_together_are_what_the_order_says(
    selection: Selection, block_indices: int
) -> None:
    blocks = index_blocks(selection, block_indices=block_indices)

    assert [index for block in blocks for index in block.tolist()] == indices_of(selection)


@moderate
@given(selection=selections(), data=st.data())
def test_any_slice_of_the_members_is_that_part_of_the_whole(
    selection: Selection, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, selection.members.count))
    stop = data.draw(st.integers(first, selection.members.count))

    blocks = [*index_blocks(selection, first=first, stop=stop, block_indices=7)]

    listed = [index for block in blocks for index in block.tolist()]
    assert listed == indices_of(selection)[first:stop]


@moderate
@given(selection=selections(), block_indices=st.integers(1, 50))
def test_no_block_is_empty_or_above_its_bound(selection: Selection, block_indices: int) -> None:
    sizes = [len(block) for block in index_blocks(selection, block_indices=block_indices)]

    assert all(1 <= size <= block_indices for size in sizes)


def test_a_block_never_changes_after_it_was_handed_over() -> None:
    selection = select(plan_of(1_000), epoch=0)
    blocks = index_blocks(selection, block_indices=300)
    first = next(blocks)
    before = first.copy()

    others = [*blocks]

    assert np.array_equal(first, before)
    assert not any(np.shares_memory(first, other) for other in others)


def test_the_far_end_of_the_largest_dataset_is_as_near_as_its_start() -> None:
    plan = plan_of(FAR, 2)
    last = plan.run.shape.steps_per_epoch

    (block,) = index_blocks(select(plan, epoch=0, start_step=last - 2))

    assert block.shape == (3,)
    assert ((block >= 0) & (block < FAR)).all()


def test_a_block_that_would_touch_many_tables_is_cut_short() -> None:
    # every index of this rank stands in a pass of its own, and every pass has a table
    plan = plan_of(65_000, ranks=100_000, steps_per_epoch=1_000)
    selection = select(plan, epoch=0, rank=0)

    sizes = [len(block) for block in index_blocks(selection, first=0, stop=300)]

    assert sum(sizes) == 300
    assert max(sizes) * 65_000 <= WORK_PER_BLOCK


def test_a_single_index_is_always_affordable() -> None:
    plan = plan_of(65_000, ranks=100_000, steps_per_epoch=1_000)
    order = select(plan, epoch=0).order()

    part = affordable(order, Progression(0, 2**40, 1))

    assert part.count == 1


@moderate
@given(selection=selections())
def test_listed_positions_are_those_of_the_members(selection: Selection) -> None:
    listed = listed_positions(selection.members)

    assert listed.dtype == np.int64
    assert listed.tolist() == [*selection.members.positions()]


@moderate
@given(
    start=st.integers(0, 30),
    apart=st.integers(0, 9),
    count=st.integers(0, 30),
    block=st.integers(1, 5),
    data=st.data(),
)
def test_listed_positions_of_any_part_are_its_own(
    start: int, apart: int, count: int, block: int, data: st.DataObject
) -> None:
    skipped = data.draw(st.integers(0, block - 1))
    part = Progression(start, block + apart, count, block, skipped)

    listed = listed_positions(part)

    assert listed.tolist() == [*part.positions()]


def test_listed_positions_of_blocks_go_on_inside_the_block_that_was_begun() -> None:
    part = Progression(10, 7, 5, 3, 1)

    listed = listed_positions(part)

    assert listed.tolist() == [11, 12, 17, 18, 19]


@moderate
@given(selection=selections())
def test_listed_steps_are_those_that_take_the_members(selection: Selection) -> None:
    listed = listed_steps(selection.grid, listed_positions(selection.members))

    assert listed.dtype == np.int64
    assert listed.tolist() == steps_of(selection)


def test_an_empty_part_may_stand_behind_every_position() -> None:
    part = Progression(FAR + 5, 2**40, 0)

    listed = listed_positions(part)

    assert listed.shape == (0,)
