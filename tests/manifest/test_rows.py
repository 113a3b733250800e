from collections import defaultdict
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.manifest.rows import Group, Row, rows_of
from app.manifest.selection import Selection, select
from app.sampling.layout import place_in_step
from tests.manifest.plans import FAR, moderate, plan_of, selections
from tests.manifest.reading import steps_of

Lists = dict[tuple[int, int], list[int]]


def listed(selection: Selection, group: Group) -> Lists:
    """Positions of every row, by its step and micro-step."""
    positions = selection.members.positions()
    return {
        (row.step_in_epoch, row.micro_step): [*positions[row.first : row.stop]]
        for row in rows_of(selection, group)
    }


def placed(selection: Selection) -> Lists:
    """The same, put together sample by sample from where the framework places each one."""
    plan, grid, places = (
        selection.plan,
        selection.grid,
        defaultdict[tuple[int, int], list[int]](list),
    )
    layout = plan.framework.layout(plan.spec)
    for step, position in zip(steps_of(selection), selection.members.positions(), strict=True):
        place = place_in_step(layout, position - grid.start_of(step), plan.spec.batch)
        assert selection.rank in {None, place.rank}
        places[step, place.micro_step].append(position)
    return dict(places)


def count(selection: Selection, group: Group) -> int:
    return len([*rows_of(selection, group)])


@moderate
@given(selection=selections())
def test_micro_steps_hold_what_the_framework_places_there(selection: Selection) -> None:
    lists = listed(selection, Group.MICRO_STEP)

    assert {place: members for place, members in lists.items() if members} == placed(selection)


@moderate
@given(selection=selections())
def test_the_micro_steps_of_a_step_joined_are_the_step(selection: Selection) -> None:
    joined = defaultdict[int, list[int]](list)

    for (step, _), members in listed(selection, Group.MICRO_STEP).items():
        joined[step] += members

    assert {(step, 0): members for step, members in joined.items()} == listed(selection, Group.STEP)


@moderate
@given(selection=selections())
def test_there_is_a_row_for_every_step(selection: Selection) -> None:
    steps = [step for step, _ in listed(selection, Group.STEP)]

    assert steps == [*range(selection.start_step, selection.stop_step)]


@moderate
@given(selection=selections())
def test_every_rank_runs_as_many_micro_steps_as_the_others(selection: Selection) -> None:
    rows = count(selection, Group.MICRO_STEP)

    for rank in range(selection.plan.spec.batch.data_parallel_size):
        share = select(
            selection.plan,
            epoch=selection.epoch,
            rank=rank,
            start_step=selection.start_step,
            stop_step=selection.stop_step,
        )
        assert count(share, Group.MICRO_STEP) == rows


def test_the_micro_steps_of_a_whole_epoch_are_those_of_the_plan() -> None:
    plan = plan_of(103, 2, accumulation=3, ranks=4)

    rows = count(select(plan, epoch=0), Group.MICRO_STEP)

    assert rows == plan.run.shape.micro_steps_per_epoch


def test_an_idle_rank_has_empty_micro_steps() -> None:
    # 5 samples are left for 4 ranks: two micro-steps, in the second of which only rank 0 has one
    selection = select(plan_of(21, accumulation=4, ranks=4), epoch=0, rank=3, start_step=1)

    lists = listed(selection, Group.MICRO_STEP)

    assert lists == {(1, 0): [19], (1, 1): []}


@pytest.mark.parametrize("group", [Group.STEP, Group.MICRO_STEP])
def test_no_steps_have_no_rows(group: Group) -> None:
    selection = select(plan_of(21, accumulation=4), epoch=0, start_step=2, stop_step=2)

    assert [*rows_of(selection, group)] == []


@moderate
@given(selection=selections(), group=st.sampled_from([Group.STEP, Group.MICRO_STEP]))
def test_rows_follow_one_another_without_a_gap(selection: Selection, group: Group) -> None:
    rows = [*rows_of(selection, group)]

    bounds = [0, *(row.stop for row in rows)]
    assert [row.first for row in rows] == bounds[:-1]
    assert bounds[-1] == selection.members.count


def test_rows_are_listed_one_after_another_however_many_there_are() -> None:
    plan = plan_of(FAR, accumulation=10**12)
    selection = select(plan, epoch=0, start_step=7)

    first, second = islice(rows_of(selection, Group.MICRO_STEP), 2)

    assert (first, second) == (Row(7, 0, 0, 1), Row(7, 1, 1, 2))
