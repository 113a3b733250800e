import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidSelectionError, UnknownEpochError
from app.manifest.selection import Selection, check_epoch, select
from app.plan.planner import Plan
from tests.manifest.plans import FAR, moderate, plan_of, plans, selections
from tests.manifest.reading import indices_of

GEOMETRIES = [(12, 1, 1), (1, 1, 12), (3, 4, 1), (2, 2, 3), (1, 12, 1), (4, 1, 3)]


def positions_of(selection: Selection) -> list[int]:
    return [*selection.members.positions()]


@moderate
@given(plan=plans(), data=st.data())
def test_the_ranks_partition_every_step(plan: Plan, data: st.DataObject) -> None:
    epoch = data.draw(st.integers(0, plan.run.epochs - 1))
    step = data.draw(st.integers(0, plan.run.steps_in_epoch(epoch) - 1))
    whole = select(plan, epoch=epoch, start_step=step, stop_step=step + 1)
    ranks = range(plan.spec.batch.data_parallel_size)

    shares = [
        select(plan, epoch=epoch, rank=rank, start_step=step, stop_step=step + 1) for rank in ranks
    ]

    taken = [position for share in shares for position in positions_of(share)]
    assert sorted(taken) == positions_of(whole)


@moderate
@given(selection=selections(), data=st.data())
def test_a_slice_of_the_whole_is_the_whole_of_the_slices(
    selection: Selection, data: st.DataObject
) -> None:
    middle = data.draw(st.integers(selection.start_step, selection.stop_step))

    head = selection.until(middle)
    tail = select(
        selection.plan,
        epoch=selection.epoch,
        rank=selection.rank,
        start_step=middle,
        stop_step=selection.stop_step,
    )

    assert positions_of(head) + positions_of(tail) == positions_of(selection)


@moderate
@given(plan=plans())
def test_the_steps_of_an_epoch_hold_the_samples_that_the_run_takes_of_it(plan: Plan) -> None:
    whole = [select(plan, epoch=epoch) for epoch in range(plan.run.epochs)]

    assert sum(part.members.count for part in whole) == plan.run.total_samples
    assert sum(part.steps_in_epoch for part in whole) == plan.run.total_steps


@moderate
@given(size=st.integers(1, 100), data=st.data())
def test_a_step_has_the_same_set_of_samples_whatever_the_geometry(
    size: int, data: st.DataObject
) -> None:
    step = data.draw(st.integers(0, -(-size // 12) - 1))
    sets = set()

    for micro, accumulation, ranks in GEOMETRIES:
        plan = plan_of(size, micro, accumulation=accumulation, ranks=ranks)
        part = select(plan, epoch=0, start_step=step, stop_step=step + 1)
        sets.add(frozenset(indices_of(part)))

    assert len(sets) == 1


@pytest.mark.parametrize(("rank", "samples"), [(None, 24), (0, 6), (3, 6)])
def test_a_rank_takes_its_micro_batches_of_a_full_step(rank: int | None, samples: int) -> None:
    selection = select(plan_of(100, 2, accumulation=3, ranks=4), epoch=0, rank=rank)

    count = selection.until(1).members.count

    assert count == samples


@moderate
@given(selection=selections())
def test_the_share_of_a_step_is_what_is_selected_of_it(selection: Selection) -> None:
    grid, before = selection.grid, 0
    for step in range(selection.start_step, selection.stop_step):
        after = selection.until(step + 1).members.count

        assert selection.share(grid.samples_in(step)) == after - before
        before = after


@moderate
@given(selection=selections(), most=st.integers(-1, 60))
def test_the_longest_start_that_fits_is_the_last_that_does(selection: Selection, most: int) -> None:
    longest = selection.longest(lambda part: part.members.count <= most)

    stops = range(selection.start_step + 1, selection.stop_step + 1)
    fitting = [stop for stop in stops if selection.until(stop).members.count <= most]
    assert longest == selection.until(max(fitting, default=selection.start_step))


def test_the_longest_start_of_an_endless_epoch_is_found_at_once() -> None:
    selection = select(plan_of(FAR, 2), epoch=0, start_step=5)

    longest = selection.longest(lambda part: part.members.count <= 10**18 + 1)

    assert longest.stop_step == 5 + 10**18 // 2


def test_nothing_takes_no_work() -> None:
    selection = select(plan_of(60_000), epoch=0, start_step=9)

    assert (selection.until(9).work(), selection.until(10).work()) == (0, 60_001)


def test_a_rank_without_samples_has_an_empty_step() -> None:
    plan = plan_of(9, 2, ranks=4)

    members = select(plan, epoch=0, rank=3, start_step=1).members

    assert members.count == 0


@pytest.mark.parametrize("rank", [None, 0, 1])
def test_a_slice_of_no_steps_is_legal_and_empty_even_at_the_far_end(rank: int | None) -> None:
    plan = plan_of(FAR, ranks=2)
    steps = plan.run.shape.steps_per_epoch

    selection = select(plan, epoch=0, rank=rank, start_step=steps)

    assert (selection.start_step, selection.stop_step) == (steps, steps)
    assert selection.members.count == 0


def test_the_last_epoch_ends_where_the_run_ends() -> None:
    plan = plan_of(100, 10, steps=14)

    with pytest.raises(InvalidSelectionError) as refusal:
        select(plan, epoch=1, stop_step=5)

    (fault,) = refusal.value.faults
    assert (fault.pointer, fault.nearest) == ("/stop_step", (4,))


def test_every_fault_of_a_slice_is_named_at_once() -> None:
    with pytest.raises(InvalidSelectionError) as refusal:
        select(plan_of(100, 10, ranks=2), epoch=0, rank=2, start_step=99, stop_step=-1)

    named = {fault.pointer: fault.nearest for fault in refusal.value.faults}
    assert named == {"/rank": (1,), "/start_step": (5,), "/stop_step": (0,)}


def test_a_slice_that_runs_backwards_is_refused_with_the_nearest_stop() -> None:
    with pytest.raises(InvalidSelectionError) as refusal:
        select(plan_of(100, 10), epoch=0, start_step=7, stop_step=3)

    (fault,) = refusal.value.faults
    assert (fault.code, fault.given, fault.nearest) == ("steps-reversed", 3, (7,))


@pytest.mark.parametrize(("epoch", "nearest"), [(-1, 0), (3, 2), (FAR, 2)])
def test_an_epoch_outside_the_run_is_refused_with_the_nearest_one(epoch: int, nearest: int) -> None:
    with pytest.raises(UnknownEpochError) as refusal:
        check_epoch(plan_of(10, epochs=3).run, epoch)

    assert refusal.value.faults[0].nearest == (nearest,)
