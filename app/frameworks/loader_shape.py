"""Epochs of data loaders that give every rank as many samples as the others."""

from dataclasses import replace
from math import ceil

from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import ceil_div
from app.arithmetic.spec import BatchGeometry


def distributed_sampler_samples(
    dataset_size: int, data_parallel_size: int, *, drop_last: bool
) -> int:
    """Samples that DistributedSampler gives to every rank.

    Source: torch 2.13.0, torch/utils/data/distributed.py. It divides in doubles, which is exact
    below 2^53 samples.

    >>> distributed_sampler_samples(10, 3, drop_last=False)
    4
    >>> distributed_sampler_samples(2, 5, drop_last=True)
    0
    """
    if drop_last and dataset_size % data_parallel_size:
        return ceil((dataset_size - data_parallel_size) / data_parallel_size)
    return ceil(dataset_size / data_parallel_size)


def loader_shape(
    dataset_size: int, batch: BatchGeometry, rank_samples: int, *, drop_last: bool
) -> EpochShape:
    """A full epoch in which every rank has as many samples, loaded in micro-batches.

    >>> batch = BatchGeometry.of(
    ...     micro_batch_size=2, gradient_accumulation_steps=2, data_parallel_size=3
    ... )
    >>> shape = loader_shape(19, batch, 7, drop_last=False)
    >>> shape.steps_per_epoch, shape.micro_steps_per_epoch, shape.padded_samples
    (2, 4, 2)

    Args:
        dataset_size: Samples in the dataset.
        batch: Sizes of a full step.
        rank_samples: Samples of every rank.
        drop_last: Whether a micro-batch that is not full is left out.

    Returns:
        A shape without a step where no micro-batch is left.
    """
    size = batch.micro_batch_size
    loaded = rank_samples - rank_samples % size if drop_last else rank_samples
    micro_steps = ceil_div(loaded, size)
    samples = loaded * batch.data_parallel_size
    shape = EpochShape(
        dataset_size=dataset_size,
        batch=batch,
        steps_per_epoch=ceil_div(micro_steps, batch.gradient_accumulation_steps),
        samples_per_epoch=samples,
    )
    return replace(
        shape,
        dropped_samples=max(0, dataset_size - samples),
        padded_samples=max(0, samples - dataset_size),
    )
