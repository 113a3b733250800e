"""A run whose epochs end with micro-steps that the next epoch's first step adds up: all exact."""

from dataclasses import dataclass

from app.arithmetic.grid import StepGrid, even_grid
from app.arithmetic.integers import ceil_div
from app.arithmetic.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class SpilledRun(Run):
    """An epoch shape repeated: full steps, then a rest that gets no update of its own.

    The gradients of the rest stay where they are, and the first update of the next epoch, which
    comes after as many micro-steps as any other one of that epoch, applies them as well. Every
    epoch lists what it reads; the run ends with an update.

    >>> from app.arithmetic.batch import solve_batch
    >>> from app.arithmetic.epochs import EpochShape
    >>> batch = solve_batch(micro_batch_size=2, gradient_accumulation_steps=3)
    >>> shape = EpochShape(dataset_size=11, batch=batch, steps_per_epoch=2, samples_per_epoch=8)
    >>> run = SpilledRun(shape=shape, total_steps=2)
    >>> run.epochs, run.total_micro_steps, [run.grid(epoch).samples for epoch in range(2)]
    (2, 7, [8, 6])

    Attributes:
        shape: A full epoch of at least two steps, the last of them short: the rest.
    """

    @property
    def epochs(self) -> int:
        """Epochs that are started."""
        return ceil_div(self.total_steps, self._updates_per_epoch)

    @property
    def total_micro_steps(self) -> int:
        """Micro-steps of the run; the most of any rank."""
        return self.total_samples // self.shape.batch.row_samples

    @property
    def crosses_epochs(self) -> bool:
        """Every epoch but the last one ends with a rest that the next one completes."""
        return True

    def grid(self, epoch: int) -> StepGrid:
        """The steps that the run takes of one of its epochs; the rest counts as one of them."""
        batch = self.shape.batch
        left = self.total_steps - epoch * self._updates_per_epoch
        whole = left > self._updates_per_epoch
        samples = self.shape.samples_per_epoch if whole else left * batch.global_batch_size
        return even_grid(
            steps=self.shape.steps_per_epoch if whole else left,
            samples=samples,
            step_samples=batch.global_batch_size,
            row_samples=batch.row_samples,
        )

    def first_step(self, epoch: int) -> int:
        """Steps that are completed before an epoch."""
        return min(epoch * self._updates_per_epoch, self.total_steps)

    def epoch_at(self, step: int) -> tuple[int, int]:
        """Epoch of the next step, and its steps completed so far."""
        epoch, earlier = divmod(max(step, 1) - 1, self._updates_per_epoch)
        return epoch, earlier + min(step, 1)

    def consumed_samples(self, step: int) -> int:
        """Samples taken after so many completed steps, padding included."""
        epoch, steps = self.epoch_at(step)
        full = steps * self.shape.batch.global_batch_size
        return epoch * self.shape.samples_per_epoch + full

    @property
    def _updates_per_epoch(self) -> int:
        return self.shape.steps_per_epoch - 1
