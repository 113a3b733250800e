"""Epochs of a loader whose batches go round the ranks, as accelerate shares them out."""

from collections.abc import Iterator
from dataclasses import replace

from app.arithmetic.coverage import Coverage, draw_coverage, pass_coverage
from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import INT64_MAX, ceil_div
from app.arithmetic.run import Run
from app.arithmetic.spec import BatchGeometry, SamplingMethod, TrainingSpec
from app.errors import Fault


def sharded_shape(
    dataset_size: int, batch: BatchGeometry, *, drop_last: bool, even_batches: bool
) -> EpochShape:
    """A full epoch of BatchSamplerShard: in every micro-step each rank takes a batch of its own.

    Source: accelerate 1.15.0, accelerate/data_loader.py (BatchSamplerShard,
    prepare_data_loader). A single rank keeps its loader as it is, so that even_batches says
    nothing there. Batches that are split among the ranks give the same positions as whole ones.

    >>> batch = BatchGeometry.of(
    ...     micro_batch_size=3, gradient_accumulation_steps=2, data_parallel_size=2
    ... )
    >>> shape = sharded_shape(20, batch, drop_last=False, even_batches=True)
    >>> shape.steps_per_epoch, shape.micro_steps_per_epoch, shape.padded_samples
    (2, 4, 4)

    Args:
        dataset_size: Samples in the dataset.
        batch: Sizes of a full step.
        drop_last: Whether micro-steps in which a rank would miss a sample are left out.
        even_batches: Whether the last micro-step is filled up from the head of the order.

    Returns:
        A shape without a step where no micro-step is left.
    """
    row, samples = batch.row_samples, dataset_size
    if drop_last:
        samples -= samples % row
    elif even_batches and batch.data_parallel_size > 1:
        samples = ceil_div(samples, row) * row
    shape = EpochShape(
        dataset_size=dataset_size,
        batch=batch,
        steps_per_epoch=ceil_div(samples, batch.global_batch_size),
        samples_per_epoch=samples,
    )
    return replace(
        shape,
        dropped_samples=max(0, dataset_size - samples),
        padded_samples=max(0, samples - dataset_size),
    )


def sharded_coverage(spec: TrainingSpec, run: Run) -> Coverage:
    """Distinct samples of a run; what fills up an epoch repeats its head."""
    size, method = spec.dataset_size, spec.sampling.method
    if method is SamplingMethod.WITH_REPLACEMENT:
        full, last = (min(run.samples_in_epoch(each), size) for each in (0, run.epochs - 1))
        return draw_coverage(size, (run.epochs - 1) * full + last)
    return pass_coverage(size, run, fresh=method is SamplingMethod.SHUFFLE)


def refused_padding(shape: EpochShape) -> Iterator[Fault]:
    """Epochs that are filled up beyond the largest number of samples."""
    samples = shape.samples_per_epoch
    if samples > INT64_MAX:
        yield Fault(
            code="epoch-too-large",
            pointer="/framework/even_batches",
            detail=f"an epoch filled up for all ranks would have {samples} samples, above 2^63-1",
            given=True,
            allowed="false",
            nearest=(),
        )
