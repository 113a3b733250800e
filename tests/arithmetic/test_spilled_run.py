from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.epochs import EpochShape
from app.arithmetic.spec import BatchGeometry
from app.arithmetic.spilled_run import SpilledRun
from tests.strategies import sparingly


@st.composite
def spilled_runs(draw: st.DrawFn) -> SpilledRun:
    """Full steps of two micro-steps or more, and a rest that is shorter than one of them."""
    accumulation = draw(st.integers(2, 6))
    batch = BatchGeometry.of(
        micro_batch_size=draw(st.integers(1, 4)),
        gradient_accumulation_steps=accumulation,
        data_parallel_size=draw(st.integers(1, 4)),
    )
    full, rest = draw(st.integers(1, 5)), draw(st.integers(1, accumulation - 1))
    samples = (full * accumulation + rest) * batch.row_samples
    shape = EpochShape(
        dataset_size=samples + draw(st.integers(1, 9)),
        batch=batch,
        steps_per_epoch=full + 1,
        samples_per_epoch=samples,
    )
    return SpilledRun(shape=shape, total_steps=draw(st.integers(1, 40)))


RUNS = spilled_runs()


@sparingly
@given(RUNS)
def test_the_epochs_together_read_what_the_run_reads(run: SpilledRun) -> None:
    read = sum(run.samples_in_epoch(epoch) for epoch in range(run.epochs))

    assert read == run.total_samples == run.total_micro_steps * run.shape.batch.row_samples


@sparingly
@given(RUNS)
def test_every_epoch_but_the_last_is_read_with_its_rest(run: SpilledRun) -> None:
    read = {run.samples_in_epoch(epoch) for epoch in range(run.epochs - 1)}

    assert read <= {run.shape.samples_per_epoch}


@sparingly
@given(RUNS)
def test_steps_completed_in_the_epochs_are_all_steps(run: SpilledRun) -> None:
    completed = [run.completed_in(epoch) for epoch in range(run.epochs)]

    assert sum(completed) == run.total_steps
    assert {run.shape.steps_per_epoch - 1} >= {*completed[:-1]}


@sparingly
@given(RUNS)
def test_a_step_ends_where_it_says_that_the_run_goes_on(run: SpilledRun) -> None:
    for step in range(run.total_steps + 1):
        epoch, steps = run.epoch_at(step)
        earlier = sum(run.samples_in_epoch(each) for each in range(epoch))

        assert run.first_step(epoch) + steps == step
        assert run.consumed_samples(step) == earlier + run.grid(epoch).start_of(steps)


@sparingly
@given(RUNS)
def test_the_first_step_of_a_later_epoch_takes_the_rest_of_the_one_before(run: SpilledRun) -> None:
    accumulated = run.shape.batch.global_batch_size
    rest = run.shape.last_step_samples
    after_first = run.shape.steps_per_epoch - 1

    for step in range(run.total_steps):
        taken = run.consumed_samples(step + 1) - run.consumed_samples(step)
        begins = step > 0 and step % after_first == 0

        assert taken == accumulated + (rest if begins else 0)


def test_the_rest_of_an_epoch_is_no_step_before_the_next_one() -> None:
    batch = BatchGeometry.of(
        micro_batch_size=1, gradient_accumulation_steps=2, data_parallel_size=1
    )
    shape = EpochShape(dataset_size=5, batch=batch, steps_per_epoch=3, samples_per_epoch=5)

    run = SpilledRun(shape=shape, total_steps=3)

    assert [run.first_step(epoch) for epoch in range(run.epochs + 1)] == [0, 2, 3]
    assert run.crosses_epochs
