"""What the Trainer plans before it trains, and what its training loop makes of the plan."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from fractions import Fraction
from math import ceil

from app.arithmetic.carried_run import carried_run, updates_after
from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import ceil_div
from app.arithmetic.pass_run import PassRun
from app.arithmetic.run import Run
from app.arithmetic.spec import Budget, BudgetUnit
from app.arithmetic.spilled_run import SpilledRun


class Loop(Enum):
    """The training loop of a version, and how many updates that version plans for an epoch.

    Source: transformers 4.45.2, 4.51.3, 4.57.1 and 5.23.0, transformers/trainer.py.

    Attributes:
        CARRIED: Plans whole groups of micro-steps only. Counts micro-steps across the ends of
            epochs; where an epoch has no more of them than a group, its end is an update too.
        SPILLED: Plans whole groups only. Ends every epoch with a group of what is left, but takes
            at most as many micro-steps for it as are left of the number of examples.
        FLUSHED: Plans what it does: the end of an epoch is an update.
    """

    CARRIED = auto()
    SPILLED = auto()
    FLUSHED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainerPlan:
    """The numbers of `set_initial_training_values`, by the names that it gives them.

    >>> from app.arithmetic.spec import BatchGeometry
    >>> batch = BatchGeometry.of(
    ...     micro_batch_size=10, gradient_accumulation_steps=2, data_parallel_size=2
    ... )
    >>> shape = EpochShape(dataset_size=91, batch=batch, steps_per_epoch=3, samples_per_epoch=100)
    >>> budget = Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(10))
    >>> [TrainerPlan(loop=loop, shape=shape, budget=budget).max_steps for loop in Loop]
    [20, 20, 30]

    Attributes:
        loop: The training loop.
        shape: A full epoch of the loader of the first rank.
        budget: Epochs, or steps.
    """

    loop: Loop
    shape: EpochShape
    budget: Budget

    @property
    def is_epoch_based(self) -> bool:
        """Whether num_train_epochs is given, and max_steps is not."""
        return self.budget.unit is BudgetUnit.EPOCHS

    @property
    def len_dataloader(self) -> int:
        """Micro-steps of a full epoch."""
        return self.shape.micro_steps_per_epoch

    @property
    def num_update_steps_per_epoch(self) -> int:
        """Updates of an epoch as they are planned."""
        if self.loop is Loop.FLUSHED:
            return ceil_div(self.len_dataloader, self._accumulation)
        return max(self.len_dataloader // self._accumulation, 1)

    @property
    def epochs_asked_for(self) -> float:
        """The argument num_train_epochs, a double."""
        return float(self.budget.amount)

    @property
    def max_steps(self) -> int:
        """Updates of the run as they are planned; from a product of doubles where by epochs."""
        if self.is_epoch_based:
            return ceil(self.epochs_asked_for * self.num_update_steps_per_epoch)
        return int(self.budget.amount)

    @property
    def num_train_epochs(self) -> int:
        """Epochs of the run as they are planned."""
        if self.is_epoch_based:
            return ceil(self.epochs_asked_for)
        return ceil_div(self.max_steps, self.num_update_steps_per_epoch)

    @property
    def taken_of_rest(self) -> int:
        """Micro-steps that the loop takes of those behind the last whole group of an epoch."""
        rest = self.len_dataloader % self._accumulation
        if self.loop is not Loop.SPILLED:
            return rest
        # the loop confuses micro-steps with examples
        return min(self.shape.dataset_size % self._accumulation or self._accumulation, rest)

    @property
    def spills(self) -> bool:
        """Whether an epoch ends with micro-steps that get no update of their own."""
        return self.taken_of_rest < self.len_dataloader % self._accumulation

    @property
    def never_updates(self) -> bool:
        """Whether the loop does not reach a single update, however long it runs."""
        return self.spills and self.len_dataloader < self._accumulation

    @property
    def loader_run(self) -> PassRun:
        """A single epoch of everything that the loader has."""
        return PassRun(shape=self.shape, total_steps=self.shape.steps_per_epoch)

    def run(self) -> Run:
        """What the loop does of the plan; not to be asked for where it never updates."""
        if self.loop is Loop.CARRIED:
            return self._carried()
        shape = self._trained_shape()
        if self.spills:
            updates = self.num_train_epochs * (shape.steps_per_epoch - 1)
            return SpilledRun(shape=shape, total_steps=min(self.max_steps, updates))
        updates = self.num_train_epochs * shape.steps_per_epoch
        return PassRun(shape=shape, total_steps=min(self.max_steps, updates))

    def resumed(self, global_step: int, *, ignore_data_skip: bool) -> tuple[int, int]:
        """Epochs and micro-steps that a run skips which goes on from a checkpoint.

        Returns:
            epochs_trained and steps_trained_in_current_epoch.
        """
        epochs, steps = divmod(global_step, self.num_update_steps_per_epoch)
        return epochs, 0 if ignore_data_skip else steps * self._accumulation

    def _carried(self) -> Run:
        flushes = self.len_dataloader <= self._accumulation
        micro_steps = self.num_train_epochs * self.len_dataloader
        updates = updates_after(micro_steps, self.shape, flushes=flushes)
        steps = Budget(unit=BudgetUnit.STEPS, amount=Fraction(min(self.max_steps, updates)))
        return carried_run(self.shape, steps, flushes=flushes)

    def _trained_shape(self) -> EpochShape:
        """A full epoch without the micro-steps that the loop leaves out."""
        if not self.spills:
            return self.shape
        whole = self.len_dataloader - self.len_dataloader % self._accumulation
        samples = (whole + self.taken_of_rest) * self.shape.batch.row_samples
        left_out = self.shape.dataset_size - samples
        return replace(
            self.shape, samples_per_epoch=samples, dropped_samples=left_out, padded_samples=0
        )

    @property
    def _accumulation(self) -> int:
        return self.shape.batch.gradient_accumulation_steps
