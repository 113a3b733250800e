from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import ceil_div
from app.arithmetic.parted_run import PartedRun, parted_run
from app.arithmetic.spec import Budget, BudgetUnit
from tests.arithmetic.runs import small_geometries
from tests.strategies import sparingly


def endless(
    *,
    pass_samples: int,
    epoch_micro_steps: int,
    micro_batch_size: int = 4,
    accumulation: int = 1,
    short: int | None = None,
) -> PartedRun:
    batch = solve_batch(micro_batch_size=micro_batch_size, gradient_accumulation_steps=accumulation)
    there = ceil_div(pass_samples, micro_batch_size)
    epoch = min(epoch_micro_steps, there)
    return PartedRun(
        shape=EpochShape(
            dataset_size=pass_samples,
            batch=batch,
            steps_per_epoch=ceil_div(epoch, accumulation),
            samples_per_epoch=min(epoch * micro_batch_size, pass_samples),
        ),
        total_steps=1,
        pass_micro_steps=there,
        pass_samples=pass_samples,
        read_micro_steps=1,
        short_micro_step=None if short is None else lambda _: short,
    )


@st.composite
def parted_runs(draw: st.DrawFn) -> PartedRun:
    """Passes of a few micro-steps, one of them short, cut anywhere; some without an update."""
    batch, samples = draw(small_geometries), draw(st.integers(1, 60))
    there = ceil_div(samples, batch.row_samples)
    epoch = draw(st.integers(1, there))
    run = PartedRun(
        shape=EpochShape(
            dataset_size=samples,
            batch=batch,
            steps_per_epoch=ceil_div(epoch, batch.gradient_accumulation_steps),
            samples_per_epoch=min(epoch * batch.row_samples, samples),
        ),
        total_steps=1,
        pass_micro_steps=there,
        pass_samples=samples,
        read_micro_steps=1,
        short_micro_step=(lambda number: (7 * number + 3) % there)
        if batch.gradient_accumulation_steps == 1 and draw(st.booleans())
        else None,
    )
    unit = draw(st.sampled_from([BudgetUnit.EPOCHS, BudgetUnit.STEPS, BudgetUnit.SAMPLES]))
    return parted_run(run, Budget(unit=unit, amount=Fraction(draw(st.integers(1, 15)))))


runs = parted_runs().filter(lambda run: run.total_steps > 0)


@sparingly
@given(run=runs)
def test_the_epochs_together_take_the_steps_and_the_samples_of_the_run(run: PartedRun) -> None:
    completed = [run.completed_in(epoch) for epoch in range(run.epochs)]
    taken = [run.samples_in_epoch(epoch) for epoch in range(run.epochs)]

    assert sum(completed) == run.first_step(run.epochs) == run.total_steps
    assert sum(taken) == run.total_samples


@sparingly
@given(run=runs)
def test_the_steps_of_every_epoch_follow_one_another_without_a_gap(run: PartedRun) -> None:
    for epoch in range(run.epochs):
        grid = run.grid(epoch)

        starts = [*grid.starts(0, grid.steps)]

        assert (starts[0], starts[-1]) == (0, grid.samples)
        assert all(before < after for before, after in pairwise(starts))


@sparingly
@given(run=runs, data=st.data())
def test_a_point_of_the_run_has_taken_the_epochs_before_it(
    run: PartedRun, data: st.DataObject
) -> None:
    assume(run.shape.batch.gradient_accumulation_steps == 1)
    step = data.draw(st.integers(0, run.total_steps))

    epoch, step_in_epoch = run.epoch_at(step)

    before = sum(run.samples_in_epoch(each) for each in range(epoch))
    inside = run.grid(epoch).start_of(step_in_epoch) if epoch < run.epochs else 0
    assert run.consumed_samples(step) == before + inside


@sparingly
@given(run=runs)
def test_every_micro_step_that_is_read_is_used_or_counted_as_unused(run: PartedRun) -> None:
    used = run.total_steps * run.shape.batch.gradient_accumulation_steps

    assert used + run.unused_micro_steps == run.total_micro_steps


def test_the_last_part_of_a_pass_is_short() -> None:
    run = parted_run(
        endless(pass_samples=18, epoch_micro_steps=2),
        Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(4)),
    )

    assert [run.samples_in_epoch(epoch) for epoch in range(4)] == [8, 8, 2, 8]
    assert run.total_steps == 7


def test_an_update_comes_after_so_many_micro_steps_whatever_the_epoch() -> None:
    run = parted_run(
        endless(pass_samples=12, epoch_micro_steps=9, accumulation=2),
        Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(3)),
    )

    assert [run.completed_in(epoch) for epoch in range(3)] == [1, 2, 1]
    assert run.unused_micro_steps == 1


@pytest.mark.parametrize(
    ("short", "starts"),
    [(0, [0, 1, 5, 9]), (1, [0, 4, 5, 9]), (2, [0, 4, 8, 9])],
)
def test_a_short_micro_step_may_stand_anywhere(short: int, starts: list[int]) -> None:
    run = parted_run(
        endless(pass_samples=9, epoch_micro_steps=3, short=short),
        Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(1)),
    )

    grid = run.grid(0)

    assert [grid.start_of(step) for step in range(4)] == starts


def test_a_short_micro_step_behind_the_epoch_does_not_shorten_it() -> None:
    run = parted_run(
        endless(pass_samples=9, epoch_micro_steps=2, short=2),
        Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(2)),
    )

    assert [run.samples_in_epoch(epoch) for epoch in range(2)] == [8, 1]


@pytest.mark.parametrize(("samples", "steps"), [(9, 3), (10, 4), (18, 6), (19, 7)])
def test_samples_are_bought_with_the_fewest_steps(samples: int, steps: int) -> None:
    run = parted_run(
        endless(pass_samples=9, epoch_micro_steps=3, short=1),
        Budget(unit=BudgetUnit.SAMPLES, amount=Fraction(samples)),
    )

    assert run.total_steps == steps


def test_a_point_is_counted_in_the_part_of_a_pass_that_it_lies_in() -> None:
    run = parted_run(
        endless(pass_samples=18, epoch_micro_steps=2),
        Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(4)),
    )

    points = [run.epoch_at(step) for step in range(7)]

    assert points == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (3, 0), (3, 1)]


@pytest.mark.parametrize(
    ("pass_samples", "epoch_micro_steps", "crosses"),
    [(12, 9, True), (12, 2, True), (16, 3, True), (16, 2, False)],
)
def test_steps_cross_epochs_where_a_part_of_a_pass_is_no_number_of_steps(
    pass_samples: int, epoch_micro_steps: int, *, crosses: bool
) -> None:
    run = endless(pass_samples=pass_samples, epoch_micro_steps=epoch_micro_steps, accumulation=2)

    assert run.crosses_epochs is crosses
