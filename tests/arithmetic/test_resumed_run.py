from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.epochs import pass_shape
from app.arithmetic.resumed_run import ResumedRun, resumed_run
from app.arithmetic.spec import Budget, BudgetUnit, Remainder
from tests.strategies import sparingly

BATCH = solve_batch(micro_batch_size=2, gradient_accumulation_steps=2, data_parallel_size=3)


@st.composite
def runs(draw: st.DrawFn) -> ResumedRun:
    """Runs of at least one step; the first epoch may be empty."""
    left, size = draw(st.integers(0, 40)), draw(st.integers(1, 40))
    unit = draw(st.sampled_from((BudgetUnit.EPOCHS, BudgetUnit.STEPS, BudgetUnit.SAMPLES)))
    fewest = 2 if unit is BudgetUnit.EPOCHS and not left else 1
    return run_of(left, size, unit, draw(st.integers(fewest, 9)))


def run_of(left: int, size: int, unit: BudgetUnit, amount: int) -> ResumedRun:
    first, full = (pass_shape(count, BATCH, Remainder.KEEP) for count in (left, size))
    return resumed_run(first, full, Budget(unit=unit, amount=Fraction(amount)))


def walked(run: ResumedRun) -> list[tuple[int, int, int]]:
    """Epoch, step in the epoch and samples of every step."""
    return [
        (epoch, step, run.grid(epoch).samples_in(step))
        for epoch in range(run.epochs)
        for step in range(run.steps_in_epoch(epoch))
    ]


@sparingly
@given(run=runs())
def test_steps_of_the_epochs_are_the_steps_of_the_run(run: ResumedRun) -> None:
    steps = [run.steps_in_epoch(epoch) for epoch in range(run.epochs)]

    assert (sum(steps), steps[-1] > 0) == (run.total_steps, True)


@sparingly
@given(run=runs())
def test_a_point_of_the_run_is_where_a_walk_through_it_comes(run: ResumedRun) -> None:
    points = [run.epoch_at(step) for step in range(run.total_steps)]

    assert points == [(epoch, step) for epoch, step, _ in walked(run)]


@sparingly
@given(run=runs())
def test_consumed_samples_are_those_of_the_steps_before(run: ResumedRun) -> None:
    consumed = [run.consumed_samples(step) for step in range(run.total_steps + 1)]

    assert consumed == [
        sum(samples for *_, samples in walked(run)[:step]) for step in range(run.total_steps + 1)
    ]


@sparingly
@given(run=runs())
def test_micro_steps_of_the_run_are_those_of_its_steps(run: ResumedRun) -> None:
    micro_steps = run.total_micro_steps

    assert micro_steps == sum(
        run.grid(epoch).micro_steps_in(step) for epoch, step, _ in walked(run)
    )


@sparingly
@given(run=runs())
def test_an_epoch_begins_after_the_steps_before_it(run: ResumedRun) -> None:
    first_steps = [run.first_step(epoch) for epoch in range(run.epochs)]

    assert first_steps == [
        sum(run.steps_in_epoch(before) for before in range(epoch)) for epoch in range(run.epochs)
    ]


@sparingly
@given(left=st.integers(0, 40), samples=st.integers(1, 200))
def test_a_budget_of_samples_takes_the_fewest_steps_that_reach_it(left: int, samples: int) -> None:
    run = run_of(left, 25, BudgetUnit.SAMPLES, samples)

    assert run.consumed_samples(run.total_steps - 1) < samples <= run.total_samples


def test_the_resumed_epoch_counts_as_one_of_the_epochs() -> None:
    run = run_of(13, 25, BudgetUnit.EPOCHS, 3)

    assert [run.steps_in_epoch(epoch) for epoch in range(run.epochs)] == [2, 3, 3]


@pytest.mark.parametrize(("samples", "steps"), [(12, 1), (13, 2), (14, 3), (38, 5), (39, 6)])
def test_samples_are_bought_of_the_resumed_epoch_first(samples: int, steps: int) -> None:
    run = run_of(13, 25, BudgetUnit.SAMPLES, samples)

    assert run.total_steps == steps


def test_a_point_of_the_resumed_epoch_is_counted_from_where_it_resumes() -> None:
    run = run_of(13, 25, BudgetUnit.EPOCHS, 2)

    points = [run.epoch_at(step) for step in range(6)]

    assert points == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0)]
