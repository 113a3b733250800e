"""A run through one stream of samples whose steps may grow: all exact."""

from bisect import bisect_left
from dataclasses import dataclass
from operator import attrgetter

from app.arithmetic.epochs import EpochShape
from app.arithmetic.grid import StepGrid, Stretch
from app.arithmetic.integers import ceil_div
from app.arithmetic.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingShape(EpochShape):
    """The first epoch of a run whose steps grow; later epochs have fewer, larger steps.

    Attributes:
        grid: Its steps.
    """

    grid: StepGrid

    def step_positions(self, step_in_epoch: int) -> range:
        """Positions of one step."""
        return range(self.grid.start_of(step_in_epoch), self.grid.start_of(step_in_epoch + 1))

    @property
    def micro_steps_per_epoch(self) -> int:
        """Micro-steps of the epoch; only the last one may be cut short."""
        return ceil_div(self.samples_per_epoch, self.grid.row_samples)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingRun(Run):
    """A stream cut into steps, each as large as the one before it or larger.

    An epoch is a number of steps; or a pass, and then a step belongs to the pass in which it
    begins.

    >>> from app.arithmetic.batch import solve_batch
    >>> steps = StepGrid(
    ...     stretches=(Stretch(0, 0, 2), Stretch(3, 6, 4)), steps=6, samples=18, row_samples=2
    ... )
    >>> shape = EpochShape(
    ...     dataset_size=7,
    ...     batch=solve_batch(global_batch_size=4),
    ...     steps_per_epoch=4,
    ...     samples_per_epoch=10,
    ... )
    >>> run = GrowingRun(shape=shape, total_steps=6, stream=steps, pass_samples=7)
    >>> [(run.first_step(e), run.grid(e).steps, run.grid(e).samples) for e in range(run.epochs)]
    [(0, 4, 10), (4, 1, 4), (5, 1, 4)]

    Attributes:
        stream: Every step of the run, as if it were one epoch.
        pass_samples: Positions of the stream from one pass to the next.
        steps_per_epoch: Steps of an epoch; None where it is a pass.
    """

    stream: StepGrid
    pass_samples: int
    steps_per_epoch: int | None = None

    @property
    def epochs(self) -> int:
        """Epochs in which a step begins, those between them included."""
        return self._epoch_of(self.total_steps - 1) + 1

    @property
    def total_micro_steps(self) -> int:
        """Micro-steps of the run; the most of any rank."""
        return ceil_div(self.total_samples, self.stream.row_samples)

    def grid(self, epoch: int) -> StepGrid:
        """The steps that the run takes of one of its epochs; none where none begins in it."""
        return part_of(self.stream, self.first_step(epoch), self.first_step(epoch + 1))

    def first_step(self, epoch: int) -> int:
        """Steps that are completed before an epoch."""
        if self.steps_per_epoch is not None:
            return min(epoch * self.steps_per_epoch, self.total_steps)
        return first_step_from(self.stream, epoch * self.pass_samples)

    def first_position(self, epoch: int) -> int:
        """Position of the stream at which an epoch begins.

        Args:
            epoch: In [0, epochs].
        """
        return self.stream.start_of(self.first_step(epoch))

    def epoch_at(self, step: int) -> tuple[int, int]:
        """Epoch of the next step, and its steps completed so far."""
        epoch = self.epochs if step == self.total_steps else self._epoch_of(step)
        return epoch, step - self.first_step(epoch)

    def consumed_samples(self, step: int) -> int:
        """Samples taken after so many completed steps."""
        return self.stream.start_of(step)

    def _epoch_of(self, step: int) -> int:
        if self.steps_per_epoch is not None:
            return step // self.steps_per_epoch
        return self.stream.start_of(step) // self.pass_samples


def first_step_from(grid: StepGrid, position: int) -> int:
    """The first step that begins at a position or behind it; the number of steps if none does.

    >>> grid = StepGrid(stretches=(Stretch(0, 0, 4),), steps=3, samples=11, row_samples=2)
    >>> [first_step_from(grid, position) for position in (0, 1, 4, 9, 11)]
    [0, 1, 1, 3, 3]
    """
    if position >= grid.samples:
        return grid.steps
    step = grid.step_of(position)
    return step if grid.start_of(step) == position else step + 1


def part_of(grid: StepGrid, first: int, stop: int) -> StepGrid:
    """The steps [first, stop) as an epoch of their own.

    >>> grid = StepGrid(
    ...     stretches=(Stretch(0, 0, 2), Stretch(3, 6, 4)), steps=6, samples=18, row_samples=2
    ... )
    >>> part = part_of(grid, 2, 5)
    >>> part.samples, part.stretches[1]
    (10, Stretch(first_step=1, start=2, step_samples=4))
    """
    start = grid.start_of(first)
    here, behind = (
        bisect_left(grid.stretches, bound, key=attrgetter("first_step"))
        for bound in (first + 1, stop)
    )
    moved = [
        Stretch(stretch.first_step - first, stretch.start - start, stretch.step_samples)
        for stretch in grid.stretches[here:behind]
    ]
    return StepGrid(
        stretches=(Stretch(0, 0, grid.stretches[here - 1].step_samples), *moved),
        steps=stop - first,
        samples=grid.start_of(stop) - start,
        row_samples=grid.row_samples,
    )
