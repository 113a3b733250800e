"""A run of equal epochs, each of them a whole number of steps: all exact."""

from dataclasses import dataclass

from app.arithmetic.epochs import EpochShape, micro_steps
from app.arithmetic.grid import StepGrid, even_grid
from app.arithmetic.integers import ceil_div
from app.arithmetic.run import Run, budget_samples
from app.arithmetic.spec import Budget, BudgetUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRun(Run):
    """An epoch shape repeated until total_steps are done; accumulation ends with the epoch."""

    @property
    def epochs(self) -> int:
        """Epochs that are started."""
        return ceil_div(self.total_steps, self.shape.steps_per_epoch)

    @property
    def total_micro_steps(self) -> int:
        """Micro-steps of the run; the most of any rank."""
        full = (self.epochs - 1) * self.shape.micro_steps_per_epoch
        accumulation = self.shape.batch.gradient_accumulation_steps
        last = micro_steps(self.final_step_samples, self.shape.batch)
        return full + (self.final_epoch_steps - 1) * accumulation + last

    @property
    def final_step_samples(self) -> int:
        """Samples of the last step of the run."""
        return self.shape.samples_in_step(self.final_epoch_steps - 1)

    def steps_in_epoch(self, epoch: int) -> int:
        """Steps that the run takes of one of its epochs."""
        left = self.total_steps - epoch * self.shape.steps_per_epoch
        return min(left, self.shape.steps_per_epoch)

    def samples_in_epoch(self, epoch: int) -> int:
        """Positions that the run takes of one of its epochs, padding included."""
        taken = self.steps_in_epoch(epoch) * self.shape.batch.global_batch_size
        return min(taken, self.shape.samples_per_epoch)

    def grid(self, epoch: int) -> StepGrid:
        """The steps that the run takes of one of its epochs."""
        batch = self.shape.batch
        return even_grid(
            steps=self.steps_in_epoch(epoch),
            samples=self.samples_in_epoch(epoch),
            step_samples=batch.global_batch_size,
            row_samples=batch.row_samples,
        )

    def first_step(self, epoch: int) -> int:
        """Steps that are completed before an epoch."""
        return min(epoch * self.shape.steps_per_epoch, self.total_steps)

    def epoch_at(self, step: int) -> tuple[int, int]:
        """Epoch of the next step, and its steps completed so far."""
        return divmod(step, self.shape.steps_per_epoch)

    def consumed_samples(self, step: int) -> int:
        """Samples taken after so many completed steps, padding included."""
        epoch, step_in_epoch = divmod(step, self.shape.steps_per_epoch)
        part = step_in_epoch * self.shape.batch.global_batch_size
        return epoch * self.shape.samples_per_epoch + min(part, self.shape.samples_per_epoch)


def pass_run(shape: EpochShape, budget: Budget) -> PassRun:
    """The run that a budget buys.

    >>> from fractions import Fraction
    >>> from app.arithmetic.batch import solve_batch
    >>> from app.arithmetic.epochs import pass_shape
    >>> from app.arithmetic.spec import Remainder
    >>> shape = pass_shape(1_000, solve_batch(global_batch_size=64), Remainder.KEEP)
    >>> pass_run(shape, Budget(unit=BudgetUnit.SAMPLES, amount=Fraction(6_401))).total_steps
    103
    """
    if budget.unit is BudgetUnit.EPOCHS:
        amount = budget.amount
        steps = ceil_div(amount.numerator * shape.steps_per_epoch, amount.denominator)
        return PassRun(shape=shape, total_steps=steps)
    if budget.unit is BudgetUnit.STEPS:
        return PassRun(shape=shape, total_steps=int(budget.amount))
    epochs, rest = divmod(budget_samples(budget), shape.samples_per_epoch)
    steps = epochs * shape.steps_per_epoch + ceil_div(rest, shape.batch.global_batch_size)
    return PassRun(shape=shape, total_steps=steps)
