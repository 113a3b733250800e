"""What a run is, whoever decides its steps."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import ceil

from app.arithmetic.epochs import EpochShape
from app.arithmetic.grid import StepGrid
from app.arithmetic.integers import first_that
from app.arithmetic.spec import Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(ABC):
    """A whole run: epochs that follow one another, each with steps of its own.

    Attributes:
        shape: A full epoch.
        total_steps: Steps of the run, at least 1; exact whatever its size.
    """

    shape: EpochShape
    total_steps: int

    @property
    @abstractmethod
    def epochs(self) -> int:
        """Epochs that are started."""

    @property
    @abstractmethod
    def total_micro_steps(self) -> int:
        """Micro-steps of the run; the most of any rank."""

    @abstractmethod
    def grid(self, epoch: int) -> StepGrid:
        """The steps that the run takes of one of its epochs.

        Args:
            epoch: In [0, epochs).
        """

    @abstractmethod
    def first_step(self, epoch: int) -> int:
        """Steps that are completed before an epoch; also the number of its first step.

        Args:
            epoch: In [0, epochs].
        """

    @abstractmethod
    def epoch_at(self, step: int) -> tuple[int, int]:
        """Epoch of the next step after so many completed ones, and its steps completed so far.

        Args:
            step: In [0, total_steps].
        """

    @abstractmethod
    def consumed_samples(self, step: int) -> int:
        """Samples taken after so many completed steps, padding included.

        Args:
            step: In [0, total_steps].
        """

    def completed_in(self, epoch: int) -> int:
        """Steps that are completed in one of the epochs of the run."""
        return self.first_step(epoch + 1) - self.first_step(epoch)

    @property
    def crosses_epochs(self) -> bool:
        """Whether a step that begins in one epoch may be completed in a later one."""
        return False

    @property
    def total_samples(self) -> int:
        """Samples that the run takes, padding included."""
        return self.consumed_samples(self.total_steps)

    @property
    def final_epoch_steps(self) -> int:
        """Steps that the run takes of its last epoch."""
        return self.steps_in_epoch(self.epochs - 1)

    @property
    def final_step_samples(self) -> int:
        """Samples of the last step of the run."""
        return self.grid(self.epochs - 1).samples_in(self.final_epoch_steps - 1)

    def steps_in_epoch(self, epoch: int) -> int:
        """Steps that the run takes of one of its epochs."""
        return self.grid(epoch).steps

    def samples_in_epoch(self, epoch: int) -> int:
        """Positions that the run takes of one of its epochs, padding included."""
        return self.grid(epoch).samples

    def fewest_steps(self, samples: int) -> int:
        """Fewest steps after which consumed_samples is at least the given number.

        Args:
            samples: In [0, total_samples].
        """
        return first_that(
            lambda step: self.consumed_samples(step) >= samples, range(self.total_steps)
        )


def budget_samples(budget: Budget) -> int:
    """Samples that a budget of samples or tokens asks for.

    >>> from fractions import Fraction
    >>> from app.arithmetic.spec import BudgetUnit
    >>> budget_samples(Budget(unit=BudgetUnit.TOKENS, amount=Fraction(10), tokens_per_sample=4))
    3
    """
    return ceil(budget.amount / (budget.tokens_per_sample or 1))
