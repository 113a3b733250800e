"""The shape of a full epoch: how many steps, how many samples, what is left over."""

from dataclasses import dataclass

from app.arithmetic.integers import ceil_div
from app.arithmetic.spec import BatchGeometry, Remainder


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochShape:
    """A full epoch in positions, steps and micro-steps.

    The positions of step s are [s x G, min((s + 1) x G, K)), with G the global batch size and K
    samples_per_epoch, however G factors.

    Attributes:
        dataset_size: Samples in the dataset.
        batch: Sizes of a full step.
        steps_per_epoch: Steps of a full epoch, a short last one included.
        samples_per_epoch: Positions of a full epoch, padding included.
        dropped_samples: Samples that a full epoch leaves out.
        padded_samples: Positions of a full epoch that only fill it up.
    """

    dataset_size: int
    batch: BatchGeometry
    steps_per_epoch: int
    samples_per_epoch: int
    dropped_samples: int = 0
    padded_samples: int = 0

    def step_positions(self, step_in_epoch: int) -> range:
        """Positions of one step.

        >>> from app.arithmetic.batch import solve_batch
        >>> batch = solve_batch(global_batch_size=32)
        >>> pass_shape(1_797, batch, Remainder.KEEP).step_positions(56)
        range(1792, 1797)
        """
        start = step_in_epoch * self.batch.global_batch_size
        return range(start, min(start + self.batch.global_batch_size, self.samples_per_epoch))

    def samples_in_step(self, step_in_epoch: int) -> int:
        """Samples of one step, over all ranks."""
        positions = self.step_positions(step_in_epoch)
        return positions.stop - positions.start

    @property
    def last_step_samples(self) -> int:
        """Samples of the last step of a full epoch."""
        return self.samples_in_step(self.steps_per_epoch - 1)

    @property
    def micro_steps_per_epoch(self) -> int:
        """Micro-steps of a full epoch."""
        full = (self.steps_per_epoch - 1) * self.batch.gradient_accumulation_steps
        return full + micro_steps(self.last_step_samples, self.batch)


def micro_steps(samples: int, batch: BatchGeometry) -> int:
    """Micro-steps that every rank runs for a step of so many samples.

    >>> from app.arithmetic.batch import solve_batch
    >>> micro_steps(5, solve_batch(micro_batch_size=1, data_parallel_size=4))
    2
    """
    return ceil_div(ceil_div(samples, batch.data_parallel_size), batch.micro_batch_size)


def pass_shape(dataset_size: int, batch: BatchGeometry, remainder: Remainder) -> EpochShape:
    """Epoch that is one pass through the dataset.

    >>> from app.arithmetic.batch import solve_batch
    >>> batch = solve_batch(global_batch_size=32)
    >>> pass_shape(1_797, batch, Remainder.DROP).samples_per_epoch
    1792

    A dataset smaller than the global batch has no step at all with `drop`.
    """
    size = batch.global_batch_size
    steps = dataset_size // size if remainder is Remainder.DROP else ceil_div(dataset_size, size)
    samples = dataset_size if remainder is Remainder.KEEP else steps * size
    return EpochShape(
        dataset_size=dataset_size,
        batch=batch,
        steps_per_epoch=steps,
        samples_per_epoch=samples,
        dropped_samples=max(0, dataset_size - samples),
        padded_samples=max(0, samples - dataset_size),
    )


def virtual_shape(dataset_size: int, batch: BatchGeometry, steps_per_epoch: int) -> EpochShape:
    """Epoch of a fixed number of full steps.

    >>> from app.arithmetic.batch import solve_batch
    >>> virtual_shape(1_797, solve_batch(global_batch_size=32), 100).samples_per_epoch
    3200
    """
    return EpochShape(
        dataset_size=dataset_size,
        batch=batch,
        steps_per_epoch=steps_per_epoch,
        samples_per_epoch=steps_per_epoch * batch.global_batch_size,
    )
