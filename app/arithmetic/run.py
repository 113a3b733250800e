"""The length of a run: budget in, steps, epochs and samples out, all exact."""

from dataclasses import dataclass
from math import ceil

from app.arithmetic.epochs import EpochShape, micro_steps
from app.arithmetic.integers import ceil_div
from app.arithmetic.spec import Budget, BudgetUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A whole run: an epoch shape repeated until total_steps are done.

    Attributes:
        shape: A full epoch.
        total_steps: Steps of the run, at least 1; exact whatever its size.
    """

    shape: EpochShape
    total_steps: int

    @property
    def epochs(self) -> int:
        """Epochs that are started."""
        return ceil_div(self.total_steps, self.shape.steps_per_epoch)

    @property
    def final_epoch_steps(self) -> int:
        """Steps that the run takes of its last epoch."""
        return self.steps_in_epoch(self.epochs - 1)

    @property
    def final_step_samples(self) -> int:
        """Samples of the last step of the run."""
        return self.shape.samples_in_step(self.final_epoch_steps - 1)

    @property
    def total_samples(self) -> int:
        """Samples that the run takes, padding included."""
        return self.consumed_samples(self.total_steps)

    @property
    def total_micro_steps(self) -> int:
        """Micro-steps of the run, the same for every rank."""
        full = (self.epochs - 1) * self.shape.micro_steps_per_epoch
        accumulation = self.shape.batch.gradient_accumulation_steps
        last = micro_steps(self.final_step_samples, self.shape.batch)
        return full + (self.final_epoch_steps - 1) * accumulation + last

    def steps_in_epoch(self, epoch: int) -> int:
        """Steps that the run takes of one of its epochs.

        Args:
            epoch: In [0, epochs).
        """
        left = self.total_steps - epoch * self.shape.steps_per_epoch
        return min(left, self.shape.steps_per_epoch)

    def samples_in_epoch(self, epoch: int) -> int:
        """Positions that the run takes of one of its epochs, padding included."""
        steps = self.steps_in_epoch(epoch)
        return min(steps * self.shape.batch.global_batch_size, self.shape.samples_per_epoch)

    def consumed_samples(self, step: int) -> int:
        """Samples taken after so many completed steps, padding included.

        Args:
            step: In [0, total_steps].
        """
        epoch, step_in_epoch = divmod(step, self.shape.steps_per_epoch)
        part = step_in_epoch * self.shape.batch.global_batch_size
        return epoch * self.shape.samples_per_epoch + min(part, self.shape.samples_per_epoch)

    def fewest_steps(self, samples: int) -> int:
        """Fewest steps after which consumed_samples is at least the given number."""
        epochs, rest = divmod(samples, self.shape.samples_per_epoch)
        return epochs * self.shape.steps_per_epoch + ceil_div(
            rest, self.shape.batch.global_batch_size
        )


def run_of(shape: EpochShape, budget: Budget) -> Run:
    """The run that a budget buys.

    >>> from fractions import Fraction
    >>> from app.arithmetic.batch import solve_batch
    >>> from app.arithmetic.epochs import pass_shape
    >>> from app.arithmetic.spec import Remainder
    >>> shape = pass_shape(1_000, solve_batch(global_batch_size=64), Remainder.KEEP)
    >>> run_of(shape, Budget(unit=BudgetUnit.SAMPLES, amount=Fraction(6_401))).total_steps
    103
    """
    if budget.unit is BudgetUnit.EPOCHS:
        return Run(shape=shape, total_steps=ceil(budget.amount * shape.steps_per_epoch))
    if budget.unit is BudgetUnit.STEPS:
        return Run(shape=shape, total_steps=int(budget.amount))
    endless = Run(shape=shape, total_steps=1)
    return Run(shape=shape, total_steps=endless.fewest_steps(budget_samples(budget)))


def budget_samples(budget: Budget) -> int:
    """Samples that a budget of samples or tokens asks for.

    >>> from fractions import Fraction
    >>> budget_samples(Budget(unit=BudgetUnit.TOKENS, amount=Fraction(10), tokens_per_sample=4))
    3
    """
    return ceil(budget.amount / (budget.tokens_per_sample or 1))
