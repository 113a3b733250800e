from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.epochs import pass_shape, virtual_shape
from app.arithmetic.pass_run import pass_run
from app.arithmetic.run import Run
from app.arithmetic.spec import Budget, BudgetUnit, Remainder, TrainingSpec
from app.arithmetic.written import exact_amount
from app.frameworks.native.framework import native_shape
from tests.arithmetic.walking import Steps, walked_micro_steps, walked_run
from tests.strategies import small_specs, sparingly, specs


def run_for(spec: TrainingSpec) -> Run:
    return pass_run(native_shape(spec), spec.budget)


def steps_for(steps_per_epoch: int, epochs: str) -> int:
    shape = virtual_shape(1, solve_batch(global_batch_size=1), steps_per_epoch)
    budget = Budget(unit=BudgetUnit.EPOCHS, amount=exact_amount(epochs))
    return pass_run(shape, budget).total_steps


def samples_of(steps: Steps) -> int:
    return sum(map(len, steps))


@given(spec=small_specs())
def test_a_run_takes_the_steps_of_a_walk_until_its_budget_is_spent(spec: TrainingSpec) -> None:
    walked = walked_run(spec)

    run = run_for(spec)

    assert run.epochs == len(walked)
    assert run.total_steps == sum(map(len, walked))
    assert [run.steps_in_epoch(epoch) for epoch in range(run.epochs)] == [*map(len, walked)]
    assert [run.samples_in_epoch(epoch) for epoch in range(run.epochs)] == [
        *map(samples_of, walked)
    ]


@sparingly
@given(spec=small_specs())
def test_the_end_of_a_run_is_the_end_of_its_walk(spec: TrainingSpec) -> None:
    walked = walked_run(spec)

    run = run_for(spec)

    assert run.final_epoch_steps == len(walked[-1])
    assert run.final_step_samples == len(walked[-1][-1])
    assert run.total_samples == sum(map(samples_of, walked))


@given(spec=small_specs())
def test_a_run_has_the_micro_steps_of_its_busiest_ranks(spec: TrainingSpec) -> None:
    steps = [step for epoch in walked_run(spec) for step in epoch]

    run = run_for(spec)

    assert run.total_micro_steps == sum(walked_micro_steps(step, spec) for step in steps)


@given(spec=specs(), data=st.data())
def test_every_step_consumes_samples(spec: TrainingSpec, data: st.DataObject) -> None:
    run = run_for(spec)
    step = data.draw(st.integers(0, run.total_steps - 1))

    taken = run.consumed_samples(step + 1) - run.consumed_samples(step)

    assert 1 <= taken <= spec.batch.global_batch_size


@sparingly
@given(spec=specs())
def test_a_run_begins_with_nothing_and_ends_with_everything(spec: TrainingSpec) -> None:
    run = run_for(spec)

    assert run.consumed_samples(0) == 0
    assert run.consumed_samples(run.total_steps) == run.total_samples


@given(spec=specs(), data=st.data())
def test_the_fewest_steps_undo_the_consumed_samples(
    spec: TrainingSpec, data: st.DataObject
) -> None:
    run = run_for(spec)
    step = data.draw(st.integers(0, run.total_steps))

    fewest = run.fewest_steps(run.consumed_samples(step))

    assert fewest == step


@given(spec=specs(), data=st.data())
def test_the_fewest_steps_reach_a_number_of_samples_and_one_less_does_not(
    spec: TrainingSpec, data: st.DataObject
) -> None:
    run = run_for(spec)
    samples = data.draw(st.integers(1, run.total_samples))

    steps = run.fewest_steps(samples)

    assert run.consumed_samples(steps - 1) < samples <= run.consumed_samples(steps)


def bought_by(spec: TrainingSpec, run: Run, steps: int) -> Fraction:
    """What so many steps are worth in the unit of the budget."""
    match spec.budget.unit:
        case BudgetUnit.STEPS:
            return Fraction(steps)
        case BudgetUnit.EPOCHS:
            return Fraction(steps, run.shape.steps_per_epoch)
        case BudgetUnit.SAMPLES:
            return Fraction(run.consumed_samples(steps))
        case BudgetUnit.TOKENS:
            return Fraction(run.consumed_samples(steps) * (spec.budget.tokens_per_sample or 0))


@given(spec=specs())
def test_a_budget_buys_the_fewest_steps_that_reach_it(spec: TrainingSpec) -> None:
    run = run_for(spec)

    one_less, enough = (bought_by(spec, run, run.total_steps + more) for more in (-1, 0))

    assert one_less < spec.budget.amount <= enough


@sparingly
@given(spec=specs())
def test_the_epochs_of_a_run_hold_its_steps(spec: TrainingSpec) -> None:
    run = run_for(spec)

    before = (run.epochs - 1) * run.shape.steps_per_epoch
    assert before < run.total_steps == before + run.final_epoch_steps
    assert run.final_epoch_steps <= run.shape.steps_per_epoch


@pytest.mark.parametrize(
    ("steps_per_epoch", "epochs", "steps"),
    [
        (10, "0.1", 1),
        (10, "0.10000000000000001", 2),
        (10, "0.3", 3),
        (100, "0.07", 7),
        (3, "2.5", 8),
        (10**17, "0.00000000000000001", 1),
        (10**17, "1.00000000000000001", 10**17 + 1),
        (2**63 - 1, "999999999999999999", (10**18 - 1) * (2**63 - 1)),
        (1, "0.00000000000000001", 1),
    ],
)
def test_fractional_epochs_are_exact(steps_per_epoch: int, epochs: str, steps: int) -> None:
    total = steps_for(steps_per_epoch, epochs)

    assert total == steps


@pytest.mark.parametrize(("remainder", "steps"), [(Remainder.KEEP, 103), (Remainder.PAD, 101)])
def test_a_budget_of_samples_counts_padding(remainder: Remainder, steps: int) -> None:
    shape = pass_shape(1_000, solve_batch(global_batch_size=64), remainder)

    run = pass_run(shape, Budget(unit=BudgetUnit.SAMPLES, amount=Fraction(6_401)))

    assert run.total_steps == steps
