from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.run import Run, budget_samples
from app.arithmetic.spec import Budget, BudgetUnit
from tests.arithmetic.runs import runs
from tests.strategies import sparingly


@given(run=runs)
def test_the_epochs_together_complete_the_steps_of_the_run(run: Run) -> None:
    completed = [run.completed_in(epoch) for epoch in range(run.epochs)]

    assert run.first_step(0) == 0
    assert min(completed) >= 0
    assert sum(completed) == run.first_step(run.epochs) == run.total_steps


@given(run=runs)
def test_the_epochs_together_take_the_samples_of_the_run(run: Run) -> None:
    taken = [run.samples_in_epoch(epoch) for epoch in range(run.epochs)]

    assert sum(taken) == run.total_samples


@given(run=runs)
def test_the_last_epoch_ends_with_the_last_step(run: Run) -> None:
    grid = run.grid(run.epochs - 1)

    assert run.final_epoch_steps == grid.steps == run.steps_in_epoch(run.epochs - 1) >= 1
    assert run.final_step_samples == grid.samples - grid.start_of(grid.steps - 1) >= 1


@given(run=runs)
def test_the_steps_of_every_epoch_follow_one_another_without_a_gap(run: Run) -> None:
    for epoch in range(run.epochs):
        grid = run.grid(epoch)

        starts = [*grid.starts(0, grid.steps)]

        assert (starts[0], starts[-1]) == (0, grid.samples)
        assert all(before < after for before, after in pairwise(starts))


@given(run=runs)
def test_a_point_of_the_run_has_taken_the_epochs_before_it_and_the_steps_of_its_own(
    run: Run,
) -> None:
    for step in range(run.total_steps + 1):
        epoch, step_in_epoch = run.epoch_at(step)

        before = sum(run.samples_in_epoch(earlier) for earlier in range(epoch))
        inside = run.grid(epoch).start_of(step_in_epoch) if epoch < run.epochs else 0
        assert run.first_step(epoch) + step_in_epoch == step
        assert run.consumed_samples(step) == before + inside


@sparingly
@given(run=runs)
def test_every_step_takes_something(run: Run) -> None:
    consumed = [run.consumed_samples(step) for step in range(run.total_steps + 1)]

    assert consumed[0] == 0
    assert all(before < after for before, after in pairwise(consumed))


@given(run=runs, data=st.data())
def test_the_fewest_steps_are_the_first_that_reach_the_samples(
    run: Run, data: st.DataObject
) -> None:
    samples = data.draw(st.integers(0, run.consumed_samples(run.total_steps)))

    fewest = run.fewest_steps(samples)

    steps = range(run.total_steps + 1)
    assert fewest == next(step for step in steps if run.consumed_samples(step) >= samples)


@pytest.mark.parametrize(("tokens", "samples"), [(1, 1), (4, 1), (5, 2), (2**63 - 1, 2**61)])
def test_tokens_fill_whole_samples(tokens: int, samples: int) -> None:
    budget = Budget(unit=BudgetUnit.TOKENS, amount=Fraction(tokens), tokens_per_sample=4)

    asked = budget_samples(budget)

    assert asked == samples


@given(run=runs)
def test_where_no_step_crosses_epochs_each_completes_the_steps_that_it_lists(run: Run) -> None:
    # the last epoch may end before an update
    listed = [run.steps_in_epoch(epoch) for epoch in range(run.epochs - 1)]

    completed = [run.completed_in(epoch) for epoch in range(run.epochs - 1)]

    assert run.crosses_epochs or completed == listed
