"""Findings that schedules of several frameworks share; each yields what it finds."""

from collections.abc import Iterator
from fractions import Fraction

from app.arithmetic.carried_run import CarriedRun
from app.arithmetic.decimals import counted, decimal_text
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.run import Run
from app.arithmetic.spec import TrainingSpec
from app.sampling.layout import Layout, rank_positions

_SEED_BITS = 32


def samples_dropped(run: Run, *, field: str, suggestion: str) -> Iterator[Finding]:
    """Samples that a full epoch leaves out."""
    left, size = run.shape.dropped_samples, run.shape.dataset_size
    if left:
        yield Finding(
            code="samples-dropped",
            severity=Severity.WARNING,
            message=f"{left} of {size} samples are dropped in every full epoch",
            field=field,
            suggestion=suggestion,
        )


def samples_padded(run: Run, *, field: str, suggestion: str) -> Iterator[Finding]:
    """Positions that only fill up an epoch."""
    extra, size = run.shape.padded_samples, run.shape.dataset_size
    if extra:
        yield Finding(
            code="samples-padded",
            severity=Severity.WARNING,
            message=f"every full epoch of {size} samples is filled up with "
            f"{counted(extra, 'repeated sample')}",
            field=field,
            suggestion=suggestion,
        )


def short_last_step(run: Run, *, field: str, suggestion: str) -> Iterator[Finding]:
    """A last step of an epoch that is smaller than the others."""
    size, left = run.shape.batch.global_batch_size, run.shape.last_step_samples
    if left < size and run.total_steps >= run.shape.steps_per_epoch:
        yield Finding(
            code="short-last-step",
            severity=Severity.WARNING,
            message=f"step {run.shape.steps_per_epoch - 1}, the last of a full epoch, has {left} "
            f"of {size} samples, so its gradient averages over fewer of them",
            field=field,
            suggestion=suggestion,
        )


def unequal_ranks(run: Run, layout: Layout, *, field: str, suggestion: str) -> Iterator[Finding]:
    """Ranks whose last micro-step of a full epoch is smaller than that of others, or missing."""
    batch = run.shape.batch
    rest = run.shape.samples_per_epoch % batch.row_samples
    ends = (0, batch.data_parallel_size - 1)
    most, least = (rank_positions(layout, range(rest), batch, rank).count for rank in ends)
    if most == least or run.total_steps < run.shape.steps_per_epoch:
        return
    outcome = (
        "some ranks have a micro-step less, and the others wait for them for ever"
        if not least
        else "averaging over ranks gives the samples of the smaller shares more weight"
    )
    yield Finding(
        code="unequal-ranks",
        severity=Severity.WARNING if least else Severity.ERROR,
        message=f"the last micro-step of a full epoch has {rest} of {batch.row_samples} samples: "
        f"rank 0 gets {most} and rank {ends[1]} gets {least}: {outcome}",
        field=field,
        suggestion=suggestion,
    )


def fractional_last_epoch(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    """A run that stops inside an epoch."""
    full, taken = run.shape.steps_per_epoch, run.final_epoch_steps
    if taken < full and run.total_steps != (run.epochs - 1) * full + full:
        yield Finding(
            code="fractional-last-epoch",
            severity=Severity.WARNING,
            message=f"the run stops in epoch {run.epochs - 1} after {taken} of {full} steps",
            field=f"/{spec.budget.unit}",
            suggestion=None,
        )


def unused_micro_steps(run: CarriedRun) -> Iterator[Finding]:
    """Micro-steps behind the last update: their gradients change nothing."""
    unused, accumulation = run.unused_micro_steps, run.shape.batch.gradient_accumulation_steps
    if unused:
        samples = run.total_samples - run.consumed_samples(run.total_steps)
        yield Finding(
            code="accumulation-dropped",
            severity=Severity.WARNING,
            message=f"the run ends {counted(unused, 'micro-step')} after its last update, which "
            f"needs {accumulation}: the gradients of {counted(samples, 'sample')} are dropped",
            field="/gradient_accumulation_steps",
            suggestion="the framework native, which ends every epoch with an update",
        )


def accumulation_carried(run: Run) -> Iterator[Finding]:
    """Steps that cross the end of an epoch."""
    micro, accumulation = run.shape.micro_steps_per_epoch, run.shape.batch
    if micro % accumulation.gradient_accumulation_steps and run.epochs > 1:
        updates = Fraction(micro, accumulation.gradient_accumulation_steps)
        yield Finding(
            code="accumulation-carried",
            severity=Severity.INFO,
            message=f"an epoch has {micro} micro-steps, an update takes "
            f"{accumulation.gradient_accumulation_steps}: {decimal_text(updates)} updates per "
            "epoch, so steps cross its end",
            field="/gradient_accumulation_steps",
            suggestion=None,
        )


def seed_truncated(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    """Seeds of which torch's generator on the CPU takes the low 32 bits only."""
    highest = spec.sampling.seed + run.epochs - 1
    if highest >> _SEED_BITS:
        low = spec.sampling.seed % 2**_SEED_BITS
        yield Finding(
            code="seed-truncated",
            severity=Severity.WARNING,
            message=f"torch's generator takes the low 32 bits of a seed: seed "
            f"{spec.sampling.seed} gives the orders of seed {low}",
            field="/sampling/seed",
            suggestion=f"sampling.seed {low}",
        )


def epochs_overlap(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    """Seeds that are added to the epoch, so that neighbours share their orders."""
    if run.epochs > 1:
        seed = spec.sampling.seed
        yield Finding(
            code="seeds-overlap",
            severity=Severity.INFO,
            message=f"the seed of an epoch is the sum of seed and epoch: epoch 1 of seed {seed} "
            f"is epoch 0 of seed {seed + 1}, so runs with neighbouring seeds share "
            f"{counted(run.epochs - 1, 'order')}",
            field="/sampling/seed",
            suggestion="seeds that are further apart than the number of epochs, or the framework "
            "native, which mixes seed and pass by a hash",
        )
