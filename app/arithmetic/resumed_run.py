"""A run whose first epoch is what an earlier run has left of it: all exact."""

from dataclasses import dataclass
from fractions import Fraction

from app.arithmetic.epochs import EpochShape
from app.arithmetic.grid import StepGrid, even_grid
from app.arithmetic.integers import ceil_div
from app.arithmetic.pass_run import PassRun, pass_run
from app.arithmetic.run import Run, budget_samples
from app.arithmetic.spec import Budget, BudgetUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumedRun(Run):
    """A shorter epoch, maybe without a step, and then full ones; accumulation ends with each.

    Attributes:
        first: The first epoch, if all of it is run; its steps may be 0.
    """

    first: EpochShape

    @property
    def epochs(self) -> int:
        """Epochs that are started."""
        later = self.total_steps - self.first.steps_per_epoch
        return 1 + ceil_div(max(0, later), self.shape.steps_per_epoch)

    @property
    def total_micro_steps(self) -> int:
        """Micro-steps of the run; the most of any rank."""
        return sum(part.total_micro_steps for part in self._parts)

    def grid(self, epoch: int) -> StepGrid:
        """The steps that the run takes of one of its epochs."""
        shape = self.shape if epoch else self.first
        batch = shape.batch
        steps = min(self.total_steps - self.first_step(epoch), shape.steps_per_epoch)
        return even_grid(
            steps=steps,
            samples=min(steps * batch.global_batch_size, shape.samples_per_epoch),
            step_samples=batch.global_batch_size,
            row_samples=batch.row_samples,
        )

    def first_step(self, epoch: int) -> int:
        """Steps that are completed before an epoch."""
        if not epoch:
            return 0
        full = (epoch - 1) * self.shape.steps_per_epoch
        return min(self.first.steps_per_epoch + full, self.total_steps)

    def epoch_at(self, step: int) -> tuple[int, int]:
        """Epoch of the next step, and its steps completed so far."""
        later = step - self.first.steps_per_epoch
        if later < 0:
            return 0, step
        epoch, step_in_epoch = divmod(later, self.shape.steps_per_epoch)
        return epoch + 1, step_in_epoch

    def consumed_samples(self, step: int) -> int:
        """Samples taken after so many completed steps, padding included."""
        epoch, step_in_epoch = self.epoch_at(step)
        shape = self.shape if epoch else self.first
        before = (epoch - 1) * self.shape.samples_per_epoch + self.first.samples_per_epoch
        part = min(step_in_epoch * shape.batch.global_batch_size, shape.samples_per_epoch)
        return part + (before if epoch else 0)

    @property
    def _parts(self) -> list[PassRun]:
        """The first epoch and the later ones, as far as they have steps."""
        of_first = min(self.first.steps_per_epoch, self.total_steps)
        parts = ((self.first, of_first), (self.shape, self.total_steps - of_first))
        return [PassRun(shape=shape, total_steps=steps) for shape, steps in parts if steps]


def resumed_run(first: EpochShape, shape: EpochShape, budget: Budget) -> ResumedRun:
    """The run that a budget buys, counted from where it resumes.

    >>> from app.arithmetic.batch import solve_batch
    >>> from app.arithmetic.epochs import pass_shape
    >>> from app.arithmetic.spec import Remainder
    >>> batch = solve_batch(global_batch_size=4)
    >>> full, first = (pass_shape(size, batch, Remainder.KEEP) for size in (10, 6))
    >>> run = resumed_run(first, full, Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(3)))
    >>> run.total_steps, [run.samples_in_epoch(epoch) for epoch in range(run.epochs)]
    (8, [6, 10, 10])

    Args:
        first: The first epoch; maybe without a step.
        shape: Every later epoch, with a step at least.
        budget: Epochs are whole, the first one counts as one.

    Returns:
        A run without a single step where the budget does not buy one.
    """
    if budget.unit is BudgetUnit.EPOCHS:
        later = (int(budget.amount) - 1) * shape.steps_per_epoch
        return ResumedRun(shape=shape, first=first, total_steps=first.steps_per_epoch + later)
    if budget.unit is BudgetUnit.STEPS:
        return ResumedRun(shape=shape, first=first, total_steps=int(budget.amount))
    missing = budget_samples(budget) - first.samples_per_epoch
    if missing <= 0:
        steps = ceil_div(budget_samples(budget), shape.batch.global_batch_size)
        return ResumedRun(shape=shape, first=first, total_steps=steps)
    rest = Budget(unit=BudgetUnit.SAMPLES, amount=Fraction(missing))
    steps = first.steps_per_epoch + pass_run(shape, rest).total_steps
    return ResumedRun(shape=shape, first=first, total_steps=steps)
