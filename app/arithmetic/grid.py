"""The steps of one epoch: which positions each of them takes."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from app.arithmetic.integers import ceil_div


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive steps of equal size.

    Attributes:
        first_step: First of these steps, within the epoch.
        start: Position at which it begins.
        step_samples: Samples of each of these steps, unless the epoch ends inside it.
    """

    first_step: int
    start: int
    step_samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGrid:
    """The steps that a run takes of one epoch, and the positions in which they begin.

    A step that is carried over from the epoch before is here with what this epoch reads of it.

    >>> grid = even_grid(steps=3, samples=11, step_samples=4, row_samples=2)
    >>> [grid.start_of(step) for step in range(4)], grid.step_of(9), grid.micro_steps_in(2)
    ([0, 4, 8, 11], 2, 2)

    Attributes:
        stretches: Ascending, the first one at step 0 and position 0.
        steps: Steps of the epoch.
        samples: Positions of the epoch.
        row_samples: Positions of a micro-step, over all ranks.
    """

    stretches: tuple[Stretch, ...]
    steps: int
    samples: int
    row_samples: int

    def start_of(self, step: int) -> int:
        """Position at which a step begins.

        Args:
            step: In [0, steps]; the last one begins where the epoch ends.
        """
        stretch = self.stretches[bisect_right(self.stretches, step, key=_first_step) - 1]
        start = stretch.start + (step - stretch.first_step) * stretch.step_samples
        return min(start, self.samples)

    def starts(self, first: int, stop: int) -> Iterator[int]:
        """Positions at which the steps [first, stop) begin, then the one at which they end.

        >>> grid = even_grid(steps=3, samples=11, step_samples=4, row_samples=2)
        >>> [*grid.starts(1, 3)]
        [4, 8, 11]

        Args:
            first: In [0, stop].
            stop: In [0, steps].
        """
        following = [*map(_first_step, self.stretches[1:]), stop]
        for stretch, behind in zip(self.stretches, following, strict=True):
            for step in range(max(first, stretch.first_step), min(behind, stop)):
                yield stretch.start + (step - stretch.first_step) * stretch.step_samples
        yield self.start_of(stop)

    def step_of(self, position: int) -> int:
        """The step that takes a position.

        Args:
            position: In [0, samples).
        """
        stretch = self.stretches[bisect_right(self.stretches, position, key=_start) - 1]
        return stretch.first_step + (position - stretch.start) // stretch.step_samples

    def samples_in(self, step: int) -> int:
        """Samples of a step, over all ranks.

        Args:
            step: In [0, steps).
        """
        return self.start_of(step + 1) - self.start_of(step)

    def micro_steps_in(self, step: int) -> int:
        """Micro-steps of a step.

        Args:
            step: In [0, steps).
        """
        return ceil_div(self.samples_in(step), self.row_samples)


def even_grid(*, steps: int, samples: int, step_samples: int, row_samples: int) -> StepGrid:
    """Steps of equal size; the last one takes what is left."""
    return StepGrid(
        stretches=(Stretch(0, 0, step_samples),),
        steps=steps,
        samples=samples,
        row_samples=row_samples,
    )


def carried_grid(grid: StepGrid, *, carried_samples: int) -> StepGrid:
    """The same epoch where its first step has taken so many samples in the epoch before.

    >>> grid = even_grid(steps=3, samples=11, step_samples=4, row_samples=2)
    >>> late = carried_grid(grid, carried_samples=2)
    >>> [late.start_of(step) for step in range(late.steps + 1)]
    [0, 2, 6, 10, 11]

    Args:
        grid: An even grid.
        carried_samples: In [0, step_samples).
    """
    step_samples = grid.stretches[0].step_samples
    if not carried_samples:
        return grid
    first = step_samples - carried_samples
    return StepGrid(
        stretches=(Stretch(0, 0, first), Stretch(1, first, step_samples)),
        steps=ceil_div(grid.samples + carried_samples, step_samples) if grid.samples else 0,
        samples=grid.samples,
        row_samples=grid.row_samples,
    )


def _first_step(stretch: Stretch) -> int:
    return stretch.first_step


def _start(stretch: Stretch) -> int:
    return stretch.start
