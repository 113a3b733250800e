from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.carried_run import (
    CarriedRun,
    carried_run,
    micro_steps_until,
    updates_after,
)
from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import ceil_div
from app.arithmetic.spec import Budget, BudgetUnit
from tests.arithmetic.carrying import CarriedWalk, walked_until
from tests.arithmetic.runs import any_carried_runs, carried_runs, shapes
from tests.arithmetic.walking import Steps

amounts = st.integers(1, 12)
LARGEST = 2**63 - 1


def walk_of(run: CarriedRun) -> CarriedWalk:
    """The walk that reads as many micro-steps as a run."""
    return walked_until(
        lambda walk: walk.read >= run.read_micro_steps, run.shape, flushes=run.flushes
    )


def listed(run: CarriedRun) -> list[Steps]:
    """Positions of every step of every epoch."""
    grids = [run.grid(epoch) for epoch in range(run.epochs)]
    return [
        [[*range(grid.start_of(step), grid.start_of(step + 1))] for step in range(grid.steps)]
        for grid in grids
    ]


@given(run=any_carried_runs)
def test_every_epoch_lists_what_a_walk_reads_of_every_step(run: CarriedRun) -> None:
    assert listed(run) == walk_of(run).epochs


@given(run=carried_runs)
def test_updates_are_done_where_a_walk_does_them(run: CarriedRun) -> None:
    walk = walk_of(run)

    consumed = [run.consumed_samples(step) for step in range(run.total_steps + 1)]

    assert consumed == walk.consumed
    assert run.unused_micro_steps == walk.waiting
    assert [run.first_step(epoch) for epoch in range(run.epochs)] == walk.updates_before


@given(run=carried_runs)
def test_a_run_reads_what_a_walk_reads(run: CarriedRun) -> None:
    walk = walk_of(run)

    assert run.total_micro_steps == walk.read
    assert run.total_samples == sum(len(step) for epoch in walk.epochs for step in epoch)


@given(run=carried_runs)
def test_the_next_step_is_read_in_the_epoch_in_which_a_walk_goes_on(run: CarriedRun) -> None:
    for step in range(run.total_steps):
        walk = walked_until(
            lambda walk, done=step: walk.updates == done and not walk.waiting,  # type: ignore[misc] # the default binds the step
            run.shape,
            flushes=run.flushes,
        )
        walk.micro_step()

        assert run.epoch_at(step)[0] == len(walk.epochs) - 1


@given(shape=shapes(), hundredths=st.integers(1, 500), flushes=st.booleans())
def test_a_budget_of_epochs_reads_them_to_their_end(
    shape: EpochShape, hundredths: int, flushes: bool
) -> None:
    epochs = Fraction(hundredths, 100)
    walk = walked_until(
        lambda walk: walk.read >= epochs * shape.micro_steps_per_epoch, shape, flushes=flushes
    )

    run = carried_run(shape, Budget(unit=BudgetUnit.EPOCHS, amount=epochs), flushes=flushes)

    assert (run.total_steps, run.read_micro_steps) == (walk.updates, walk.read)


@given(shape=shapes(), steps=amounts, flushes=st.booleans())
def test_a_budget_of_steps_ends_with_the_last_of_them(
    shape: EpochShape, steps: int, flushes: bool
) -> None:
    walk = walked_until(lambda walk: walk.updates == steps, shape, flushes=flushes)

    run = carried_run(shape, Budget(unit=BudgetUnit.STEPS, amount=Fraction(steps)), flushes=flushes)

    assert (run.total_steps, run.read_micro_steps) == (steps, walk.read)
    assert run.unused_micro_steps == 0


@given(shape=shapes(), tokens=st.integers(1, 60), per_sample=st.integers(1, 3), data=st.data())
def test_a_budget_of_samples_or_tokens_ends_with_the_update_that_reaches_it(
    shape: EpochShape, tokens: int, per_sample: int, data: st.DataObject
) -> None:
    unit = data.draw(st.sampled_from([BudgetUnit.SAMPLES, BudgetUnit.TOKENS]))
    worth = per_sample if unit is BudgetUnit.TOKENS else 1
    flushes = data.draw(st.booleans())
    walk = walked_until(lambda walk: walk.consumed[-1] * worth >= tokens, shape, flushes=flushes)
    given_size = worth if unit is BudgetUnit.TOKENS else None
    budget = Budget(unit=unit, amount=Fraction(tokens), tokens_per_sample=given_size)

    run = carried_run(shape, budget, flushes=flushes)

    assert (run.total_steps, run.read_micro_steps) == (walk.updates, walk.read)


@given(shape=shapes(), step=amounts, flushes=st.booleans())
def test_the_micro_steps_until_an_update_are_the_fewest(
    shape: EpochShape, step: int, flushes: bool
) -> None:
    micro_steps = micro_steps_until(step, shape, flushes=flushes)

    assert updates_after(micro_steps, shape, flushes=flushes) == step
    assert updates_after(micro_steps - 1, shape, flushes=flushes) == step - 1


def test_a_budget_that_buys_no_update_reads_its_epochs_all_the_same() -> None:
    batch = solve_batch(micro_batch_size=1, gradient_accumulation_steps=8)
    shape = EpochShape(dataset_size=3, batch=batch, steps_per_epoch=1, samples_per_epoch=3)

    run = carried_run(shape, Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(2)))

    assert (run.total_steps, run.unused_micro_steps, run.total_samples) == (0, 6, 6)


def test_numbers_are_exact_however_large() -> None:
    batch = solve_batch(micro_batch_size=1, gradient_accumulation_steps=2)
    shape = EpochShape(
        dataset_size=LARGEST,
        batch=batch,
        steps_per_epoch=ceil_div(LARGEST, 2),
        samples_per_epoch=LARGEST,
    )

    run = carried_run(shape, Budget(unit=BudgetUnit.SAMPLES, amount=Fraction(LARGEST**2)))

    assert run.total_samples == LARGEST**2 + 1
    assert run.epoch_at(run.total_steps) == (LARGEST, 1)


@pytest.mark.parametrize(
    ("samples", "flushes", "crosses"), [(6, False, True), (6, True, False), (8, False, False)]
)
def test_steps_cross_epochs_that_are_no_number_of_steps_unless_they_end_with_an_update(
    samples: int, *, flushes: bool, crosses: bool
) -> None:
    batch = solve_batch(micro_batch_size=2, gradient_accumulation_steps=2)
    shape = EpochShape(
        dataset_size=samples,
        batch=batch,
        steps_per_epoch=ceil_div(samples, 4),
        samples_per_epoch=samples,
    )

    run = carried_run(shape, Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(3)), flushes=flushes)

    assert run.crosses_epochs is crosses
