from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import ceil_div
from app.arithmetic.run import Run
from app.arithmetic.spec import BatchGeometry, Budget, BudgetUnit
from app.frameworks.hf_trainer.plan import Loop, TrainerPlan
from app.frameworks.sharded_batches import sharded_shape
from tests.frameworks.trainer_loops import Training
from tests.strategies import sparingly


def shape_of(size: int, micro_batch_size: int, accumulation: int, ranks: int = 1) -> EpochShape:
    batch = BatchGeometry.of(
        micro_batch_size=micro_batch_size,
        gradient_accumulation_steps=accumulation,
        data_parallel_size=ranks,
    )
    return sharded_shape(size, batch, drop_last=False, even_batches=True)


def epochs(amount: Fraction | int) -> Budget:
    return Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(amount))


def steps(amount: int) -> Budget:
    return Budget(unit=BudgetUnit.STEPS, amount=Fraction(amount))


SHAPES = st.builds(
    shape_of, st.integers(1, 60), st.integers(1, 6), st.integers(1, 8), st.integers(1, 3)
)
BUDGETS = st.builds(steps, st.integers(1, 30)) | st.builds(
    epochs, st.fractions(Fraction(1, 10), 8, max_denominator=100)
)


def place_after(run: Run, step: int) -> tuple[int, int]:
    """The epoch that an update ends in, and the micro-steps of it that are read by then."""
    epoch, steps = run.epoch_at(step)
    if not steps:
        return epoch - 1, run.shape.micro_steps_per_epoch
    row_samples = run.shape.batch.row_samples
    return epoch, ceil_div(run.grid(epoch).start_of(steps), row_samples)


@given(st.sampled_from(Loop), SHAPES, BUDGETS)
def test_the_run_is_what_the_loop_does_micro_step_by_micro_step(
    loop: Loop, shape: EpochShape, budget: Budget
) -> None:
    plan = TrainerPlan(loop=loop, shape=shape, budget=budget)
    training = Training(
        loop=loop,
        micro_steps=shape.micro_steps_per_epoch,
        accumulation=shape.batch.gradient_accumulation_steps,
        examples=shape.dataset_size,
        max_steps=plan.max_steps,
        epochs=plan.num_train_epochs,
    )
    assume(not plan.never_updates)

    run, walk = plan.run(), training.walk()

    assert run.total_micro_steps == sum(walk.read)
    assert run.epochs == len(walk.read)
    assert [place_after(run, step) for step in range(1, run.total_steps + 1)] == walk.updates


@sparingly
@given(SHAPES)
def test_a_plan_that_never_updates_has_a_loop_without_an_update(shape: EpochShape) -> None:
    plan = TrainerPlan(loop=Loop.SPILLED, shape=shape, budget=epochs(3))
    training = Training(
        loop=Loop.SPILLED,
        micro_steps=shape.micro_steps_per_epoch,
        accumulation=shape.batch.gradient_accumulation_steps,
        examples=shape.dataset_size,
        max_steps=plan.max_steps,
        epochs=3,
    )

    walk = training.walk()

    assert plan.never_updates == (not walk.updates)


@pytest.mark.parametrize(
    ("shape", "budget", "floor", "ceil"),
    [
        (shape_of(91, 10, 2, 2), epochs(10), 20, 30),
        (shape_of(260, 16, 2), epochs(1), 8, 9),
        (shape_of(9, 2, 2), epochs(3), 6, 9),
        (shape_of(9, 2, 2), steps(7), 7, 7),
        (shape_of(10, 2, 2), epochs(Fraction(5, 2)), 5, 8),
        (shape_of(3, 8, 4), epochs(3), 3, 3),
    ],
)
def test_versions_before_4_52_plan_whole_groups_only(
    shape: EpochShape, budget: Budget, floor: int, ceil: int
) -> None:
    planned = [TrainerPlan(loop=loop, shape=shape, budget=budget).run() for loop in Loop]

    assert [run.total_steps for run in planned] == [floor, floor, ceil]


@pytest.mark.parametrize(
    ("loop", "reads"),
    [(Loop.CARRIED, [5, 5, 2]), (Loop.SPILLED, [5, 5]), (Loop.FLUSHED, [5, 5, 5])],
)
def test_nine_samples_end_where_each_loop_ends_them(loop: Loop, reads: list[int]) -> None:
    run = TrainerPlan(loop=loop, shape=shape_of(9, 2, 2), budget=epochs(3)).run()

    read = [
        sum(run.grid(epoch).micro_steps_in(step) for step in range(run.grid(epoch).steps))
        for epoch in range(run.epochs)
    ]

    assert read == reads


def test_a_share_of_an_epoch_is_a_product_of_doubles() -> None:
    plan = TrainerPlan(
        loop=Loop.FLUSHED, shape=shape_of(100, 1, 1), budget=epochs(Fraction(7, 100))
    )

    assert plan.max_steps == 8


@sparingly
@given(SHAPES, st.integers(1, 5))
def test_a_consistent_loop_resumes_where_the_unbroken_run_goes_on(
    shape: EpochShape, number: int
) -> None:
    plan = TrainerPlan(loop=Loop.FLUSHED, shape=shape, budget=epochs(number))
    checkpoints = range(1, plan.max_steps)

    resumed = [plan.resumed(step, ignore_data_skip=False) for step in checkpoints]

    row = shape.batch.row_samples
    skipped = [epoch * shape.samples_per_epoch + each * row for epoch, each in resumed]
    assert skipped == [plan.run().consumed_samples(step) for step in checkpoints]


def test_a_run_that_ignores_the_skip_begins_its_epoch_again() -> None:
    plan = TrainerPlan(loop=Loop.FLUSHED, shape=shape_of(9, 2, 2), budget=epochs(3))

    assert plan.resumed(4, ignore_data_skip=False) == (1, 2)
    assert plan.resumed(4, ignore_data_skip=True) == (1, 0)
