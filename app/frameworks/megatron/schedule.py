"""Megatron's schedule: how many iterations, and which samples of the stream each of them takes."""

from dataclasses import dataclass
from math import ceil, floor

from app.arithmetic.grid import StepGrid, Stretch
from app.arithmetic.growing_run import GrowingRun, GrowingShape, first_step_from, part_of
from app.arithmetic.integers import ceil_div, first_that
from app.arithmetic.run import budget_samples
from app.arithmetic.spec import BudgetUnit, TrainingSpec
from app.frameworks.megatron.ramp import Ramp, endless_grid, even_stretches


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Iterations of a run through the stream of one sampler.

    Source: Megatron-LM core_v0.16.1, megatron/training/training.py (update_train_iters, train)
    and megatron/training/datasets/data_samplers.py.

    Attributes:
        spec: What was asked for.
        cyclic: Whether the stream begins anew when it ends (dataloader_type).
        drop_last: Whether a stream that ends leaves out a row that is not full.
        nominal: The global batch that Megatron is given; steps may be smaller.
        ramp: How the global batch grows; None where it is constant.
    """

    spec: TrainingSpec
    cyclic: bool
    drop_last: bool
    nominal: int
    ramp: Ramp | None

    @property
    def row_samples(self) -> int:
        """Samples of a micro-step, over all ranks."""
        return self.spec.batch.row_samples

    @property
    def pass_samples(self) -> int:
        """Positions of the stream from one pass to the next."""
        size = self.spec.dataset_size
        return size - size % self.row_samples if self.cyclic else size

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Every step, in stretches of equal nominal batches."""
        if self.ramp is None:
            return even_stretches(self.spec.batch.global_batch_size)
        return self.ramp.stretches(self.row_samples)

    @property
    def sizes(self) -> list[tuple[int, int, int]]:
        """First step, nominal global batch and real one of every stretch."""
        return [
            (
                stretch.first_step,
                self.nominal if self.ramp is None else self.ramp.batch_after(stretch.start),
                stretch.step_samples,
            )
            for stretch in self.stretches
        ]

    @property
    def train_iters(self) -> int:
        """Iterations that the budget buys."""
        budget, steps = self.spec.budget, self.spec.steps_per_epoch
        if budget.unit is BudgetUnit.STEPS:
            return int(budget.amount)
        if budget.unit is BudgetUnit.EPOCHS and steps is not None:
            return ceil(budget.amount * steps)
        return self.iterations_of(self.train_samples or 0)

    @property
    def train_samples(self) -> int | None:
        """Samples that Megatron is asked for; None where it is asked for iterations."""
        budget = self.spec.budget
        if budget.unit is BudgetUnit.EPOCHS and not self.spec.is_virtual:
            return floor(budget.amount * self.pass_samples)
        return budget_samples(budget) if budget.unit in _OF_SAMPLES else None

    def iterations_of(self, train_samples: int) -> int:
        """Iterations that a budget of samples buys."""
        if self.ramp is not None:
            return self.ramp.steps_for(train_samples)
        return train_samples // self.nominal

    @property
    def available_steps(self) -> int | None:
        """Steps until the stream ends; None where it does not end."""
        if self.cyclic:
            return None
        size, row = self.spec.dataset_size, self.row_samples
        end = (size // row if self.drop_last else ceil_div(size, row)) * row
        return endless_grid(self.stretches, row, until=end).step_of(end)

    def most_samples(self, iterations: int) -> int:
        """The largest budget of samples that buys no more than so many iterations."""
        above = (iterations + 2) * self.nominal + (self.ramp.samples if self.ramp else 0)
        return (
            first_that(lambda samples: self.iterations_of(samples) > iterations, range(above)) - 1
        )

    def stream(self, steps: int) -> StepGrid:
        """The first steps of the run, all of them in one grid."""
        stretches, row = self.stretches, self.row_samples
        grid = endless_grid(stretches, row, until=steps * stretches[-1].step_samples)
        end = grid.start_of(steps)
        return StepGrid(
            stretches=stretches,
            steps=steps,
            samples=end if self.cyclic else min(end, self.spec.dataset_size),
            row_samples=row,
        )

    def run(self) -> GrowingRun:
        """Steps and epochs of the run."""
        return GrowingRun(
            shape=self._shape(),
            total_steps=self.train_iters,
            stream=self.stream(self.train_iters),
            pass_samples=self.pass_samples,
            steps_per_epoch=self.spec.steps_per_epoch,
        )

    def _shape(self) -> GrowingShape:
        """The first epoch of a run that is long enough."""
        spec, steps = self.spec, self._steps_of_an_epoch()
        grid = part_of(self.stream(steps), 0, steps)
        read = self.pass_samples if self.cyclic else min(grid.samples, spec.dataset_size)
        return GrowingShape(
            dataset_size=spec.dataset_size,
            batch=spec.batch,
            steps_per_epoch=steps,
            samples_per_epoch=grid.samples,
            dropped_samples=0 if spec.is_virtual else spec.dataset_size - read,
            grid=grid,
        )

    def _steps_of_an_epoch(self) -> int:
        steps, available = self.spec.steps_per_epoch, self.available_steps
        if steps is None and available is not None:
            return available
        if steps is None:
            grid = endless_grid(self.stretches, self.row_samples, until=self.pass_samples)
            return first_step_from(grid, self.pass_samples)
        return steps if available is None else min(steps, available)


_OF_SAMPLES = {BudgetUnit.SAMPLES, BudgetUnit.TOKENS}
