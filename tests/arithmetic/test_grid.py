from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.grid import StepGrid, Stretch, carried_grid, even_grid
from tests.strategies import sparingly

small = st.integers(1, 12)


def taken(stretches: list[tuple[int, int]], samples: int) -> Iterator[list[int]]:
    """Positions of every step, taken off a list until nothing is left of it."""
    ahead = [*range(samples)]
    sizes = [size for count, size in stretches for _ in range(count)]
    for size in sizes + [stretches[-1][1]] * samples:
        if ahead:
            yield ahead[:size]
            ahead = ahead[size:]


@st.composite
def grids(draw: st.DrawFn) -> tuple[StepGrid, list[list[int]]]:
    """A grid of a few stretches, and the positions of its steps."""
    counted = draw(st.lists(st.tuples(st.integers(1, 3), small), min_size=1, max_size=4))
    samples, first_step, start = draw(st.integers(0, 60)), 0, 0
    stretches: list[Stretch] = []
    for count, size in counted:
        stretches.append(Stretch(first_step, start, size))
        first_step, start = first_step + count, start + count * size
    steps = [*taken(counted, samples)]
    grid = StepGrid(
        stretches=tuple(stretches), steps=len(steps), samples=samples, row_samples=draw(small)
    )
    return grid, steps


@given(drawn=grids())
def test_a_step_begins_where_those_before_it_end(
    drawn: tuple[StepGrid, list[list[int]]],
) -> None:
    grid, steps = drawn

    starts = [grid.start_of(step) for step in range(grid.steps + 1)]

    assert starts == [sum(map(len, steps[:number])) for number in range(len(steps) + 1)]


@given(drawn=grids(), data=st.data())
def test_the_starts_of_some_steps_are_those_of_each_of_them(
    drawn: tuple[StepGrid, list[list[int]]], data: st.DataObject
) -> None:
    grid, _ = drawn
    stop = data.draw(st.integers(0, grid.steps))
    first = data.draw(st.integers(0, stop))

    starts = [*grid.starts(first, stop)]

    assert starts == [grid.start_of(step) for step in range(first, stop + 1)]


@given(drawn=grids())
def test_every_position_is_taken_by_its_step(drawn: tuple[StepGrid, list[list[int]]]) -> None:
    grid, steps = drawn

    found = [grid.step_of(position) for position in range(grid.samples)]

    assert found == [number for number, step in enumerate(steps) for _ in step]


@sparingly
@given(drawn=grids())
def test_a_step_has_as_many_samples_and_micro_steps_as_it_takes(
    drawn: tuple[StepGrid, list[list[int]]],
) -> None:
    grid, steps = drawn

    samples = [grid.samples_in(step) for step in range(grid.steps)]
    micro_steps = [grid.micro_steps_in(step) for step in range(grid.steps)]

    assert samples == [*map(len, steps)]
    assert micro_steps == [len(step[:: grid.row_samples]) for step in steps]


@given(size=small, samples=st.integers(0, 40), data=st.data())
def test_a_carried_step_takes_what_the_epoch_before_has_left_of_it(
    size: int, samples: int, data: st.DataObject
) -> None:
    carried = data.draw(st.integers(0, size - 1))
    whole = [*range(carried + samples)]
    steps = [whole[start : start + size] for start in whole[::size]]
    even = even_grid(
        steps=len(range(0, samples, size)), samples=samples, step_samples=size, row_samples=1
    )

    grid = carried_grid(even, carried_samples=carried)

    inside = [[place - carried for place in step if place >= carried] for step in steps]
    assert [
        [*range(grid.start_of(step), grid.start_of(step + 1))] for step in range(grid.steps)
    ] == [step for step in inside if step]
