"""A run through one stream whose last steps shrink: all exact."""

from dataclasses import dataclass

from app.arithmetic.grid import StepGrid
from app.arithmetic.growing_run import GrowingRun, GrowingShape, first_step_from, part_of
from app.arithmetic.spec import BatchGeometry


@dataclass(frozen=True, slots=True, kw_only=True)
class TaperedShape(GrowingShape):
    """The first epoch of a run whose last steps shrink; a step has a single micro-step."""

    @property
    def micro_steps_per_epoch(self) -> int:
        """Micro-steps of the epoch: its steps, however short."""
        return self.steps_per_epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class TaperedRun(GrowingRun):
    """A stream cut into steps of a single micro-step, of which the last ones are short.

    >>> from app.arithmetic.batch import solve_batch
    >>> from app.arithmetic.grid import Stretch
    >>> steps = StepGrid(
    ...     stretches=(Stretch(0, 0, 2), Stretch(4, 8, 1)), steps=6, samples=10, row_samples=2
    ... )
    >>> run = tapered_run(solve_batch(global_batch_size=2), steps, pass_samples=5)
    >>> [(run.first_step(e), run.grid(e).steps, run.grid(e).samples) for e in range(run.epochs)]
    [(0, 3, 6), (3, 3, 4)]
    """

    @property
    def total_micro_steps(self) -> int:
        """Micro-steps of the run, the same for every rank."""
        return self.total_steps


def tapered_run(batch: BatchGeometry, stream: StepGrid, *, pass_samples: int) -> TaperedRun:
    """The run through a stream whose last steps shrink.

    Args:
        batch: Sizes of a full step, which is a single micro-step.
        stream: Every step of the run, as if it were one epoch.
        pass_samples: Positions of the stream from one epoch to the next.
    """
    grid = part_of(stream, 0, first_step_from(stream, pass_samples))
    shape = TaperedShape(
        dataset_size=pass_samples,
        batch=batch,
        steps_per_epoch=grid.steps,
        samples_per_epoch=grid.samples,
        grid=grid,
    )
    return TaperedRun(
        shape=shape, total_steps=stream.steps, stream=stream, pass_samples=pass_samples
    )
