"""What one call of keras' fit reads: batches of a pass, cut into epochs."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.arithmetic.carried_run import carried_run
from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import ceil_div
from app.arithmetic.parted_run import PartedRun, parted_run
from app.arithmetic.run import Run
from app.arithmetic.spec import BatchGeometry, Budget

ShortMicroStep = Callable[[int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class KerasFit:
    """The data of a fit and the arguments that say how far an epoch reads it.

    A batch of fit is a micro-step: its replicas, one of a MirroredStrategy per rank, share it in
    equal blocks, rounded up, so that the last replicas of a batch that is not full may miss some
    samples or all of them.

    Source: keras 3.15.1, keras/src/trainers/epoch_iterator.py and backend/tensorflow/trainer.py.

    >>> fit = KerasFit(
    ...     dataset_size=2_000,
    ...     batch=BatchGeometry.of(
    ...         micro_batch_size=32, gradient_accumulation_steps=1, data_parallel_size=1
    ...     ),
    ...     steps_per_epoch=100,
    ... )
    >>> fit.pass_micro_steps, fit.asked_micro_steps, fit.epoch_micro_steps
    (63, 100, 63)

    Attributes:
        dataset_size: Samples of the data.
        batch: Sizes of a full step.
        steps_per_epoch: Full steps that an epoch is asked to run; None for all of the data.
        steps_per_execution: Micro-steps that are run together.
        drop_remainder: Whether a batch that is not full is left out.
        repeats: Whether the data begins anew by itself.
    """

    dataset_size: int
    batch: BatchGeometry
    steps_per_epoch: int | None = None
    steps_per_execution: int = 1
    drop_remainder: bool = False
    repeats: bool = False

    @property
    def kept_samples(self) -> int:
        """Samples of a pass."""
        left_out = self.dataset_size % self.batch.row_samples if self.drop_remainder else 0
        return self.dataset_size - left_out

    @property
    def pass_micro_steps(self) -> int:
        """Batches of a pass."""
        return ceil_div(self.kept_samples, self.batch.row_samples)

    @property
    def last_samples(self) -> int:
        """Samples of the batch that is not full; 0 where all are."""
        return self.kept_samples % self.batch.row_samples

    @property
    def last_share(self) -> int:
        """Samples of that batch that the first replica takes."""
        return ceil_div(self.last_samples, self.batch.data_parallel_size)

    @property
    def last_positions(self) -> int:
        """Positions of that batch: its samples go round the replicas, blanks among them.

        >>> fit = KerasFit(
        ...     dataset_size=10,
        ...     batch=BatchGeometry.of(
        ...         micro_batch_size=4, gradient_accumulation_steps=1, data_parallel_size=4
        ...     ),
        ... )
        >>> fit.last_share, fit.last_positions
        (3, 11)
        """
        share = self.last_share
        if not share:
            return 0
        return (share - 1) * self.batch.data_parallel_size + self.last_samples // share

    @property
    def blanks(self) -> int:
        """Positions of a pass that hold no sample, so that every replica has its own samples."""
        return self.last_positions - self.last_samples

    @property
    def asked_micro_steps(self) -> int | None:
        """Micro-steps that an epoch is asked to run, in whole executions; None for all data."""
        if self.steps_per_epoch is None:
            return None
        steps = self.steps_per_epoch * self.batch.gradient_accumulation_steps
        return ceil_div(steps, self.steps_per_execution) * self.steps_per_execution

    @property
    def epoch_micro_steps(self) -> int:
        """Micro-steps of a full epoch."""
        asked, there = self.asked_micro_steps, self.pass_micro_steps
        if asked is None:
            return there
        return asked if self.repeats else min(asked, there)

    @property
    def whole_passes(self) -> bool:
        """Whether an epoch is a pass."""
        return not self.repeats and self.epoch_micro_steps == self.pass_micro_steps

    @property
    def shape(self) -> EpochShape:
        """A full epoch."""
        micro_steps = self.epoch_micro_steps
        shape = EpochShape(
            dataset_size=self.dataset_size,
            batch=self.batch,
            steps_per_epoch=ceil_div(micro_steps, self.batch.gradient_accumulation_steps),
            samples_per_epoch=micro_steps * self.batch.row_samples,
        )
        if not self.whole_passes:
            return shape
        return replace(
            shape,
            samples_per_epoch=self.kept_samples + self.blanks,
            dropped_samples=self.dataset_size - self.kept_samples,
            padded_samples=self.blanks,
        )

    def executions(self, micro_steps: int) -> int:
        """Executions in which the first micro-steps of a run are run.

        >>> fit = KerasFit(
        ...     dataset_size=80,
        ...     batch=BatchGeometry.of(
        ...         micro_batch_size=8, gradient_accumulation_steps=1, data_parallel_size=1
        ...     ),
        ...     steps_per_epoch=8,
        ...     steps_per_execution=3,
        ... )
        >>> [fit.executions(micro_steps) for micro_steps in (9, 10, 19, 20)]
        [3, 4, 7, 8]
        """
        size, epoch = self.steps_per_execution, self.epoch_micro_steps
        turn = epoch if self.repeats else self.pass_micro_steps
        passes, rest = divmod(micro_steps, turn)
        epochs, last = divmod(turn, epoch)
        per_pass = epochs * ceil_div(epoch, size) + ceil_div(last, size)
        begun, inside = divmod(rest, epoch)
        return passes * per_pass + begun * ceil_div(epoch, size) + ceil_div(inside, size)

    def run(self, budget: Budget, short: ShortMicroStep | None = None) -> Run:
        """The run that a budget buys.

        Args:
            budget: Whole epochs, or steps, samples or tokens.
            short: Tells for a pass which of its micro-steps is not full; None for the last one.
        """
        if self.repeats:
            return carried_run(self.shape, budget)
        endless = PartedRun(
            shape=self.shape,
            total_steps=1,
            pass_micro_steps=self.pass_micro_steps,
            pass_samples=self.kept_samples + self.blanks,
            read_micro_steps=1,
            short_micro_step=short,
        )
        return parted_run(endless, budget)
