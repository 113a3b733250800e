from collections import defaultdict

from hypothesis import given

from app.manifest.rows import Group, Rows, rows_of
from app.manifest.selection import Selection, select
from tests.manifest.plans import moderate, plan_of, selections

Lists = dict[tuple[int, int], list[int]]


def listed(selection: Selection, group: Group) -> Lists:
    """Positions of every row, by its step and micro-step."""
    rows = rows_of(selection, group)
    positions = selection.members.positions()
    return {
        (rows.step_in_epoch(row), rows.micro_step(row)): [*positions[slice(*rows.bounds(row))]]
        for row in range(rows.count)
    }


def placed(selection: Selection) -> Lists:
    """The same, put together sample by sample from where the framework places each one."""
    plan, places = selection.plan, defaultdict[tuple[int, int], list[int]](list)
    for position in selection.members.positions():
        step, inner = divmod(position, plan.spec.batch.global_batch_size)
        place = plan.framework.place_in_step(inner, plan.spec.batch)
        assert selection.rank in {None, place.rank}
        places[step, place.micro_step].append(position)
    return dict(places)


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
    rows = rows_of(selection, Group.MICRO_STEP)

    for rank in range(selection.plan.spec.batch.data_parallel_size):
        share = select(
            selection.plan,
            epoch=selection.epoch,
            rank=rank,
            start_step=selection.start_step,
            stop_step=selection.stop_step,
        )
        assert rows_of(share, Group.MICRO_STEP).count == rows.count


def test_the_micro_steps_of_a_whole_epoch_are_those_of_the_plan() -> None:
    plan = plan_of(103, 2, accumulation=3, ranks=4)

    rows = rows_of(select(plan, epoch=0), Group.MICRO_STEP)

    assert rows.count == plan.run.shape.micro_steps_per_epoch


def test_an_idle_rank_has_empty_micro_steps() -> None:
    # 5 samples are left for 4 ranks: two micro-steps, in the second of which only rank 0 has one
    selection = select(plan_of(21, accumulation=4, ranks=4), epoch=0, rank=3, start_step=1)

    lists = listed(selection, Group.MICRO_STEP)

    assert lists == {(1, 0): [19], (1, 1): []}


def test_no_steps_have_no_rows() -> None:
    selection = select(plan_of(21, accumulation=4), epoch=0, start_step=2, stop_step=2)

    rows = rows_of(selection, Group.MICRO_STEP)

    assert isinstance(rows, Rows)
    assert rows.count == 0
