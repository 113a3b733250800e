"""A run through one stream of samples whose steps cross the ends of the passes: all exact."""

from dataclasses import dataclass

from app.arithmetic.epochs import EpochShape
from app.arithmetic.grid import StepGrid, even_grid
from app.arithmetic.integers import ceil_div
from app.arithmetic.run import Run
from app.arithmetic.spec import BatchGeometry


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRun(Run):
    """A stream cut into steps of equal size; a step belongs to the epoch in which it begins.

    >>> from app.arithmetic.batch import solve_batch
    >>> run = stream_run(
    ...     solve_batch(global_batch_size=4), pass_samples=10, stream_samples=20, total_steps=5
    ... )
    >>> [(run.first_step(e), run.grid(e).steps, run.grid(e).samples) for e in range(run.epochs)]
    [(0, 3, 12), (3, 2, 8)]

    Attributes:
        pass_samples: Positions of the stream from one epoch to the next.
        stream_samples: Positions of the stream that the run reads.
    """

    pass_samples: int
    stream_samples: int

    @property
    def epochs(self) -> int:
        """Epochs in which a step begins, those between them included."""
        last_start = (self.total_steps - 1) * self.shape.batch.global_batch_size
        return last_start // self.pass_samples + 1

    @property
    def total_micro_steps(self) -> int:
        """Micro-steps of the run; the most of any rank."""
        return ceil_div(self.total_samples, self.shape.batch.row_samples)

    @property
    def total_samples(self) -> int:
        """Samples that the run reads."""
        return self._start_of(self.total_steps)

    def grid(self, epoch: int) -> StepGrid:
        """The steps that the run takes of one of its epochs; none where none begins in it."""
        first, stop = self.first_step(epoch), self.first_step(epoch + 1)
        return even_grid(
            steps=stop - first,
            samples=self._start_of(stop) - self._start_of(first),
            step_samples=self.shape.batch.global_batch_size,
            row_samples=self.shape.batch.row_samples,
        )

    def first_step(self, epoch: int) -> int:
        """Steps that are completed before an epoch."""
        size = self.shape.batch.global_batch_size
        return min(ceil_div(epoch * self.pass_samples, size), self.total_steps)

    def first_position(self, epoch: int) -> int:
        """Position of the stream at which an epoch begins.

        Args:
            epoch: In [0, epochs].
        """
        return self._start_of(self.first_step(epoch))

    def epoch_at(self, step: int) -> tuple[int, int]:
        """Epoch of the next step, and its steps completed so far."""
        if step == self.total_steps:
            return self.epochs, 0
        epoch = step * self.shape.batch.global_batch_size // self.pass_samples
        return epoch, step - self.first_step(epoch)

    def consumed_samples(self, step: int) -> int:
        """Samples taken after so many completed steps."""
        return self._start_of(step)

    def _start_of(self, step: int) -> int:
        return min(step * self.shape.batch.global_batch_size, self.stream_samples)


def stream_run(
    batch: BatchGeometry, *, pass_samples: int, stream_samples: int, total_steps: int
) -> StreamRun:
    """The run through a stream.

    Args:
        batch: Sizes of a full step.
        pass_samples: Positions from one epoch to the next: the dataset, or a virtual epoch.
        stream_samples: Positions of the whole stream; the last step may be cut short by its end.
        total_steps: Steps that are taken, in [1, ceil(stream_samples / global_batch_size)].
    """
    first = min(ceil_div(pass_samples, batch.global_batch_size), total_steps)
    shape = EpochShape(
        dataset_size=pass_samples,
        batch=batch,
        steps_per_epoch=first,
        samples_per_epoch=min(first * batch.global_batch_size, stream_samples),
    )
    return StreamRun(
        shape=shape,
        total_steps=total_steps,
        pass_samples=pass_samples,
        stream_samples=stream_samples,
    )
