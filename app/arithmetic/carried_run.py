"""A run of equal epochs whose gradient accumulation goes on across their ends: all exact."""

from dataclasses import dataclass
from math import ceil, gcd

from app.arithmetic.epochs import EpochShape
from app.arithmetic.grid import StepGrid, carried_grid, even_grid
from app.arithmetic.integers import ceil_div, first_that
from app.arithmetic.run import Run, budget_samples
from app.arithmetic.spec import Budget, BudgetUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedRun(Run):
    """An epoch shape repeated, with an update after every so many micro-steps of the run.

    A step that an epoch begins and a later one completes is listed in each of them, with what
    each reads of it. Micro-steps after the last update are read, but change no weight.

    Attributes:
        read_micro_steps: Micro-steps of the run, those after the last update included.
        flushes: Whether the end of an epoch is an update as well, without the count of
            micro-steps starting anew.
    """

    read_micro_steps: int
    flushes: bool = False

    @property
    def total_micro_steps(self) -> int:
        """Micro-steps of the run; the most of any rank."""
        return self.read_micro_steps

    @property
    def epochs(self) -> int:
        """Epochs that are started."""
        return ceil_div(self.read_micro_steps, self.shape.micro_steps_per_epoch)

    @property
    def crosses_epochs(self) -> bool:
        """Whether a step that begins in one epoch may be completed in a later one."""
        accumulation = self.shape.batch.gradient_accumulation_steps
        return not self.flushes and self.shape.micro_steps_per_epoch % accumulation > 0

    @property
    def total_samples(self) -> int:
        """Samples that the run reads, padding included."""
        return self._samples_of(self.read_micro_steps)

    @property
    def unused_micro_steps(self) -> int:
        """Micro-steps after the last update."""
        return self.read_micro_steps - self._micro_steps_until(self.total_steps)

    def grid(self, epoch: int) -> StepGrid:
        """The steps that the run takes of one of its epochs."""
        batch, per_epoch = self.shape.batch, self.shape.micro_steps_per_epoch
        read = min(per_epoch, self.read_micro_steps - epoch * per_epoch)
        carried = epoch * per_epoch % batch.gradient_accumulation_steps
        grid = even_grid(
            steps=ceil_div(read, batch.gradient_accumulation_steps),
            samples=min(read * batch.row_samples, self.shape.samples_per_epoch),
            step_samples=batch.global_batch_size,
            row_samples=batch.row_samples,
        )
        return carried_grid(grid, carried_samples=carried * batch.row_samples)

    def first_step(self, epoch: int) -> int:
        """Steps that are completed before an epoch."""
        micro_steps = min(epoch * self.shape.micro_steps_per_epoch, self.read_micro_steps)
        return updates_after(micro_steps, self.shape, flushes=self.flushes)

    def epoch_at(self, step: int) -> tuple[int, int]:
        """Epoch of the next step, and its steps completed so far."""
        done = self._micro_steps_until(step)
        epoch = done // self.shape.micro_steps_per_epoch
        return epoch, step - self.first_step(epoch)

    def consumed_samples(self, step: int) -> int:
        """Samples taken after so many completed steps, padding included."""
        return self._samples_of(self._micro_steps_until(step))

    def _micro_steps_until(self, step: int) -> int:
        return micro_steps_until(step, self.shape, flushes=self.flushes)

    def _samples_of(self, micro_steps: int) -> int:
        epochs, rest = divmod(micro_steps, self.shape.micro_steps_per_epoch)
        part = min(rest * self.shape.batch.row_samples, self.shape.samples_per_epoch)
        return epochs * self.shape.samples_per_epoch + part


def updates_after(micro_steps: int, shape: EpochShape, *, flushes: bool = False) -> int:
    """Updates in the first micro-steps of a run.

    >>> from app.arithmetic.batch import solve_batch
    >>> batch = solve_batch(micro_batch_size=2, gradient_accumulation_steps=4)
    >>> shape = EpochShape(dataset_size=6, batch=batch, steps_per_epoch=1, samples_per_epoch=6)
    >>> [updates_after(n, shape) for n in range(9)]
    [0, 0, 0, 0, 1, 1, 1, 1, 2]
    >>> [updates_after(n, shape, flushes=True) for n in range(9)]
    [0, 0, 0, 1, 2, 2, 3, 3, 4]
    """
    accumulation, per_epoch = shape.batch.gradient_accumulation_steps, shape.micro_steps_per_epoch
    updates = micro_steps // accumulation
    if not flushes:
        return updates
    ends = micro_steps // per_epoch
    both = ends // (accumulation // gcd(accumulation, per_epoch))
    return updates + ends - both


def micro_steps_until(step: int, shape: EpochShape, *, flushes: bool = False) -> int:
    """Micro-steps of a run after which so many updates are done.

    >>> from app.arithmetic.batch import solve_batch
    >>> batch = solve_batch(micro_batch_size=2, gradient_accumulation_steps=4)
    >>> shape = EpochShape(dataset_size=6, batch=batch, steps_per_epoch=1, samples_per_epoch=6)
    >>> micro_steps_until(3, shape), micro_steps_until(3, shape, flushes=True)
    (12, 6)
    """
    most = step * shape.batch.gradient_accumulation_steps
    if not flushes:
        return most
    return first_that(
        lambda micro_steps: updates_after(micro_steps, shape, flushes=True) >= step, range(most)
    )


def carried_run(shape: EpochShape, budget: Budget, *, flushes: bool = False) -> CarriedRun:
    """The run that a budget buys.

    A budget of epochs reads these epochs, whatever is left over; any other one ends with an
    update.

    >>> from fractions import Fraction
    >>> from app.arithmetic.batch import solve_batch
    >>> batch = solve_batch(micro_batch_size=2, gradient_accumulation_steps=2)
    >>> shape = EpochShape(dataset_size=10, batch=batch, steps_per_epoch=3, samples_per_epoch=10)
    >>> run = carried_run(shape, Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(3)))
    >>> run.total_steps, run.unused_micro_steps, [run.grid(e).steps for e in range(run.epochs)]
    (7, 1, [3, 3, 3])

    Returns:
        A run without a single step where the budget does not buy one.
    """
    if budget.unit is BudgetUnit.EPOCHS:
        read = ceil(budget.amount * shape.micro_steps_per_epoch)
        steps = updates_after(read, shape, flushes=flushes)
        return CarriedRun(shape=shape, total_steps=steps, read_micro_steps=read, flushes=flushes)
    steps = int(budget.amount)
    if budget.unit is not BudgetUnit.STEPS:
        samples = budget_samples(budget)
        steps = first_that(
            lambda step: _ending_with(step, shape, flushes=flushes).total_samples >= samples,
            range(1, samples + 1),
        )
    return _ending_with(steps, shape, flushes=flushes)


def _ending_with(step: int, shape: EpochShape, *, flushes: bool) -> CarriedRun:
    read = micro_steps_until(step, shape, flushes=flushes)
    return CarriedRun(shape=shape, total_steps=step, read_micro_steps=read, flushes=flushes)
