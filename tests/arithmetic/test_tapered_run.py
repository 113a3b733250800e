from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.grid import StepGrid, Stretch
from app.arithmetic.tapered_run import TaperedRun, tapered_run
from tests.strategies import sparingly


@st.composite
def runs(draw: st.DrawFn) -> TaperedRun:
    """Runs of two ranks: full steps, then two kinds of short ones."""
    size = draw(st.integers(3, 6))
    counts = [draw(st.integers(1, 7)), *(draw(st.integers(1, 3)) for _ in range(2))]
    stretches, step, start = [], 0, 0
    for count, samples in zip(counts, (2 * size, 2 * size - 2, 2 * size - 4), strict=True):
        stretches.append(Stretch(step, start, samples))
        step, start = step + count, start + count * samples
    grid = StepGrid(stretches=tuple(stretches), steps=step, samples=start, row_samples=2 * size)
    batch = solve_batch(micro_batch_size=size, data_parallel_size=2)
    return tapered_run(batch, grid, pass_samples=draw(st.integers(1, start)))


@sparingly
@given(run=runs())
def test_epochs_share_all_steps_and_all_samples_of_the_stream(run: TaperedRun) -> None:
    grids = [run.grid(epoch) for epoch in range(run.epochs)]

    assert sum(grid.steps for grid in grids) == run.total_steps == run.stream.steps
    assert sum(grid.samples for grid in grids) == run.total_samples == run.stream.samples


@sparingly
@given(run=runs())
def test_a_step_belongs_to_the_epoch_in_which_it_begins(run: TaperedRun) -> None:
    found = [run.epoch_at(step)[0] for step in range(run.total_steps)]

    starts = map(run.stream.start_of, range(run.total_steps))
    assert found == [start // run.pass_samples for start in starts]


@sparingly
@given(run=runs())
def test_every_step_is_a_single_micro_step(run: TaperedRun) -> None:
    sizes = [
        run.grid(e).micro_steps_in(s) for e in range(run.epochs) for s in range(run.grid(e).steps)
    ]

    assert set(sizes) == {1}
    assert run.total_micro_steps == run.total_steps


@sparingly
@given(run=runs())
def test_the_shape_is_that_of_the_first_epoch(run: TaperedRun) -> None:
    first = run.grid(0)

    assert run.shape.steps_per_epoch == run.shape.micro_steps_per_epoch == first.steps
    assert run.shape.samples_per_epoch == first.samples
    assert run.shape.last_step_samples == first.samples_in(first.steps - 1)
