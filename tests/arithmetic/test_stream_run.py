from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.stream_run import StreamRun, stream_run
from tests.arithmetic.runs import stream_runs
from tests.strategies import sparingly

LARGEST = 2**63 - 1


def cut_stream(run: StreamRun) -> list[list[int]]:
    """The positions of a stream, cut into the steps that the run takes."""
    stream, size = [*range(run.stream_samples)], run.shape.batch.global_batch_size
    return [stream[start : start + size] for start in stream[::size]][: run.total_steps]


def steps_of_epoch(run: StreamRun, epoch: int) -> list[list[int]]:
    """The steps that begin between two ends of a pass."""
    begun = range(epoch * run.pass_samples, (epoch + 1) * run.pass_samples)
    return [step for step in cut_stream(run) if step[0] in begun]


def listed(run: StreamRun, epoch: int) -> list[list[int]]:
    """The positions of the stream that an epoch lists, step by step."""
    grid, ahead = run.grid(epoch), run.first_position(epoch)
    bounds = [grid.start_of(step) + ahead for step in range(grid.steps + 1)]
    return [[*range(*pair)] for pair in pairwise(bounds)]


@given(run=stream_runs())
def test_an_epoch_has_the_steps_that_begin_in_it(run: StreamRun) -> None:
    epochs = [listed(run, epoch) for epoch in range(run.epochs)]

    assert epochs == [steps_of_epoch(run, epoch) for epoch in range(run.epochs)]


@given(run=stream_runs())
def test_the_epochs_together_are_the_stream_as_far_as_it_is_read(run: StreamRun) -> None:
    read = [position for step in cut_stream(run) for position in step]

    assert run.total_samples == len(read)
    assert run.epochs == read[-1 - (run.final_step_samples - 1)] // run.pass_samples + 1


@sparingly
@given(run=stream_runs())
def test_a_run_has_the_micro_steps_of_its_steps(run: StreamRun) -> None:
    row = run.shape.batch.row_samples

    assert run.total_micro_steps == sum(len(step[::row]) for step in cut_stream(run))


@sparingly
@given(run=stream_runs())
def test_a_full_epoch_is_the_first_one(run: StreamRun) -> None:
    assume(run.stream_samples >= run.pass_samples)

    first = steps_of_epoch(run, 0)

    assert run.shape.steps_per_epoch == len(first)
    assert run.shape.samples_per_epoch == sum(map(len, first))


@given(run=stream_runs(), data=st.data())
def test_a_point_lies_in_the_epoch_in_which_its_next_step_begins(
    run: StreamRun, data: st.DataObject
) -> None:
    step = data.draw(st.integers(0, run.total_steps - 1))

    epoch, step_in_epoch = run.epoch_at(step)

    assert steps_of_epoch(run, epoch)[step_in_epoch] == cut_stream(run)[step]


@sparingly
@given(run=stream_runs())
def test_behind_the_last_step_stands_an_epoch_that_the_run_does_not_have(run: StreamRun) -> None:
    end = run.epoch_at(run.total_steps)

    assert end == (run.epochs, 0)


def test_an_epoch_shorter_than_a_step_may_begin_none() -> None:
    run = stream_run(
        solve_batch(global_batch_size=10), pass_samples=4, stream_samples=20, total_steps=2
    )

    steps = [run.steps_in_epoch(epoch) for epoch in range(run.epochs)]

    assert steps == [1, 0, 1]


def test_numbers_are_exact_however_large() -> None:
    run = stream_run(
        solve_batch(global_batch_size=2),
        pass_samples=LARGEST,
        stream_samples=LARGEST**2,
        total_steps=(LARGEST**2 + 1) // 2,
    )

    assert (run.epochs, run.final_step_samples) == (LARGEST, 1)
    assert run.first_step(3) == (3 * LARGEST + 1) // 2


def test_a_point_is_counted_in_the_epoch_in_which_its_next_step_begins() -> None:
    run = stream_run(
        solve_batch(global_batch_size=4), pass_samples=10, stream_samples=18, total_steps=5
    )

    points = [run.epoch_at(step) for step in range(6)]

    assert points == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)]


def test_the_end_of_the_stream_cuts_the_last_step_short() -> None:
    run = stream_run(
        solve_batch(global_batch_size=4), pass_samples=10, stream_samples=18, total_steps=5
    )

    consumed = [run.consumed_samples(step) for step in range(6)]

    assert consumed == [0, 4, 8, 12, 16, 18]
