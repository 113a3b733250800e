"""A run whose epochs are parts of passes, while gradient accumulation goes on: all exact."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.arithmetic.grid import StepGrid, Stretch, carried_grid, even_grid
from app.arithmetic.integers import ceil_div, first_that
from app.arithmetic.run import Run, budget_samples
from app.arithmetic.spec import Budget, BudgetUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class PartedRun(Run):
    """Passes of so many micro-steps, each cut into epochs; the last part of a pass may be short.

    An update comes after every gradient_accumulation_steps micro-steps of the run, whatever the
    epoch. Micro-steps after the last update are read, but change no weight.

    >>> from app.arithmetic.batch import solve_batch
    >>> from app.arithmetic.epochs import EpochShape
    >>> batch = solve_batch(micro_batch_size=4)
    >>> shape = EpochShape(dataset_size=10, batch=batch, steps_per_epoch=2, samples_per_epoch=8)
    >>> run = PartedRun(
    ...     shape=shape, total_steps=5, pass_micro_steps=3, pass_samples=10, read_micro_steps=5
    ... )
    >>> [(run.grid(epoch).steps, run.grid(epoch).samples) for epoch in range(run.epochs)]
    [(2, 8), (1, 2), (2, 8)]

    Attributes:
        shape: A full epoch; its micro_steps_per_epoch is where a pass is cut.
        pass_micro_steps: Micro-steps of a pass, at least as many as those of a full epoch.
        pass_samples: Positions of a pass; they leave out less than a micro-step.
        read_micro_steps: Micro-steps of the run, those after the last update included.
        short_micro_step: Tells for a pass which of its micro-steps has fewer positions than the
            others; None where it is always the last one. Needs an update after every micro-step.
    """

    pass_micro_steps: int
    pass_samples: int
    read_micro_steps: int
    short_micro_step: Callable[[int], int] | None = None

    @property
    def epochs_per_pass(self) -> int:
        """Epochs that a pass is cut into."""
        return ceil_div(self.pass_micro_steps, self.shape.micro_steps_per_epoch)

    @property
    def total_micro_steps(self) -> int:
        """Micro-steps of the run; the most of any rank."""
        return self.read_micro_steps

    @property
    def epochs(self) -> int:
        """Epochs that are started."""
        return self._epoch_of(self.read_micro_steps - 1) + 1

    @property
    def crosses_epochs(self) -> bool:
        """Whether a step that begins in one epoch may be completed in a later one."""
        accumulation = self.shape.batch.gradient_accumulation_steps
        cuts = (self.pass_micro_steps, self.shape.micro_steps_per_epoch)
        return any(cut % accumulation for cut in cuts)

    @property
    def total_samples(self) -> int:
        """Positions that the run reads."""
        return self.read_samples(self.read_micro_steps)

    @property
    def unused_micro_steps(self) -> int:
        """Micro-steps after the last update."""
        return self.read_micro_steps % self.shape.batch.gradient_accumulation_steps

    def first_micro_step(self, epoch: int) -> int:
        """Micro-steps of the run before an epoch, as if the run did not end."""
        passes, part = divmod(epoch, self.epochs_per_pass)
        return passes * self.pass_micro_steps + part * self.shape.micro_steps_per_epoch

    def grid(self, epoch: int) -> StepGrid:
        """The steps that the run takes of one of its epochs."""
        batch, first = self.shape.batch, self.first_micro_step(epoch)
        stop = min(self.first_micro_step(epoch + 1), self.read_micro_steps)
        carried = first % batch.gradient_accumulation_steps
        grid = even_grid(
            steps=ceil_div(stop - first, batch.gradient_accumulation_steps),
            samples=self.read_samples(stop) - self.read_samples(first),
            step_samples=batch.global_batch_size,
            row_samples=batch.row_samples,
        )
        if self.short_micro_step is None:
            return carried_grid(grid, carried_samples=carried * batch.row_samples)
        passes, into = divmod(first, self.pass_micro_steps)
        return _with_short_step(grid, self.short_micro_step(passes) - into, self._short_by)

    def first_step(self, epoch: int) -> int:
        """Steps that are completed before an epoch."""
        micro_steps = min(self.first_micro_step(epoch), self.read_micro_steps)
        return micro_steps // self.shape.batch.gradient_accumulation_steps

    def epoch_at(self, step: int) -> tuple[int, int]:
        """Epoch of the next step, and its steps completed so far."""
        epoch = self._epoch_of(step * self.shape.batch.gradient_accumulation_steps)
        return epoch, step - self.first_step(epoch)

    def consumed_samples(self, step: int) -> int:
        """Positions taken after so many completed steps."""
        return self.read_samples(step * self.shape.batch.gradient_accumulation_steps)

    def read_samples(self, micro_steps: int) -> int:
        """Positions of the first micro-steps of the run, as if it did not end."""
        passes, rest = divmod(micro_steps, self.pass_micro_steps)
        read = passes * self.pass_samples + rest * self.shape.batch.row_samples
        if self.short_micro_step is None or not rest or not self._short_by:
            return read
        return read - (self._short_by if self.short_micro_step(passes) < rest else 0)

    @property
    def _short_by(self) -> int:
        return self.pass_micro_steps * self.shape.batch.row_samples - self.pass_samples

    def _epoch_of(self, micro_step: int) -> int:
        passes, into = divmod(micro_step, self.pass_micro_steps)
        return passes * self.epochs_per_pass + into // self.shape.micro_steps_per_epoch


def parted_run(run: PartedRun, budget: Budget) -> PartedRun:
    """The run that a budget buys.

    A budget of epochs reads these epochs, whatever is left over; any other one ends with an
    update.

    >>> from fractions import Fraction
    >>> from app.arithmetic.batch import solve_batch
    >>> from app.arithmetic.epochs import EpochShape
    >>> batch = solve_batch(micro_batch_size=4, gradient_accumulation_steps=2)
    >>> shape = EpochShape(dataset_size=10, batch=batch, steps_per_epoch=2, samples_per_epoch=10)
    >>> endless = PartedRun(
    ...     shape=shape, total_steps=1, pass_micro_steps=3, pass_samples=10, read_micro_steps=1
    ... )
    >>> run = parted_run(endless, Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(3)))
    >>> run.total_steps, run.unused_micro_steps, [run.grid(e).steps for e in range(run.epochs)]
    (4, 1, [2, 2, 2])

    Args:
        run: Says how passes and epochs are cut; its length is not looked at.
        budget: Whole epochs, or steps, samples or tokens.

    Returns:
        A run without a single step where the budget does not buy one.
    """
    accumulation = run.shape.batch.gradient_accumulation_steps
    if budget.unit is BudgetUnit.EPOCHS:
        read = run.first_micro_step(int(budget.amount))
    elif budget.unit is BudgetUnit.STEPS:
        read = int(budget.amount) * accumulation
    else:
        samples = budget_samples(budget)
        steps = first_that(
            lambda step: run.consumed_samples(step) >= samples, range(1, samples + 1)
        )
        read = steps * accumulation
    return replace(run, total_steps=read // accumulation, read_micro_steps=read)


def _with_short_step(grid: StepGrid, short: int, short_by: int) -> StepGrid:
    """A grid of single micro-steps one of which is shorter than the others.

    Args:
        grid: An even grid.
        short: Number of that step in the epoch; it may lie outside the grid.
        short_by: Positions that it leaves out.
    """
    if not 0 <= short < grid.steps:
        return grid
    size = grid.row_samples
    before = (Stretch(0, 0, size),) if short else ()
    small = Stretch(short, short * size, size - short_by)
    after = Stretch(short + 1, (short + 1) * size - short_by, size)
    return replace(grid, stretches=(*before, small, after))
