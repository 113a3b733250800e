from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.grid import StepGrid, Stretch
from app.arithmetic.growing_run import GrowingRun, GrowingShape, first_step_from, part_of
from tests.strategies import sparingly

ROW = 2
BY_STEPS = st.integers(1, 5)
LENGTHS = st.none() | BY_STEPS


@st.composite
def runs(draw: st.DrawFn, lengths: st.SearchStrategy[int | None] = LENGTHS) -> GrowingRun:
    """Some steps of a few rows each, later ones larger; epochs by passes or by steps."""
    counts = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4))
    stretches, step, start, size = [], 0, 0, 0
    for steps, growth in counts:
        size += growth * ROW
        stretches.append(Stretch(step, start, size))
        step, start = step + steps, start + steps * size
    cut = draw(st.integers(0, size - 1))
    stream = StepGrid(stretches=tuple(stretches), steps=step, samples=start - cut, row_samples=ROW)
    shape = GrowingShape(
        dataset_size=9,
        batch=solve_batch(global_batch_size=size, micro_batch_size=ROW),
        steps_per_epoch=step,
        samples_per_epoch=stream.samples,
        grid=stream,
    )
    return GrowingRun(
        shape=shape,
        total_steps=step,
        stream=stream,
        pass_samples=draw(st.integers(1, 30)),
        steps_per_epoch=draw(lengths),
    )


@sparingly
@given(run=runs())
def test_the_epochs_together_are_the_stream(run: GrowingRun) -> None:
    sizes = [
        run.grid(epoch).samples_in(step)
        for epoch in range(run.epochs)
        for step in range(run.grid(epoch).steps)
    ]

    assert sizes == [run.stream.samples_in(step) for step in range(run.total_steps)]


@sparingly
@given(run=runs(lengths=st.none()))
def test_a_step_belongs_to_the_pass_in_which_it_begins(run: GrowingRun) -> None:
    epochs = [run.epoch_at(step)[0] for step in range(run.total_steps)]

    starts = map(run.consumed_samples, range(run.total_steps))
    assert epochs == [start // run.pass_samples for start in starts]


@sparingly
@given(run=runs())
def test_a_step_of_an_epoch_is_counted_from_its_first_one(run: GrowingRun) -> None:
    places = [run.epoch_at(step) for step in range(run.total_steps)]

    counted = [run.first_step(epoch) + step_in_epoch for epoch, step_in_epoch in places]
    assert counted == list(range(run.total_steps))


@sparingly
@given(run=runs(lengths=BY_STEPS))
def test_an_epoch_by_steps_has_that_many_but_the_last_one(run: GrowingRun) -> None:
    steps = [run.grid(epoch).steps for epoch in range(run.epochs)]

    assert set(steps[:-1]) <= {run.steps_per_epoch}
    assert 1 <= steps[-1] <= (run.steps_per_epoch or 0)


@sparingly
@given(run=runs())
def test_an_epoch_begins_where_the_steps_before_it_end(run: GrowingRun) -> None:
    lengths = [run.grid(epoch).samples for epoch in range(run.epochs)]

    starts = [run.first_position(epoch) for epoch in range(run.epochs + 1)]

    assert starts == [sum(lengths[:epoch]) for epoch in range(run.epochs + 1)]


@sparingly
@given(run=runs())
def test_the_end_of_the_run_is_the_beginning_of_no_epoch(run: GrowingRun) -> None:
    end = run.epoch_at(run.total_steps)

    assert end == (run.epochs, 0)


@sparingly
@given(run=runs())
def test_every_position_is_read_in_some_micro_step(run: GrowingRun) -> None:
    micro_steps = sum(run.stream.micro_steps_in(step) for step in range(run.total_steps))

    assert run.total_micro_steps == micro_steps == run.shape.micro_steps_per_epoch


@sparingly
@given(run=runs(), data=st.data())
def test_a_part_has_the_steps_of_the_whole(run: GrowingRun, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, run.total_steps))
    stop = data.draw(st.integers(first, run.total_steps))

    part = part_of(run.stream, first, stop)

    whole = [run.stream.samples_in(step) for step in range(first, stop)]
    assert [part.samples_in(step) for step in range(part.steps)] == whole


@sparingly
@given(run=runs(), position=st.integers(0, 200))
def test_the_first_step_from_a_position_on_begins_there_or_later(
    run: GrowingRun, position: int
) -> None:
    step = first_step_from(run.stream, position)

    behind = [s for s in range(run.total_steps) if run.stream.start_of(s) >= position]
    assert step == min(behind, default=run.total_steps)


def test_the_first_epoch_has_the_steps_of_its_grid() -> None:
    grid = StepGrid(
        stretches=(Stretch(0, 0, 2), Stretch(2, 4, 6)), steps=3, samples=9, row_samples=ROW
    )
    batch = solve_batch(global_batch_size=6, micro_batch_size=ROW)
    shape = GrowingShape(
        dataset_size=9, batch=batch, steps_per_epoch=3, samples_per_epoch=9, grid=grid
    )

    positions = [shape.step_positions(step) for step in range(3)]

    assert positions == [range(2), range(2, 4), range(4, 9)]
    assert shape.last_step_samples == 5


def test_a_point_is_counted_in_the_pass_in_which_its_next_step_begins() -> None:
    stream = StepGrid(
        stretches=(Stretch(0, 0, 2), Stretch(3, 6, 4)), steps=6, samples=18, row_samples=ROW
    )
    batch = solve_batch(global_batch_size=4, micro_batch_size=ROW)
    shape = GrowingShape(
        dataset_size=7, batch=batch, steps_per_epoch=4, samples_per_epoch=10, grid=stream
    )
    run = GrowingRun(shape=shape, total_steps=6, stream=stream, pass_samples=7)

    points = [run.epoch_at(step) for step in range(7)]

    assert points == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (2, 0), (3, 0)]
