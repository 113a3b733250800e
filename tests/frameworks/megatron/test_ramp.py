from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.frameworks.megatron.ramp import Ramp, endless_grid, even_stretches
from tests.strategies import sparingly


@st.composite
def ramps(draw: st.DrawFn, most_samples: int = 400) -> Ramp:
    start, increment = draw(st.integers(1, 20)), draw(st.integers(1, 9))
    return Ramp(
        start=start,
        increment=increment,
        samples=draw(st.integers(1, most_samples)),
        full=start + increment * draw(st.integers(1, 12)),
    )


def walked(ramp: Ramp, steps: int) -> list[int]:
    """Consumed samples before every step, batch by batch."""
    consumed = [0]
    for _ in range(steps):
        consumed.append(consumed[-1] + ramp.batch_after(consumed[-1]))
    return consumed


def test_the_batches_of_the_published_ramp() -> None:
    ramp = Ramp(start=16, increment=16, samples=96, full=32)

    consumed = walked(ramp, 11)

    assert consumed == [0, 16, 32, 48, 64, 80, 96, 128, 160, 192, 224, 256]


@sparingly
@given(ramp=ramps())
def test_stretches_have_the_batches_of_the_walk(ramp: Ramp) -> None:
    grid = endless_grid(ramp.stretches(1), 1, until=2_000)

    starts = [grid.start_of(step) for step in range(40)]

    assert starts == [min(start, grid.samples) for start in islice(walked(ramp, 40), 40)]


@sparingly
@given(ramp=ramps(), row=st.integers(1, 8))
def test_every_step_takes_whole_rows(ramp: Ramp, row: int) -> None:
    stretches = ramp.stretches(row)

    assert all(stretch.step_samples % row == 0 for stretch in stretches)
    assert stretches[-1].step_samples == max(ramp.full - ramp.full % row, row)


@sparingly
@given(ramp=ramps(most_samples=2**62), level=st.integers(1, 12))
def test_a_level_is_reached_at_its_threshold_and_not_before(ramp: Ramp, level: int) -> None:
    level = min(level, ramp.increments)

    threshold = ramp.threshold(level)

    assert ramp.level_after(threshold) >= level
    assert ramp.level_after(threshold - 1) < level


@sparingly
@given(ramp=ramps(), train_samples=st.integers(0, 2_000))
def test_a_larger_budget_never_buys_fewer_iterations(ramp: Ramp, train_samples: int) -> None:
    more = ramp.steps_for(train_samples + 1)

    assert ramp.steps_for(train_samples) <= more


@pytest.mark.parametrize(
    ("train_samples", "iterations"), [(0, 1), (7, 1), (8, 2), (96, 8), (112, 8), (500, 20)]
)
def test_iterations_are_those_of_update_train_iters(train_samples: int, iterations: int) -> None:
    ramp = Ramp(start=8, increment=8, samples=96, full=32)

    planned = ramp.steps_for(train_samples)

    assert planned == iterations


def test_equal_steps_go_on_for_ever() -> None:
    grid = endless_grid(even_stretches(4), 2, until=10**30)

    step = grid.step_of(10**30)

    assert step == 10**30 // 4
