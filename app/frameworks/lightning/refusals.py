"""What Lightning has no schedule for, once the batch sizes are settled."""

from collections.abc import Iterator
from typing import Final

from app.arithmetic.options import OptionValue
from app.arithmetic.run import Run
from app.arithmetic.spec import TrainingSpec
from app.errors import Fault
from app.frameworks.lightning.loader import DISTRIBUTED, UNREPEATED, TrainLoader
from app.frameworks.lightning.validation import interval_in_batches

_GLOBAL_SEED_MOST: Final = 2**32 - 1
"""Largest seed of seed_everything; source: lightning 2.6.6, fabric/utilities/seed.py."""


def refused_sampler(spec: TrainingSpec, sampler: OptionValue) -> Iterator[Fault]:
    """A sampler that cannot be made: it has no sample for some ranks.

    Args:
        spec: The spec.
        sampler: The one that the loader brings along.
    """
    size, ranks = spec.dataset_size, spec.batch.data_parallel_size
    if sampler == UNREPEATED and size < ranks:
        yield Fault(
            code="rank-without-samples",
            pointer="/data_parallel_size",
            detail=f"{UNREPEATED} has no sample for {ranks - size} of {ranks} ranks: the dataset "
            f"has {size}",
            given=ranks,
            allowed=f"at most {size}",
            nearest=(size,),
        )


def refused_loader(loader: TrainLoader, limit_field: str) -> Iterator[Fault]:
    """Loaders that leave an epoch without micro-batches, or a rank with fewer than the others.

    Args:
        loader: What the loop reads.
        limit_field: Pointer to the option that limits it.
    """
    if loader.length(0) and not loader.read(0):
        yield _nothing_read(loader, limit_field)
    elif loader.stops_early:
        yield _ranks_stop_early(loader, limit_field)


def _nothing_read(loader: TrainLoader, limit_field: str) -> Fault:
    length = loader.length(0)
    return Fault(
        code="no-step-to-run",
        pointer=limit_field,
        detail=f"{loader.limit} of a loader of {length} micro-batches are less than one",
        given=str(loader.limit) if isinstance(loader.limit, float) else loader.limit,
        allowed=f"an integer of at least 1, or a number with a decimal point of at least "
        f"{1 / length}",
        nearest=(1,),
    )


def _ranks_stop_early(loader: TrainLoader, limit_field: str) -> Fault:
    last = loader.batch.data_parallel_size - 1
    field = limit_field if loader.read(last) < loader.length(last) else "/framework/drop_last"
    return Fault(
        code="unequal-ranks",
        pointer=field,
        detail=f"of a loader with {UNREPEATED} rank 0 reads {loader.read(0)} micro-batches and "
        f"rank {last} stops after {loader.read(last)}, with samples left",
        given=None,
        allowed=f"sampler {DISTRIBUTED}, or a dataset_size that data_parallel_size x "
        f"micro_batch_size = {loader.batch.row_samples} divides",
    )


def refused_interval(run: Run, interval: OptionValue, every: OptionValue) -> Iterator[Fault]:
    """An interval that is longer than an epoch, or no interval at all.

    Args:
        run: The run.
        interval: val_check_interval.
        every: check_val_every_n_epoch.
    """
    length = run.shape.micro_steps_per_epoch
    batches = interval_in_batches(interval, length)
    if batches > length and every is not None:
        yield Fault(
            code="interval-exceeds-epoch",
            pointer="/framework/val_check_interval",
            detail=f"an epoch has {length} micro-batches, so validation after every {batches} of "
            "them never comes",
            given=batches,
            allowed=f"at most {length}, or check_val_every_n_epoch null",
            nearest=(length,),
        )
    elif not batches and (not isinstance(every, int) or every <= run.epochs):
        yield Fault(
            code="interval-is-zero",
            pointer="/framework/val_check_interval",
            detail="val_check_interval 0 makes Lightning divide by zero after the first "
            "micro-batch of an epoch with validation",
            given=0,
            allowed="an integer of at least 1, or a number with a decimal point",
            nearest=(1,),
        )


def refused_global_seed(spec: TrainingSpec) -> Iterator[Fault]:
    """A seed that seed_everything refuses; Lightning's own sampler takes it from there."""
    if spec.sampling.seed > _GLOBAL_SEED_MOST:
        yield Fault(
            code="seed-too-large",
            pointer="/sampling/seed",
            detail="the sampler that Lightning puts in is seeded through seed_everything, which "
            f"takes seeds up to {_GLOBAL_SEED_MOST}",
            given=spec.sampling.seed,
            allowed=f"an integer in [0, {_GLOBAL_SEED_MOST}], or sampler {DISTRIBUTED}",
            nearest=(_GLOBAL_SEED_MOST,),
        )
